"""What a ruling must absorb, the tickets whose only block it is, and what it did (domain: rulings absorb)."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ledger.core.ids import is_ticket
from ledger.core.model import Post, State, Ticket
from ledger.core.text import quote_name

RULING_WORDS = frozenset({"ruling", "rulings", "decision", "decisions", "verdict", "verdicts"})
"""What blocks a ticket is an unnamed wait for a ruling when its words hold one of these."""
_ABSORB = re.compile(r"^ABSORB:\s*(\S+)", re.MULTILINE)


def absorbed(body: str) -> list[str]:
    """The tickets that the ABSORB lines of a body name, each once."""
    return list(dict.fromkeys(_ABSORB.findall(body)))


def awaited(blocked_on: Iterable[str]) -> list[str]:
    """The tickets on which rulings are awaited, among what blocks a ticket."""
    return [on.removeprefix("ruling:") for on in blocked_on if on.startswith("ruling:")]


def speaks_of_ruling(text: str) -> bool:
    """True when words speak of a ruling: one of them is in RULING_WORDS."""
    return not RULING_WORDS.isdisjoint(re.findall(r"[a-z]+", text.casefold()))


def blocks_unnamed(post: Post) -> bool:
    """True for a post that blocks its ticket on a ruling in words: in `blocked_on`, or without that in the
    first line of its body."""
    if post.state is not State.BLOCKED or awaited(post.blocked_on):
        return False
    words = post.blocked_on or post.body.strip().split("\n")[:1]
    return any(speaks_of_ruling(one) for one in words if not is_ticket(one))


def waits_only_for(ticket: Ticket, ruled: Container[str]) -> bool:
    """True when the ticket is BLOCKED and each thing it waits for is a ruling on one of these."""
    if ticket.state is not State.BLOCKED or not ticket.blocked_on:
        return False
    return all(on.startswith("ruling:") and on.removeprefix("ruling:") in ruled for on in ticket.blocked_on)


def is_unnamed(ticket: Ticket) -> bool:
    """True when the ticket waits for a ruling (its owner or its block says so) and does not name it."""
    waits = ticket.owner.startswith("awaiting-") and not ticket.closed
    return (waits or ticket.blocked_unnamed) and not awaited(ticket.blocked_on)


def unnamed_words(ticket: Ticket) -> str:
    """Where an unnamed wait says that it waits: `owner awaiting-S-ruling`, or the words of its block."""
    if ticket.owner.startswith("awaiting-"):
        return f"owner {ticket.owner}"
    return (
        f"BLOCKED on {', '.join(map(quote_name, ticket.blocked_on))}"
        if ticket.blocked_on
        else "BLOCKED, in words"
    )


def unnamed(tickets: Mapping[str, Ticket]) -> list[Ticket]:
    """The tickets that wait for a ruling which they do not name, by id."""
    return [tickets[one] for one in sorted(tickets) if is_unnamed(tickets[one])]


def owed(tickets: Mapping[str, Ticket], ruled: Container[str]) -> list[Ticket]:
    """The tickets that wait for rulings on these alone, by id: the last of the rulings must absorb them."""
    return [tickets[one] for one in sorted(tickets) if waits_only_for(tickets[one], ruled)]


def owed_by(tickets: Mapping[str, Ticket], ruled: Iterable[str], on: Iterable[str]) -> list[Ticket]:
    """The tickets that a further ruling on these must absorb, by id; `ruled` are those ruled on before."""
    fresh = frozenset(on)
    waiting = owed(tickets, fresh | frozenset(ruled))
    return [ticket for ticket in waiting if not fresh.isdisjoint(awaited(ticket.blocked_on))]


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
