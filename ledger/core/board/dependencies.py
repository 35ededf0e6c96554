"""What waits for what, both ways: the tickets around one, or all that wait or are waited for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ledger.core.board.board import Board
from ledger.core.board.waits import find_circle_through, find_wait_knots
from ledger.core.dataclass import dataclass
from ledger.core.model import State, Ticket

AFTER, BLOCK, RULING = "after", "block", "ruling"
"""How one thing waits for another: by a gate, by a block, or by a block on a ruling on it."""


@dataclass(frozen=True, slots=True)
class Wait:
    """`item` waits for `on` (a ticket, or words): how, and whether it still does."""

    item: str
    on: str
    by: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class DependencyGraph:
    """Tickets by id, the waits of each, and the waits for each; circles are shortest ones, of those that wait
    for each other."""

    tickets: Mapping[str, Ticket]
    waits: Mapping[str, Sequence[Wait]]
    awaited: Mapping[str, Sequence[Wait]]
    circles: tuple[tuple[str, ...], ...]


def list_waits(board: Board, ticket: Ticket) -> list[Wait]:
    """What a ticket waits for, or waited for by its gates: these in order, then what blocks it."""
    waits = [Wait(ticket.id, gate, AFTER, not _is_done(board, gate)) for gate in dict.fromkeys(ticket.after)]
    for on in dict.fromkeys(ticket.blocked_on if ticket.state is State.BLOCKED else ()):
        target = on.removeprefix("ruling:")
        # A ruling ends a block by moving the ticket, so that what is still there holds.
        by, holds = (RULING, True) if target != on else (BLOCK, not _is_done(board, on))
        waits.append(Wait(ticket.id, target, by, holds))
    return waits


def _is_done(board: Board, item: str) -> bool:
    ticket = board.tickets.get(item)
    return ticket is not None and ticket.state is State.DONE


def find_dependencies(board: Board, item: str | None = None) -> DependencyGraph:
    """The graph around a ticket, followed both ways, or of all open tickets that wait or are waited for.

    Waits of closed tickets are over, and are told of the ticket that is asked for alone. Linear in what is
    open.
    """
    waits = {ticket.id: found for ticket in board.open_tickets() if (found := list_waits(board, ticket))}
    awaited: dict[str, list[Wait]] = defaultdict(list)
    for wait in (wait for found in waits.values() for wait in found):
        awaited[wait.on].append(wait)
    if item is None:
        holding = [wait for found in waits.values() for wait in found if wait.is_open]
        names = dict.fromkeys(name for wait in holding for name in (wait.item, wait.on))
    else:
        # Behind `awaited`: a closed ticket that is asked for tells its waits, and nobody is awaited by it.
        waits.setdefault(item, list_waits(board, board.tickets[item]))
        names = dict.fromkeys(_reach(item, lambda name: [wait.on for wait in waits.get(name, ())]))
        names |= dict.fromkeys(_reach(item, lambda name: [wait.item for wait in awaited.get(name, ())]))
    tickets = {name: ticket for name in names if (ticket := board.tickets.get(name)) is not None}
    knots = find_wait_knots(board.tickets, sorted(tickets))
    # From the least of each knot, so that the same circle is told whichever of its tickets is asked about.
    circles = tuple(find_circle_through(board.tickets, min(knot), knot) for knot in knots)
    return DependencyGraph(
        tickets,
        {name: tuple(waits.get(name, ())) for name in tickets},
        {name: tuple(awaited.get(name, ())) for name in tickets},
        tuple(sorted(circles)),
    )


def _reach(start: str, follow: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """All that can be reached from a ticket, itself first; each once."""
    found = {start: None}
    todo = [start]
    while todo:
        here = todo.pop()
        yield here
        fresh = [name for name in follow(here) if name not in found]
        found |= dict.fromkeys(fresh)
        todo += reversed(fresh)


@dataclass(frozen=True, slots=True)
class TreeLine:
    """A line of a tree: a name at a depth from 0, and the wait by which it stands below the one above.

    `mark`: what would be below it stands elsewhere, `seen` further up or as a `circle` around it.
    """

    name: str
    depth: int
    wait: Wait | None = None
    mark: str = ""


def grow_tree(
    start: str, follow: Callable[[str], Sequence[tuple[str, Wait]]], grown: set[str]
) -> Iterator[TreeLine]:
    """The tree below a name, depth first, each name with its own tree once; `grown` are those that have one.

    Nothing recurses: a chain of gates may be longer than Python recurses.
    """
    path: list[tuple[str, Iterator[tuple[str, Wait]]]] = [(start, iter(follow(start)))]
    on_path = {start}
    grown.add(start)
    yield TreeLine(start, 0)
    while path:
        here, rest = path[-1]
        step = next(rest, None)
        if step is None:
            on_path.discard(here)
            path.pop()
            continue
        name, wait = step
        mark = "circle" if name in on_path else "seen" if name in grown and follow(name) else ""
        yield TreeLine(name, len(path), wait, mark)
        if not mark and name not in grown:
            grown.add(name)
            on_path.add(name)
            path.append((name, iter(follow(name))))
