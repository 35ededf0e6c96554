"""A post that is dated later than now.

Why: claims expire and waits grow stale by these times; a clock that runs ahead keeps a dead claim alive.
Wrong: `at: 2027-11-20T03:38:57.123Z`, written in 2026.
Right: set the clock of the machine (`git ledger doctor` compares it), then post again.
"""

from collections.abc import Iterator
from datetime import timedelta

from ledger.core.ids import stamp
from ledger.core.model import Finding, Severity
from ledger.rules.view import View

TOLERATED = timedelta(minutes=5)
"""Clocks differ by less than this where anybody keeps them at all."""
UNBELIEVABLE = timedelta(hours=24)
"""More than any time zone set wrong: from here on it is an error."""


def check(view: View) -> Iterator[Finding]:
    """Posts from the future: a warning past TOLERATED, an error past UNBELIEVABLE."""
    for post in view.judged:
        ahead = post.at - view.now
        if ahead > TOLERATED:
            message = f"the post is dated {stamp(post.at)}, which is after now ({stamp(view.now)})"
            fix = "set the clock (`git ledger doctor` compares it with the remote's), then post again"
            severity = Severity.ERROR if ahead > UNBELIEVABLE else Severity.WARNING
            yield view.say("future-post", post, message, fix, post.lines.get("at", 1), severity)
