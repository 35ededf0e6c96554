"""What waits for what, as a tree: below a ticket stand those that wait for it, or that it waits for."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ledger.core.board.dependencies import DependencyGraph, TreeLine, Wait, grow_tree
from ledger.core.ids import is_ticket
from ledger.core.model import Ticket
from ledger.core.text import quote_line, quote_name
from ledger.faces.context import Screen

DEEPEST = 24
"""Levels that are indented; those below say how deep they are, so that a long chain stays readable."""
LONGEST = 10
"""Tickets that are named of a circle."""
_MARKS = {"seen": "further up", "circle": "in a circle"}
_Steps = Mapping[str, Sequence[tuple[str, Wait]]]


def write_dependencies(graph: DependencyGraph, item: str | None, screen: Screen | None) -> Iterator[str]:
    """Both trees of a ticket; without one, below each ticket that could begin those that wait for it."""
    describe = _choose_describer(graph, screen)
    yield from _write_forest(graph, describe) if item is None else _write_both_ways(graph, item, describe)
    yield from map(_describe_circle, graph.circles)


def _write_both_ways(graph: DependencyGraph, item: str, describe: Callable[[TreeLine], str]) -> Iterator[str]:
    yield describe(TreeLine(item, 0))
    downward = {name: [(wait.on, wait) for wait in waits] for name, waits in graph.waits.items()}
    upward = {name: [(wait.item, wait) for wait in waits] for name, waits in graph.awaited.items()}
    for title, steps in (("waits for", downward), ("is waited for by", upward)):
        if steps.get(item):
            yield title
            yield from _write_tree(item, steps, set(), describe, skip=1)


def _describe_circle(circle: Sequence[str]) -> str:
    more = ["…"] if len(circle) > LONGEST else []
    return f"circle: {' waits for '.join([*circle[:LONGEST], *more])}"


def _write_forest(graph: DependencyGraph, describe: Callable[[TreeLine], str]) -> Iterator[str]:
    """Trees of those that wait, below what they wait for; what only circles lead to comes last."""
    steps = {
        name: [(wait.item, wait) for wait in waits if wait.is_open] for name, waits in graph.awaited.items()
    }
    held = {wait.item for waits in graph.awaited.values() for wait in waits if wait.is_open}
    grown: set[str] = set()
    for name in (*(name for name in sorted(graph.tickets) if name not in held), *sorted(held)):
        if name not in grown:
            yield from _write_tree(name, steps, grown, describe)


def _write_tree(
    start: str, steps: _Steps, grown: set[str], describe: Callable[[TreeLine], str], skip: int = 0
) -> Iterator[str]:
    for branch in grow_tree(start, lambda name: steps.get(name, ()), grown):
        if branch.depth >= skip:
            deep = f"{branch.depth}> " if branch.depth > DEEPEST else ""
            yield f"{'  ' * min(branch.depth, DEEPEST)}{deep}{describe(branch)}"


def _choose_describer(graph: DependencyGraph, screen: Screen | None) -> Callable[[TreeLine], str]:
    def describe(branch: TreeLine) -> str:
        ticket = graph.tickets.get(branch.name)
        if ticket is None:
            name = f"{branch.name} (not filed)" if is_ticket(branch.name) else quote_name(branch.name)
            return f"{name}{_describe_wait(branch)}"
        words = _describe_words(graph, ticket)
        if screen is None:
            holder = f" by {ticket.holder}" if ticket.holder else ""
            facts = f"{ticket.id}  {ticket.state}{holder}  {quote_line(ticket.subject)}"
            return f"{facts}{words}{_describe_wait(branch)}"
        from ledger.faces.cli.terminal.dependencies import show_branch

        indent = 2 * min(branch.depth, DEEPEST) + (len(f"{branch.depth}> ") if branch.depth > DEEPEST else 0)
        shut = any(wait.is_open for wait in graph.waits.get(ticket.id, ()))
        return show_branch(ticket, shut, f"{words}{_describe_wait(branch)}", screen, indent)

    return describe


def _describe_words(graph: DependencyGraph, ticket: Ticket) -> str:
    """What a ticket waits for besides tickets that stand in the tree."""
    others = [
        wait.on for wait in graph.waits.get(ticket.id, ()) if wait.is_open and wait.on not in graph.tickets
    ]
    return f"  waits for {', '.join(map(quote_name, others))}" if others else ""


def _describe_wait(branch: TreeLine) -> str:
    wait = branch.wait
    parts = [wait.by, *([] if wait.is_open else ["over"])] if wait is not None else []
    parts += [_MARKS[branch.mark]] if branch.mark else []
    return f"  ({', '.join(parts)})" if parts else ""
