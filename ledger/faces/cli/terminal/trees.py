"""Working trees of the pool on a terminal, and what it saved."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from os.path import commonpath
from typing import TYPE_CHECKING

from ledger.app.pool.rescues import describe_size
from ledger.core.ids import parse_day_or_time
from ledger.core.moments import format_age
from ledger.core.text import escape_line
from ledger.faces.cli.terminal.style import Style, paint
from ledger.faces.cli.terminal.table import Cell, Column, Row, write_table
from ledger.faces.context import Screen

if TYPE_CHECKING:
    from ledger.app.pool.rescues import Rescue
    from ledger.app.pool.work import PoolTree

TREES = (
    Column("tree"),
    Column("state"),
    Column("branch", least=12),
    Column("ticket", spare=1),
    Column("age", right=True, spare=2),
    Column("by", least=10, spare=3),
)
RESCUES = (Column("ref"), Column("age", right=True), Column("subject", least=12))
_STYLES: Mapping[str, Style] = {"leased": Style.CYAN, "free": Style.GREEN}
"""Colours of the states of trees; all others are something that should be looked at."""


def show_trees(trees: Sequence["PoolTree"], screen: Screen) -> Iterator[str]:
    """Where the trees stand, said once, and a row each."""
    if not trees:
        return
    # Of the folders and not of the trees: for a single tree that would be the tree itself.
    folder = commonpath([tree.path.parent for tree in trees])
    yield paint(
        f"{len(trees)} tree{'' if len(trees) == 1 else 's'} in {escape_line(folder)}", Style.BOLD, screen
    )
    yield ""
    rows = [Row(_list_tree_cells(tree, folder, screen)) for tree in trees]
    yield from write_table(TREES, rows, screen)


def _list_tree_cells(tree: "PoolTree", folder: str, screen: Screen) -> list[Cell | str]:
    lease = tree.lease
    since = parse_day_or_time(lease.since) if lease is not None else None
    return [
        escape_line(str(tree.path.relative_to(folder))),
        Cell(tree.state, _STYLES.get(tree.state, Style.YELLOW)),
        escape_line(tree.branch or ""),
        escape_line(lease.item or "") if lease is not None else "",
        Cell(format_age(screen.now - since) if since is not None else "", Style.DIM),
        Cell(lease.holder if lease is not None else "", Style.DIM),
    ]


def show_rescues(rescues: Sequence["Rescue"], screen: Screen) -> Iterator[str]:
    """A row for each thing that was saved."""
    rows = [Row(_list_rescue_cells(rescue, screen), _list_large_files(rescue)) for rescue in rescues]
    yield from write_table(RESCUES, rows, screen) if rows else ()


def _list_large_files(rescue: "Rescue") -> list[str]:
    """The files that its commit does not hold; their paths are never cut, as they are there to be copied."""
    return [f"    {escape_line(str(file.path))}  {describe_size(file.size)}" for file in rescue.large]


def _list_rescue_cells(rescue: "Rescue", screen: Screen) -> list[Cell | str]:
    age = screen.now - rescue.at if rescue.at is not None else timedelta(0)
    subject = escape_line(" ".join(rescue.subject.split()))
    return [escape_line(rescue.ref), Cell(format_age(age) if rescue.at else "", Style.DIM), subject]
