"""A table for a terminal: a heading, and rows that fit its width."""

from collections.abc import Iterator, Sequence

from ledger.core.dataclass import dataclass, field
from ledger.faces.cli.terminal.cells import clip_cells, measure_cells, wrap_cells
from ledger.faces.cli.terminal.style import Style, paint
from ledger.faces.context import Screen

GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and how it gives way where the rows are wider than the terminal.

    `least`: it may be cut down to so many cells, the last such column first (0: it is never cut). `most`: it
    never takes more cells. `spare`: it is left out where cutting is not enough, that of the highest number
    first (0: never).
    """

    title: str
    right: bool = False
    least: int = 0
    most: int = 1000
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of a table, escaped, and how it looks."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and lines that stand below it, which fit already."""

    cells: Sequence[Cell | str]
    below: Sequence[str] = field(default_factory=tuple)


def write_table(columns: Sequence[Column], rows: Sequence[Row], screen: Screen) -> Iterator[str]:
    """The heading and the rows; columns in which nothing stands are left out."""
    widths = _fit_widths(columns, rows, screen.width)
    titles = [Cell(column.title, Style.BOLD) for column in columns]
    yield _join_cells(columns, titles, widths, screen)
    for row in rows:
        yield _join_cells(columns, row.cells, widths, screen)
        yield from row.below


def put_below(line: str, screen: Screen) -> list[str]:
    """What stands below a row: indented, wrapped and set back."""
    return [paint(part, Style.DIM, screen) for part in wrap_cells(f"    {line}", screen.width, "      ")]


def _fit_widths(columns: Sequence[Column], rows: Sequence[Row], room: int) -> dict[int, int]:
    """The width of each column that is shown, by its place."""
    texts = [[_text_of(row.cells[place]) for row in rows] for place in range(len(columns))]
    widths = {
        place: min(column.most, max(map(measure_cells, (column.title, *texts[place]))))
        for place, column in enumerate(columns)
        if any(texts[place])
    }
    spare = sorted(
        (place for place in widths if columns[place].spare), key=lambda place: columns[place].spare
    )
    while (fitted := _cut_widths(columns, widths, room)) is None and spare:
        del widths[spare.pop()]
    if fitted is not None:
        return fitted
    # Not even the least: the last column takes what is left of the line.
    *others, last = widths
    left = room - sum(widths[place] + len(GAP) for place in others)
    return widths | {last: max(1, left)}


def _cut_widths(columns: Sequence[Column], widths: dict[int, int], room: int) -> dict[int, int] | None:
    """The widths, cut so that they fit; None where they cannot be cut so far."""
    over = sum(widths.values()) + len(GAP) * (len(widths) - 1) - room
    cut = dict(widths)
    for place in reversed(widths):
        least = columns[place].least
        taken = min(max(over, 0), max(0, widths[place] - least)) if least else 0
        cut[place] -= taken
        over -= taken
    return cut if over <= 0 else None


def _join_cells(
    columns: Sequence[Column], cells: Sequence[Cell | str], widths: dict[int, int], screen: Screen
) -> str:
    """One line of the table. Padded before it is coloured: escape sequences take no cells."""
    parts = []
    for place, width in widths.items():
        cell, text = cells[place], clip_cells(_text_of(cells[place]), width)
        style = cell.style if isinstance(cell, Cell) else Style.PLAIN
        spaces = " " * (width - measure_cells(text))
        painted = paint(text, style, screen)
        parts.append(spaces + painted if columns[place].right else painted + spaces)
    return GAP.join(parts).rstrip()


def _text_of(cell: Cell | str) -> str:
    return cell.text if isinstance(cell, Cell) else cell
