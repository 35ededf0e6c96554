"""How long tickets stand claimable before somebody claims them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ledger.core.board.transitions import gate_shut
from ledger.core.board.waits import awaits_claim, dependencies
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.model import Ticket
from ledger.core.queue.seat_view import lane_of
from ledger.core.stats.replay import Step


@dataclass(frozen=True, slots=True)
class Taken:
    """One offer that was taken: `seconds` from the moment the ticket was claimable to its claim `at`."""

    item: str
    seat: str
    lane: str
    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Offers:
    """The offers that were taken, in order, and the tickets that stand on offer now."""

    taken: tuple[Taken, ...]
    waiting: tuple[Ticket, ...]


def offers(steps: Iterable[Step], config: Config) -> Offers:
    """Follow each ticket from claimable to claimed; what ends otherwise is no offer that was taken.

    Claimable is judged by state: AWAITING_CLAIM or a block that opened, every gate DONE, not provisional, and
    not owned by a ruling that is still awaited. Which seat may claim it makes no difference. It is claimable
    since the later of two: its own newest change before which it was not, and the newest DONE that it waited
    for.
    """
    tickets: dict[str, Ticket] = {}
    ready: dict[str, tuple[int, datetime]] = {}
    turned: dict[str, tuple[int, datetime]] = {}
    taken: list[Taken] = []
    for place, step in enumerate(steps):
        offered = {one.item for one in step.changes if one.before and _on_offer(tickets, one.before)}
        for item, before, after in ((one.item, one.before, one.after) for one in step.changes):
            if item in offered and before is not None and after is not None and after.holder:
                _, start = max([ready[item], *(turned[gate] for gate in dependencies(before))])
                waited = max(0.0, (step.at - start).total_seconds())
                taken.append(Taken(item, after.holder, lane_of(after, config), step.at, waited))
            if item not in offered:
                ready[item] = place, step.at
            if before is None or after is None or before.state is not after.state:
                turned[item] = place, step.at
        for change in step.changes:
            tickets.pop(change.item, None)
            tickets |= {change.item: change.after} if change.after is not None else {}
    return Offers(tuple(taken), tuple(one for one in tickets.values() if _on_offer(tickets, one)))


def _on_offer(tickets: Mapping[str, Ticket], ticket: Ticket) -> bool:
    if not awaits_claim(tickets, ticket) or ticket.provisional:
        return False
    return not ticket.owner.startswith("awaiting-") and gate_shut(tickets, ticket.id, ticket.after) is None
