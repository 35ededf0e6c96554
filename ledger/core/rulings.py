"""What a ruling must absorb, the tickets whose only block it is, and what it did (domain: rulings absorb)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ledger.core.model import Post, State, Ticket

_ABSORB = re.compile(r"^ABSORB:\s*(\S+)", re.MULTILINE)


def absorbed(body: str) -> list[str]:
    """The tickets that the ABSORB lines of a body name, each once."""
    return list(dict.fromkeys(_ABSORB.findall(body)))


def awaited(blocked_on: Iterable[str]) -> list[str]:
    """The tickets on which rulings are awaited, among what blocks a ticket."""
    return [on.removeprefix("ruling:") for on in blocked_on if on.startswith("ruling:")]


def waits_only_for(ticket: Ticket, rules_on: Iterable[str]) -> bool:
    """True when the ticket is BLOCKED and each thing it waits for is a ruling on one of these."""
    rulings = {f"ruling:{one}" for one in rules_on}
    return ticket.state is State.BLOCKED and bool(ticket.blocked_on) and set(ticket.blocked_on) <= rulings


def is_unnamed(ticket: Ticket) -> bool:
    """True when the ticket waits for a ruling (its owner says so) and does not name it."""
    waits = ticket.owner.startswith("awaiting-") and not ticket.closed
    return waits and not awaited(ticket.blocked_on)


def unnamed(tickets: Mapping[str, Ticket]) -> list[Ticket]:
    """The tickets that wait for a ruling which they do not name, by id."""
    return [tickets[one] for one in sorted(tickets) if is_unnamed(tickets[one])]


def owed(tickets: Mapping[str, Ticket], rules_on: Iterable[str]) -> list[Ticket]:
    """The tickets that a ruling on these must absorb, by id."""
    on = tuple(rules_on)
    return [tickets[one] for one in sorted(tickets) if waits_only_for(tickets[one], on)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ABSORB line of a ruling did: the ticket's states before and after it, which may be the same."""

    item: str
    before: State
    after: State


def outcomes(tickets: Mapping[str, Ticket], ruling: Post) -> list[Outcome]:
    """What became of each ticket that the ruling absorbed, in the order of its lines."""
    told = []
    items = dict.fromkeys(line.item for line in ruling.directives if line.name == "ABSORB" and line.item)
    for ticket in (tickets[item] for item in items if item in tickets):
        for before, event in pairwise(ticket.history):
            if event.post == ruling.id and not event.refused:
                told.append(Outcome(ticket.id, before.state, event.state))
    return told
