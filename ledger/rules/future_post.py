"""A post that is dated later than now.

Why: people read by these times, and what is called stale or silent is called so by them; no right hangs on
them. Either the clock of its seat runs ahead, or the clock here is behind.
Wrong: `at: 2027-11-20T03:38:57.123Z`, written in 2026.
Right: set the clock of the machine that is wrong; the post stays as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ledger.core.board.tables import LAST
from ledger.core.ids import compact_timestamp, format_timestamp
from ledger.core.model import Finding, Post, Severity
from ledger.rules.view import View

TOLERATED = timedelta(minutes=5)
"""Clocks differ by less than this where anybody keeps them at all."""


def check(view: View) -> Iterator[Finding]:
    """Posts from the future, as warnings: a seat whose clock is wrong must be able to answer."""
    for post in _posts_named_later(view) if view.full_scan else view.judged:
        if post.at - view.now > TOLERATED:
            message = f"the post is dated {format_timestamp(post.at)}"
            message += f", which is after now ({format_timestamp(view.now)})"
            fix = f"compare `date -u` here and where {post.seat} runs, and set the clock that is wrong"
            line = post.lines.get("at", 1)
            yield view.finding_at("future-post", post, message, fix, line, Severity.WARNING)


def _posts_named_later(view: View) -> Sequence[Post]:
    """The posts whose names are of after now, and those whose names may have another time than they have."""
    posts = view.board.posts
    # Posts are found by the times in their names; a misplaced one may have another time inside.
    misplaced = (
        finding.post
        for finding in view.findings_of_reading("misplaced-post")
        if finding.post is not None and finding.post in posts
    )
    return view.posts_in_order([*posts.keys_between(compact_timestamp(view.now), LAST), *misplaced])
