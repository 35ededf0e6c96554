"""A decision that was made without the newest post on a ticket that it touches.

Why: what changed in between may be the very reason to decide otherwise.
Wrong: a ruling by hand that absorbs CMB-0107 and cites nothing, or a post that was followed by another.
Right: `git ledger rule` and `git ledger reopen` cite the newest post of each ticket themselves.
"""

from bisect import bisect_left
from collections.abc import Iterator

from ledger.core.board.folding import find_directive
from ledger.core.model import Finding, Post, Severity
from ledger.rules.view import View

NAME = "uncited-change"


def check(view: View) -> Iterator[Finding]:
    """New rulings, repairs and handoffs whose `cites` lack the newest move before them of a ticket."""
    for post in [] if view.full_scan else view.judged:
        yield from _find_uncited_ends(view, post)
        for item, line in _find_touched_tickets(post):
            newest = _newest_move_before(view, item, post)
            if newest is not None and newest not in post.cites:
                message = f"{item} was moved by {newest}, which this post does not cite"
                fix = f"read it (`git ledger show {item}`), then add it to `cites`"
                yield view.finding_at(NAME, post, message, fix, line, Severity.WARNING, item)


def _find_uncited_ends(view: View, post: Post) -> Iterator[Finding]:
    """What had ended of a block that this post releases, and is not cited."""
    lift, line = view.board.lifts.get(post.id), find_directive(post, "RELEASE")
    for end in lift.ended_by if lift and line else ():
        if line is not None and end not in post.cites:
            message = f"this release does not cite {end}, which ended a part of what {post.item} waited for"
            yield view.finding_at(NAME, post, message, f"add `{end}` to `cites`", line.line, Severity.WARNING)


def _find_touched_tickets(post: Post) -> Iterator[tuple[str, int]]:
    for line in post.directives:
        if line.name == "ABSORB" and line.item:
            yield line.item, line.line
    acting = find_directive(post, "REPAIR", "HANDOFF")
    if acting is not None and post.item is not None:
        yield post.item, acting.line


def _newest_move_before(view: View, item: str, post: Post) -> str | None:
    """The newest post that moved the ticket and stands before this one."""
    moves = view.posts_that_moved(item)
    place_of = view.board.posts.place_of
    # Moves stand in feed order, so that the one before this post is found without walking them.
    before = bisect_left(moves, place_of(post.id), key=place_of)
    return moves[before - 1] if before else None
