"""The seats and the prefixes on a terminal: a row each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.core.board.records import TicketSummary
from ledger.core.moments import format_age, format_ago
from ledger.core.text import escape_line
from ledger.faces.cli.terminal.style import Style, paint
from ledger.faces.cli.terminal.table import Cell, Column, Row, put_below, write_table
from ledger.faces.context import Screen

if TYPE_CHECKING:
    from ledger.app.read.prefixes import PrefixSummary
    from ledger.app.read.seats import SeatSummary

SEATS = (
    Column("seat", least=8, most=24),
    Column("state"),
    Column("seen"),
    Column("ticket"),
    Column("for", right=True, spare=1),
    Column("subject", least=16),
)
PREFIXES = (
    Column("prefix"),
    Column("open", right=True),
    Column("all", right=True, spare=1),
    Column("next"),
    Column("lane", least=8, spare=2),
)
_STATES = {"working": Style.CYAN, "idle": Style.GREEN, "silent": Style.RED, "retired": Style.DIM}


def show_seats(seats: Sequence["SeatSummary"], hooks: Sequence[str], screen: Screen) -> Iterator[str]:
    """How many there are, and a row for each; a further one for each further ticket that a seat holds."""
    if not seats:
        return
    states = Counter(seat.state for seat in seats)
    counts = ", ".join(f"{count} {state}" for state, count in states.most_common())
    yield paint(f"{len(seats)} seat{'' if len(seats) == 1 else 's'}: {counts}", Style.BOLD, screen)
    yield ""
    yield from write_table(SEATS, [row for seat in seats for row in _list_rows(seat, hooks, screen)], screen)


def _list_rows(seat: "SeatSummary", hooks: Sequence[str], screen: Screen) -> Iterator[Row]:
    name = Cell(escape_line(seat.life.seat), Style.BOLD if seat.here else Style.PLAIN)
    state, seen = Cell(seat.state, _STATES[seat.state]), Cell(format_ago(seat.life.last_at, screen.now))
    first = [name, state, seen]
    rows = [_list_held_cells(summary, screen) for summary in seat.held] or [[Cell(""), Cell(""), Cell("")]]
    below = [_list_challenge(summary, screen) for summary in seat.held] or [[]]
    if seat.here:
        below[-1] = [*below[-1], describe_here(seat, hooks)]
    for place, cells in enumerate(rows):
        lines = [part for line in below[place] for part in put_below(line, screen)]
        yield Row([*(first if place == 0 else [Cell("")] * 3), *cells], lines)


def describe_here(seat: "SeatSummary", hooks: Sequence[str]) -> str:
    """That a seat is this one's, and whether the hooks of a runtime look after it."""
    on = f"hooks of {', '.join(hooks)} are on" if hooks else "no runtime's hooks are on (`git ledger setup`)"
    return f"this clone; {on}"


def _list_held_cells(summary: TicketSummary, screen: Screen) -> list[Cell]:
    ticket = summary.ticket
    since = ticket.held_since or ticket.since
    subject = escape_line(" ".join(ticket.subject.split()))
    return [Cell(ticket.id), Cell(format_age(screen.now - since), Style.DIM), Cell(subject)]


def _list_challenge(summary: TicketSummary, screen: Screen) -> list[str]:
    challenge = summary.challenge
    if challenge is None:
        return []
    until = format_ago(challenge.until, screen.now)
    ends = f"ends {until} without an answer" if challenge.until > screen.now else "may be ended"
    return [f"challenged by {escape_line(challenge.seat)}: the claim of {summary.ticket.id} {ends}"]


def show_prefixes(prefixes: Sequence["PrefixSummary"], screen: Screen) -> Iterator[str]:
    """A row for each prefix."""
    if prefixes:
        yield from write_table(PREFIXES, [_make_prefix_row(prefix, screen) for prefix in prefixes], screen)


def _make_prefix_row(prefix: "PrefixSummary", screen: Screen) -> Row:
    below = [f"only {escape_line(prefix.private_to)} opens tickets here"] if prefix.private_to else []
    below += ["the tip is overwritten: `git ledger drift --fix`"] if prefix.next is None else []
    name = Cell(prefix.prefix, Style.BOLD if prefix.default else Style.PLAIN)
    cells: list[Cell | str] = [
        name,
        str(prefix.open),
        str(prefix.tickets),
        prefix.next or "?",
        escape_line(prefix.lane),
    ]
    return Row(cells, [part for line in below for part in put_below(line, screen)])
