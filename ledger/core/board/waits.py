"""What waits for what: when a gate or a block opens, the graph of both, and its cycles."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime

from ledger.core.board.tables import Lookup
from ledger.core.ids import is_ticket
from ledger.core.model import State, Ticket
from ledger.core.text import quote_name


def dependencies(ticket: Ticket) -> tuple[str, ...]:
    """What the ticket names as to be over before it is claimed: its gates, and what blocks it now."""
    return (*ticket.after, *(ticket.blocked_on if ticket.state is State.BLOCKED else ()))


def open_dependencies(tickets: Lookup[Ticket], names: Iterable[str]) -> list[str]:
    """Those of these names that are not tickets which are DONE.

    Gates (`after`) and blocks open alike: by DONE alone. A CANCELLED ticket opens neither, since it never
    will be DONE; the rules dead-gate and stale-block tell of it. A ruling or words are no ticket.
    """
    return [name for name in names if name not in tickets or tickets[name].state is not State.DONE]


def is_unblocked(tickets: Lookup[Ticket], ticket: Ticket) -> bool:
    """True for a ticket that is BLOCKED on tickets alone, all of which are DONE: it may be claimed."""
    named = ticket.state is State.BLOCKED and bool(ticket.blocked_on)
    return named and not open_dependencies(tickets, ticket.blocked_on)


def awaits_claim(tickets: Lookup[Ticket], ticket: Ticket) -> bool:
    """True when the state of the ticket lets a seat claim it: AWAITING_CLAIM, or BLOCKED no longer."""
    return ticket.state is State.AWAITING_CLAIM or is_unblocked(tickets, ticket)


WORDS = "what its words say"
"""Stands for what a block waits for that names nothing."""


def still_blocking(tickets: Lookup[Ticket], ruled: Container[str], ticket: Ticket) -> tuple[str, ...]:
    """What a block still waits for: all but tickets that are closed and rulings that have landed."""
    # A PARKED ticket keeps what blocked it; `blocked_by` tells whether there is a block at all.
    if ticket.blocked_by is None:
        return ()
    return tuple(on for on in ticket.blocked_on or (WORDS,) if not _is_over(tickets, ruled, on))


def posts_that_ended(tickets: Lookup[Ticket], ruled: Lookup[str], names: Iterable[str]) -> Iterator[str]:
    """The posts that ended what is over among these: a closed ticket's newest move, the newest ruling."""
    for on in names:
        target = on.removeprefix("ruling:")
        if target != on and target in ruled:
            yield ruled[target]
        elif on in tickets and tickets[on].closed:
            yield tickets[on].moved_by


def _is_over(tickets: Lookup[Ticket], ruled: Container[str], on: str) -> bool:
    closed = on in tickets and tickets[on].closed
    return closed or (on.startswith("ruling:") and on.removeprefix("ruling:") in ruled)


def became_claimable_at(tickets: Lookup[Ticket], ticket: Ticket) -> datetime:
    """When the newest of its dependencies that are DONE became so, or the ticket came into its state."""
    over = (tickets[name].since for name in dependencies(ticket) if name in tickets)
    return max([ticket.since, *over])


def describe_dependencies(tickets: Lookup[Ticket], names: Iterable[str]) -> str:
    """Dependencies in words: `CMB-0001 (CLAIMED), CMB-0009 (not filed), ruling:CMB-0002`."""
    return ", ".join(f"{name_dependency(name)}{_describe_state(tickets, name)}" for name in names)


def name_dependency(name: str) -> str:
    """A dependency by its name: words that somebody wrote are quoted."""
    return name if name == WORDS else quote_name(name)


def _describe_state(tickets: Lookup[Ticket], name: str) -> str:
    if name in tickets:
        return f" ({tickets[name].state})"
    return " (not filed)" if is_ticket(name) else ""


def awaited_tickets(tickets: Lookup[Ticket], ticket: Ticket) -> tuple[str, ...]:
    """The tickets that `ticket` waits for now: open gates, and what it is blocked on, rulings left out."""
    if ticket.closed:
        return ()
    gates = tuple(gate for gate in ticket.after if gate not in tickets or not tickets[gate].closed)
    blocks = tuple(on for on in ticket.blocked_on if on in tickets) if ticket.state is State.BLOCKED else ()
    return gates + blocks


def find_wait_knots(tickets: Lookup[Ticket], starts: Iterable[str]) -> Iterator[list[str]]:
    """Every largest group of tickets in which each waits for all, directly or over others of the group, among
    those that can be reached from the tickets to start with.

    Gabow's path-based search: each ticket and each wait is looked at once, and nothing recurses.
    """
    graph = _WaitGraph(tickets)
    reached: dict[str, int] = {}
    path: list[str] = []
    roots: list[int] = []
    done: set[str] = set()
    for start in starts:
        # The stack that recursion would keep: a chain of gates may be longer than Python recurses.
        todo = [] if start in reached else [start]
        beyond: dict[str, Iterator[str]] = {}
        while todo:
            here = todo[-1]
            if here not in reached:
                beyond[here] = iter(graph[here])
                reached[here] = len(reached)
                path.append(here)
                roots.append(reached[here])
            further = _enter_next(graph, beyond[here], reached, roots, done)
            if further is not None:
                todo.append(further)
                continue
            todo.pop()
            # Nothing reached from here leads further back: the end of the path from here on is one knot.
            if roots[-1] == reached[here]:
                roots.pop()
                knot = _cut_path(path, here)
                done.update(knot)
                if len(knot) > 1 or here in graph[here]:
                    yield knot


class _WaitGraph:
    """What each ticket waits for, found as it is asked for."""

    def __init__(self, tickets: Lookup[Ticket]) -> None:
        self._tickets_with = tickets
        self._found: dict[str, tuple[str, ...]] = {}

    def __contains__(self, item: str) -> bool:
        return item in self._tickets_with

    def __getitem__(self, item: str) -> tuple[str, ...]:
        if item not in self._found:
            self._found[item] = awaited_tickets(self._tickets_with, self._tickets_with[item])
        return self._found[item]


def _enter_next(
    graph: "_WaitGraph",
    beyond: Iterator[str],
    reached: Mapping[str, int],
    roots: list[int],
    done: Container[str],
) -> str | None:
    """The next ticket to enter; `roots` loses those that are in one group with what leads back to them."""
    for item in beyond:
        if item in graph and item not in reached:
            return item
        # A wait that leads back: all that was entered since belongs to the same knot.
        while item in reached and item not in done and roots[-1] > reached[item]:
            roots.pop()
    return None


def _cut_path(path: list[str], item: str) -> list[str]:
    """Take off the end of a path, from `item` on."""
    cut = [path.pop()]
    while cut[-1] != item:
        cut.append(path.pop())
    return cut


def find_circle_through(tickets: Lookup[Ticket], item: str, knot: Iterable[str]) -> tuple[str, ...]:
    """A shortest circle of waits through a ticket of a knot: from its smallest id around and back to it."""
    # Breadth first, so that the circle that is told is a shortest one.
    came = dict.fromkeys(knot, "")
    todo = [item]
    for here in todo:
        for other in awaited_tickets(tickets, tickets[here]):
            if other in came and not came[other]:
                came[other] = here
                todo.append(other)
    ring = [item]
    while came[ring[-1]] != item:
        ring.append(came[ring[-1]])
    # It was followed backwards, from each ticket to the one that waits for it.
    ring.reverse()
    low = ring.index(min(ring))
    return (*ring[low:], *ring[:low], ring[low])
