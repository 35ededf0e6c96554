"""Tickets that wait for each other in a circle.

Why: none of them can ever move, and each looks as if it only waited its turn.
Wrong: `absorbed-by:CMB-394224` while CMB-394224 is BLOCKED on this very ruling.
Right: absorb it too: `ABSORB: CMB-394224 -> AWAITING_CLAIM (work continues)`.
"""

from collections.abc import Iterator

from ledger.core.folding import directive
from ledger.core.model import Finding, Post, State, Ticket
from ledger.core.waits import cycles
from ledger.rules.view import View

NAME = "circular-wait"


def check(view: View) -> Iterator[Finding]:
    """Circles that the fold refused, those through a ruling, and those of gates and blocks together."""
    yield from view.refused(NAME)
    for post in view.judged:
        if post.kind == "ruling":
            yield from _absorbed_by_waiting(view, post)
    yield from _every_circle(view) if view.whole else _closed_circles(view)


def _absorbed_by_waiting(view: View, ruling: Post) -> Iterator[Finding]:
    """Lines that name a ticket as the live one which stays BLOCKED on this ruling."""
    waits = {f"ruling:{one}" for one in ruling.rules_on}
    for line in ruling.directives:
        live = view.board.tickets.get(line.absorbed_by or "")
        if live is not None and waits & set(live.blocked_on):
            message = f"{line.item} is absorbed by {live.id}, which itself waits for this ruling"
            fix = f"add `ABSORB: {live.id} -> AWAITING_CLAIM (why)`"
            if view.whole:
                fix = f"`git ledger release {live.id} --why …`"
            yield view.say(NAME, ruling, message, fix, line.line, item=live.id)


def _every_circle(view: View) -> Iterator[Finding]:
    for circle in cycles(view.board.tickets):
        ring = [view.board.tickets[one] for one in circle[:-1]]
        newest = max(ring, key=lambda ticket: view.place[ticket.moved_by])
        yield view.about(NAME, newest, _words(circle), _fix(newest))


def _closed_circles(view: View) -> Iterator[Finding]:
    """Circles that stand since a judged post made one of their tickets wait."""
    made = {post.id for post in view.judged if _may_close(post)}
    for circle in cycles(view.board.tickets) if made else ():
        ring = [view.board.tickets[one] for one in circle[:-1]]
        closing = [ticket for ticket in ring if ticket.moved_by in made]
        if closing:
            last = max(closing, key=lambda ticket: view.place[ticket.moved_by])
            yield view.about(NAME, last, _words(circle), "leave one of the waits out")


def _may_close(post: Post) -> bool:
    """Whether a post can make a ticket wait: it names what for, or opens again what others wait for."""
    return bool(post.after or post.blocked_on or directive(post, "REPAIR")) or post.kind == "ruling"


def _words(circle: tuple[str, ...]) -> str:
    return " waits for ".join(circle)


def _fix(ticket: Ticket) -> str:
    if ticket.state is State.BLOCKED:
        return f"`git ledger release {ticket.id} --why …`"
    return f"`git ledger amend {ticket.id} --after … --why …` with the gates that are left"
