"""What waits for what: when a gate or a block opens, the graph of both, and its cycles."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime

from ledger.core.folding import No
from ledger.core.ids import is_ticket
from ledger.core.model import State, Ticket


def dependencies(ticket: Ticket) -> tuple[str, ...]:
    """What the ticket names as to be over before it is claimed: its gates, and what blocks it now."""
    return (*ticket.after, *(ticket.blocked_on if ticket.state is State.BLOCKED else ()))


def open_dependencies(tickets: Mapping[str, Ticket], names: Iterable[str]) -> list[str]:
    """Those of these names that are not tickets which are DONE.

    Gates (`after`) and blocks open alike: by DONE alone. A CANCELLED ticket opens neither, since it never
    will be DONE; the rules dead-gate and stale-block tell of it. A ruling or words are no ticket.
    """
    return [name for name in names if name not in tickets or tickets[name].state is not State.DONE]


def is_unblocked(tickets: Mapping[str, Ticket], ticket: Ticket) -> bool:
    """True for a ticket that is BLOCKED on tickets alone, all of which are DONE: it may be claimed."""
    named = ticket.state is State.BLOCKED and bool(ticket.blocked_on)
    return named and not open_dependencies(tickets, ticket.blocked_on)


def awaits_claim(tickets: Mapping[str, Ticket], ticket: Ticket) -> bool:
    """True when the state of the ticket lets a seat claim it: AWAITING_CLAIM, or BLOCKED no longer."""
    return ticket.state is State.AWAITING_CLAIM or is_unblocked(tickets, ticket)


WORDS = "what its words say"
"""Stands for what a block waits for that names nothing."""


def holding(tickets: Mapping[str, Ticket], ruled: Container[str], ticket: Ticket) -> tuple[str, ...]:
    """What a block still waits for: all but tickets that are closed and rulings that have landed."""
    if ticket.blocked_by is None:
        return ()
    return tuple(on for on in ticket.blocked_on or (WORDS,) if not _is_over(tickets, ruled, on))


def ending(
    tickets: Mapping[str, Ticket], ruled: Mapping[str, tuple[str, ...]], names: Iterable[str]
) -> Iterator[str]:
    """The posts that ended what is over among these: a closed ticket's newest move, the newest ruling."""
    for on in names:
        target = on.removeprefix("ruling:")
        if target != on and target in ruled:
            yield ruled[target][-1]
        elif on in tickets and tickets[on].closed:
            yield tickets[on].moved_by


def _is_over(tickets: Mapping[str, Ticket], ruled: Container[str], on: str) -> bool:
    closed = on in tickets and tickets[on].closed
    return closed or (on.startswith("ruling:") and on.removeprefix("ruling:") in ruled)


def opened_at(tickets: Mapping[str, Ticket], ticket: Ticket) -> datetime:
    """When the newest of its dependencies that are DONE became so, or the ticket came into its state."""
    over = (tickets[name].since for name in dependencies(ticket) if name in tickets)
    return max([ticket.since, *over])


def dependency_words(tickets: Mapping[str, Ticket], names: Iterable[str]) -> str:
    """Dependencies in words: `CMB-0001 (CLAIMED), CMB-0009 (not filed), ruling:CMB-0002`."""
    return ", ".join(f"{name}{_standing(tickets, name)}" for name in names)


def _standing(tickets: Mapping[str, Ticket], name: str) -> str:
    if name in tickets:
        return f" ({tickets[name].state})"
    return " (not filed)" if is_ticket(name) else ""


def gate_cycle(tickets: Mapping[str, Ticket], item: str, after: Iterable[str]) -> No | None:
    """A `No` when making `item` come `after` these tickets would close a circle of gates."""
    trail = _trail(lambda one: tickets[one].after if one in tickets else (), item, tuple(after))
    if trail is None:
        return None
    words = " after ".join(trail)
    return No("circular-wait", f"{words}: nobody could ever claim any of them", "leave one of the gates out")


def waits_for(tickets: Mapping[str, Ticket], ticket: Ticket) -> tuple[str, ...]:
    """The tickets that `ticket` waits for now: open gates, and what it is blocked on, rulings left out."""
    if ticket.closed:
        return ()
    gates = tuple(one for one in ticket.after if one not in tickets or not tickets[one].closed)
    blocks = tuple(on for on in ticket.blocked_on if on in tickets) if ticket.state is State.BLOCKED else ()
    return gates + blocks


def cycles(tickets: Mapping[str, Ticket]) -> Iterator[tuple[str, ...]]:
    """Every circle of waiting once, from its smallest id around and back to it."""
    graph = {one: waits for one, ticket in tickets.items() if (waits := waits_for(tickets, ticket))}
    known: set[tuple[str, ...]] = set()
    for start in sorted(graph):
        trail = _trail(lambda one: graph.get(one, ()), start, graph[start])
        if trail is None:
            continue
        ring = trail[:-1]
        low = ring.index(min(ring))
        turned = ring[low:] + ring[:low]
        if turned not in known:
            known.add(turned)
            yield (*turned, turned[0])


def _trail(
    beyond: Callable[[str], tuple[str, ...]], start: str, first: tuple[str, ...]
) -> tuple[str, ...] | None:
    """A way from `start` over `first` and `beyond` back to `start`, both ends included; None if none."""
    came: dict[str, str] = {}
    todo = [(one, start) for one in first]
    while todo:
        here, before = todo.pop()
        if here == start:
            back = [start]
            while before != start:
                back.append(before)
                before = came[before]
            return (start, *reversed(back[1:]), start)
        if here not in came:
            came[here] = before
            todo += [(one, here) for one in beyond(here)]
    return None
