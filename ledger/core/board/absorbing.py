"""What a ruling must absorb, the tickets whose only block it is, and what it did (domain: rulings absorb)."""

from collections.abc import Iterable
from itertools import pairwise

from ledger.core.board.board import Board
from ledger.core.dataclass import dataclass
from ledger.core.model import Post, State, Ticket


def waits_only_for_landed_rulings(board: Board, ticket: Ticket, also: frozenset[str] = frozenset()) -> bool:
    """True when a ticket is BLOCKED on rulings alone, each of which has landed or is on one of `also`."""
    if ticket.state is not State.BLOCKED or not ticket.blocked_on:
        return False
    # `also` is what a ruling rules on that is only being written: it has not landed yet.
    items = [on.removeprefix("ruling:") for on in ticket.blocked_on if on.startswith("ruling:")]
    return len(items) == len(ticket.blocked_on) and all(item in also or item in board.ruled for item in items)


def tickets_owed_by_ruling(board: Board, on: Iterable[str]) -> list[Ticket]:
    """The tickets that a ruling on these must absorb, by id: nothing but it keeps them waiting."""
    fresh = frozenset(on)
    waiting = {ticket.id: ticket for item in fresh for ticket in board.tickets_awaiting_ruling(item)}
    return [
        waiting[item]
        for item in sorted(waiting)
        if waits_only_for_landed_rulings(board, waiting[item], fresh)
    ]


@dataclass(frozen=True, slots=True)
class AbsorbOutcome:
    """What an ABSORB line of a ruling did: the ticket's states before and after it, which may be the same."""

    item: str
    before: State
    after: State


def find_outcomes(board: Board, ruling: Post) -> list[AbsorbOutcome]:
    """What became of each ticket that the ruling absorbed, in the order of its lines."""
    found = []
    items = dict.fromkeys(line.item for line in ruling.directives if line.name == "ABSORB" and line.item)
    for ticket in (board.tickets[item] for item in items if item in board.tickets):
        # The state before comes from the event before: an AMENDMENT or a later post may have changed the
        # ticket.
        for before, event in pairwise(board.history_of(ticket)):
            if event.post == ruling.id and not event.refused:
                found.append(AbsorbOutcome(ticket.id, before.state, event.state))
    return found
