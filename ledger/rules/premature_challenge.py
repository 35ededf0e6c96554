"""A challenge of a claim whose holder is not silent, or one that leaves no time for an answer.

Why: a holder at work is not to be asked all day; one that is asked gets the time that all seats agreed on.
Wrong: a CHALLENGE of a claim that its holder renewed an hour ago, with a `claim_ttl` of 2h; or `grace:1s`.
Right: `git ledger claim CMB-0107 --challenge`, or `git ledger drift --fix`, which ask when it is time.
"""

from collections.abc import Iterator

from ledger.core.board.folding import find_directive
from ledger.core.durations import format_duration
from ledger.core.ids import format_timestamp
from ledger.core.model import Directive, Finding, Life, Post
from ledger.rules.silence import may_be_challenged
from ledger.rules.view import View

NAME = "premature-challenge"


def check(view: View) -> Iterator[Finding]:
    """Challenges that the fold refused; of new ones also those too early or with too little time."""
    yield from view.findings_of_fold(NAME)
    for post in view.judged if not view.full_scan else ():
        line = find_directive(post, "CHALLENGE")
        if line is not None and not view.is_refused(post):
            yield from _judge_challenge(view, post, line)


def _judge_challenge(view: View, post: Post, line: Directive) -> Iterator[Finding]:
    named = view.board.posts.get(line.post or "")
    if named is not None and not may_be_challenged(view, Life(named.id, named.at)):
        message = (
            f"{named.seat} was last seen on {post.item} at {format_timestamp(named.at)}: nobody asks it yet"
        )
        fix = f"leave it; `git ledger drift --fix` asks once {named.seat} is silent for "
        yield view.finding_at(NAME, post, message, fix + format_duration(view.config.claim_ttl), line.line)
    # The settings may have changed since; so only new challenges are held to them.
    if line.grace is not None and line.grace < view.config.claim_grace:
        least = format_duration(view.config.claim_grace)
        message = (
            f"the challenge leaves {format_duration(line.grace)} for an answer, and `claim_grace` is {least}"
        )
        yield view.finding_at(NAME, post, message, f"write `grace:{least}`", line.line)
