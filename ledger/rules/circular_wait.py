"""Tickets that wait for each other in a circle.

Why: none of them can ever move, and each looks as if it only waited its turn.
Wrong: `absorbed-by:CMB-394224` while CMB-394224 is BLOCKED on this very ruling.
Right: absorb it too: `ABSORB: CMB-394224 -> AWAITING_CLAIM (work continues)`.
"""

from collections.abc import Iterator, Sequence

from ledger.core.board.fold import find_named_tickets
from ledger.core.board.folding import find_directive
from ledger.core.board.kinds import kind_of
from ledger.core.board.rulings import find_awaited_rulings
from ledger.core.board.waits import find_circle_through, find_wait_knots
from ledger.core.model import Finding, Post, State, Ticket
from ledger.rules.view import View

NAME = "circular-wait"
MOST_NAMED = 10
"""Tickets of a circle that a message names."""


def check(view: View) -> Iterator[Finding]:
    """Circles through a ruling, and one circle of each group of tickets that wait for each other: when whole,
    of all groups, else of those that a judged post made."""
    for post in _rulings_that_absorb(view):
        yield from _judge_ruling(view, post)
    # Only a post that can make a ticket wait closes a circle; circles that stand are for a full scan.
    made = {post.id for post in view.judged if _may_close_circle(post)}
    for knot in find_wait_knots(view.board.tickets, _find_starts(view)):
        tickets = (view.board.tickets[item] for item in knot)
        closing = [ticket for ticket in tickets if view.full_scan or ticket.moved_by in made]
        if closing:
            last = max(closing, key=lambda ticket: view.board.posts.place_of(ticket.moved_by))
            circle = find_circle_through(view.board.tickets, last.id, knot)
            yield view.finding_on(
                NAME,
                last,
                _describe_circle(circle),
                _suggest_way_out(last) if view.full_scan else "leave one of the waits out",
            )


def _find_starts(view: View) -> list[str]:
    """The tickets that may have come into a circle, by id: those that judged posts name."""
    if view.full_scan:
        return [ticket.id for ticket in view.board.open_tickets()]
    named = {item for post in view.judged if _may_close_circle(post) for item in find_named_tickets(post)}
    return [item for item in sorted(named) if item in view.board.tickets]


def _rulings_that_absorb(view: View) -> Sequence[Post]:
    """The judged rulings, when whole those that name a ticket as live which waits for some ruling."""
    if not view.full_scan:
        return [post for post in view.judged if kind_of(post.kind).rules]
    # A circle runs through a ticket that still waits for some ruling, so that rulings which absorb into
    # others are left unread.
    waiting = (ticket for ticket in view.board.open_tickets() if find_awaited_rulings(ticket.blocked_on))
    return view.judged_posts_with(*(f"absorbs {ticket.id}" for ticket in waiting))


def _judge_ruling(view: View, ruling: Post) -> Iterator[Finding]:
    """Lines that name a ticket as the live one which stays BLOCKED on this ruling."""
    waits = {f"ruling:{item}" for item in ruling.rules_on}
    named = dict.fromkeys(line.absorbed_by for line in ruling.directives if line.absorbed_by)
    tickets = (view.board.tickets[item] for item in named if item in view.board.tickets)
    waiting = {ticket.id for ticket in tickets if not (ticket.closed or waits.isdisjoint(ticket.blocked_on))}
    for line in ruling.directives:
        if line.absorbed_by in waiting:
            message = f"{line.item} is absorbed by {line.absorbed_by}, which itself waits for this ruling"
            fix = f"add `ABSORB: {line.absorbed_by} -> AWAITING_CLAIM (why)`"
            if view.full_scan:
                fix = f"`git ledger release {line.absorbed_by} --why …`"
            yield view.finding_at(NAME, ruling, message, fix, line.line, item=line.absorbed_by)


def _may_close_circle(post: Post) -> bool:
    """Whether a post can make a ticket wait: it names what for, or opens again what others wait for."""
    return bool(post.after or post.blocked_on or find_directive(post, "REPAIR")) or kind_of(post.kind).rules


def _describe_circle(circle: tuple[str, ...]) -> str:
    words = " waits for ".join(circle[:MOST_NAMED])
    left = len(circle) - 1 - MOST_NAMED
    return (
        f"{words} waits for {left} more, which wait for {circle[-1]}"
        if left > 0
        else " waits for ".join(circle)
    )


def _suggest_way_out(ticket: Ticket) -> str:
    if ticket.state is State.BLOCKED:
        return f"`git ledger release {ticket.id} --why …`"
    return f"`git ledger amend {ticket.id} --after … --why …` with the gates that are left"
