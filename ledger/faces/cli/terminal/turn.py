"""A turn on a terminal: what is the seat's own, and what it should claim next."""

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.core.model import Priority
from ledger.core.moments import tell_ages
from ledger.core.queue.turn_text import format_left_out, quote_row_texts, record_of_turn
from ledger.core.queue.turns import Turn
from ledger.core.text import QUOTED, quote_line
from ledger.faces.cli.terminal.cells import wrap_all, wrap_cells, wrap_for
from ledger.faces.cli.terminal.style import PRIORITIES, Style, paint
from ledger.faces.cli.terminal.table import Cell, Column, Row, write_table
from ledger.faces.context import Screen

COLUMNS = (Column("ticket"), Column("priority"), Column("warmth", right=True), Column("subject", least=20))


def show_turn(turn: Turn, screen: Screen) -> Iterator[str]:
    """A turn as it is opened."""
    # The record that agents read: what is left out of a turn is decided once for all readers.
    record = record_of_turn(turn)
    yield from _show_quoting(record, screen)
    if record["mine"]:
        yield paint(f"of {turn.seat}", Style.BOLD, screen)
    for row in record["mine"]:
        words = f"  {row.get('item') or row['about']}: {tell_ages(row['why'], screen.now)}"
        yield from wrap_cells(words, screen.width, "    ")
        yield from _show_texts(row, screen)
    yield from wrap_all(format_left_out(record, "mine", turn.seat), screen.width)
    yield from _show_claimable(record, turn.seat, screen)


def show_triggers(turn: Turn, screen: Screen) -> Iterator[str]:
    """The part about what is claimable: as a turn is closed."""
    record = record_of_turn(turn)
    if record["triggers"]:
        yield from _show_quoting(record, screen)
    yield from _show_claimable(record, turn.seat, screen)


def _show_quoting(record: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    if record["mine"] or record["triggers"]:
        yield from (paint(line, Style.DIM, screen) for line in wrap_cells(QUOTED, screen.width))


def _show_claimable(record: Mapping[str, Any], seat: str, screen: Screen) -> Iterator[str]:
    style = Style.GREEN if record["triggers"] else Style.PLAIN
    lines = wrap_cells(tell_ages(record["why"], screen.now), screen.width, "  ")
    yield from (paint(line, style, screen) for line in lines)
    if not record["triggers"]:
        return
    yield ""
    rows = [Row(_list_cells(row), [*_show_texts(row, screen)]) for row in record["triggers"]]
    yield from write_table(COLUMNS, rows, screen)
    yield from wrap_all(format_left_out(record, "triggers", seat), screen.width)
    yield f"`{record['triggers'][0]['command']}` takes the first"


def _list_cells(row: Mapping[str, Any]) -> list[Cell | str]:
    priority = Cell(*PRIORITIES[Priority(row["priority"])])
    return [row["item"], priority, str(row["warmth"]), quote_line(row["subject"])]


def _show_texts(row: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """What seats wrote about one row; only our own lines have their times told as ages."""
    for line in quote_row_texts(row, wrap_for(screen.width)):
        own = not line.lstrip().startswith("|")
        yield from wrap_cells(tell_ages(line, screen.now), screen.width, "      ") if own else [line]
