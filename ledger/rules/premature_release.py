"""An AUTO-RELEASE of a claim whose holder answered, or still may.

Why: taking work from a seat that is at it makes it twice; so the holder is asked, and has time to answer.
Wrong: `AUTO-RELEASE: post:… clone:…` that names a challenge that was answered, or another seat's.
Right: `git ledger drift --fix`, which asks, waits until the grace is over, and ends what nobody answered.
"""

from collections.abc import Iterator

from ledger.core.board.folding import find_directive
from ledger.core.ids import format_timestamp
from ledger.core.model import Directive, Finding, Post
from ledger.rules.view import View

NAME = "premature-release"


def check(view: View) -> Iterator[Finding]:
    """Releases that the fold refused, and new ones whose challenge this judge let in too lately."""
    yield from view.findings_of_fold(NAME)
    for post in view.judged if not view.full_scan else ():
        line = find_directive(post, "AUTO-RELEASE")
        if line is not None and not view.is_refused(post):
            yield from _judge_release(view, post, line)


def _judge_release(view: View, post: Post, line: Directive) -> Iterator[Finding]:
    """A challenge has landed before what ends the claim, so that its holder could see it; and a judge that
    keeps record of when it let a post in holds the grace to that."""
    challenging = view.board.posts.get(line.post or "")
    challenge = find_directive(challenging, "CHALLENGE") if challenging else None
    if challenging is None or challenge is None or challenge.grace is None:
        return
    let_in = view.let_in.get(challenging.id)
    # Challenge and release in one push: the holder never saw the question.
    if challenging.id not in view.landed.posts:
        message = f"the challenge {challenging.id} has not landed yet, so nobody could answer it"
        fix = "land the challenge alone, then wait until its grace is over"
        yield view.finding_at(NAME, post, message, fix, line.line)
    elif let_in is not None and view.now < let_in + challenge.grace:
        message = (
            f"the challenge {challenging.id} landed here at "
            f"{format_timestamp(let_in)}, and its grace is not over"
        )
        fix = f"wait until {format_timestamp(let_in + challenge.grace)} by the clock of this judge"
        yield view.finding_at(NAME, post, message, fix, line.line)
