"""How long tickets stand claimable before somebody claims them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.core.claimable import lane_of
from ledger.core.config import Config
from ledger.core.model import Ticket
from ledger.core.moves import gate_shut
from ledger.core.stats.replay import Step
from ledger.core.waits import awaits_claim, dependencies


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
    not owned by a ruling that is still awaited. Which seat may claim it makes no difference.
    """
    tickets: dict[str, Ticket] = {}
    behind: dict[str, set[str]] = {}
    since: dict[str, datetime] = {}
    taken: list[Taken] = []
    for step in steps:
        moved = [change.item for change in step.changes]
        for change in step.changes:
            _follow(tickets, behind, change.item, change.after)
        for item in {*moved, *(one for gate in moved for one in behind.get(gate, ()))}:
            ticket = tickets.get(item)
            if ticket is not None and _on_offer(tickets, ticket):
                since.setdefault(item, step.at)
            elif (start := since.pop(item, None)) is not None and ticket is not None and ticket.holder:
                waited = max(0.0, (step.at - start).total_seconds())
                taken.append(Taken(item, ticket.holder, lane_of(ticket, config), step.at, waited))
    return Offers(tuple(taken), tuple(tickets[one] for one in since))


def _follow(
    tickets: dict[str, Ticket], behind: dict[str, set[str]], item: str, ticket: Ticket | None
) -> None:
    tickets.pop(item, None)
    if ticket is not None:
        tickets[item] = ticket
        for gate in dependencies(ticket):
            behind.setdefault(gate, set()).add(item)


def _on_offer(tickets: Mapping[str, Ticket], ticket: Ticket) -> bool:
    if not awaits_claim(tickets, ticket) or ticket.provisional:
        return False
    return not ticket.owner.startswith("awaiting-") and gate_shut(tickets, ticket.id, ticket.after) is None
