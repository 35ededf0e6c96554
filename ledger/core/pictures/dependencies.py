"""The tickets around one: what it waits for, and what waits for it, as far as a picture has room."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.core.board.tables import Lookup
from ledger.core.board.waits import dependencies
from ledger.core.dataclass import dataclass
from ledger.core.model import State, Ticket

MOST_NODES = 30
"""Nodes of a picture, the ticket in its middle included."""
MOST_STEPS = 3
"""How far from the ticket a picture reaches on each side."""
Waiters = Mapping[str, Sequence[str]]
"""The open tickets that name a ticket, or a ruling on it, as what they wait for."""


@dataclass(frozen=True, slots=True)
class DependencyNode:
    """One thing of a picture. `step` says how far it is: below 0 the ticket waits for it, above 0 it waits
    for the ticket. `ticket` is None for what is no ticket of the feed, as `ruling:CMB-0002` and words."""

    name: str
    step: int
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class Dependency:
    """One wait: `waiter` waits for `awaited`. It is over where that is DONE."""

    waiter: str
    awaited: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class DependencyPicture:
    """What is around a ticket: nodes by step and name, the waits among them, and how many are left out."""

    item: str
    nodes: tuple[DependencyNode, ...]
    waits: tuple[Dependency, ...]
    more: int = 0


def map_waiters(tickets: Iterable[Ticket]) -> Waiters:
    """Who waits for each name, in the order of the tickets that are given."""
    waiters: dict[str, list[str]] = {}
    for ticket in tickets:
        for name in dict.fromkeys(dependencies(ticket)):
            waiters.setdefault(name.removeprefix("ruling:"), []).append(ticket.id)
    return waiters


def gather_dependencies(tickets: Lookup[Ticket], ticket: Ticket, waiters: Waiters) -> DependencyPicture:
    """The picture around a ticket. The nearest come first where there is no room for all."""
    steps = {ticket.id: 0}
    more = 0
    # Breadth first, both sides in turn, so that neither takes the room of the other.
    edges = {-1: [ticket.id], 1: [ticket.id]}
    for distance in range(1, MOST_STEPS + 1):
        for side in (-1, 1):
            found = dict.fromkeys(
                name for here in edges[side] for name in _next_names(tickets, waiters, here, side)
            )
            fresh = [name for name in found if name not in steps]
            room = max(0, MOST_NODES - len(steps))
            more += len(fresh[room:])
            edges[side] = fresh[:room]
            steps |= dict.fromkeys(edges[side], side * distance)
    nodes = (DependencyNode(name, step, tickets.get(name)) for name, step in steps.items())
    return DependencyPicture(
        ticket.id,
        tuple(sorted(nodes, key=lambda node: (node.step, node.name))),
        tuple(_list_waits(tickets, steps)),
        more,
    )


def _next_names(tickets: Lookup[Ticket], waiters: Waiters, name: str, side: int) -> Iterable[str]:
    if side > 0:
        return waiters.get(name, ())
    ticket = tickets.get(name)
    return () if ticket is None else dependencies(ticket)


def _list_waits(tickets: Lookup[Ticket], names: Iterable[str]) -> Iterator[Dependency]:
    shown = dict.fromkeys(names)
    for name in shown:
        ticket = tickets.get(name)
        for awaited in dict.fromkeys(dependencies(ticket)) if ticket is not None else ():
            # A ruling is a node only where it was followed from its waiter; else its ticket stands for it.
            target = awaited if awaited in shown else awaited.removeprefix("ruling:")
            if target in shown and target != name:
                # By the whole name: a wait for a ruling is not over because the ticket of that name is DONE.
                other = tickets.get(awaited)
                yield Dependency(name, target, other is not None and other.state is State.DONE)
