"""What waits for what: the graph of gates and blocks, and its cycles."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.core.folding import No
from ledger.core.model import State, Ticket


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
