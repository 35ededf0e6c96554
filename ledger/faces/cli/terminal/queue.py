"""The queue on a terminal: how many there are, what holds for all of them, then a row each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.core.board.records import TicketSummary
from ledger.core.board.waits import name_dependency
from ledger.core.moments import format_age, format_ago
from ledger.core.text import escape_line, quote_line
from ledger.faces.cli.tables import name_holder
from ledger.faces.cli.terminal.cells import wrap_cells
from ledger.faces.cli.terminal.style import PRIORITIES, STATES, Style, name_state, paint
from ledger.faces.cli.terminal.table import Cell, Column, Row, put_below, write_table
from ledger.faces.context import Screen

if TYPE_CHECKING:
    from ledger.app.read.queue import Fit, QueueRow

COLUMNS = (
    Column("ticket"),
    Column("state"),
    Column("age", right=True, spare=4),
    Column("priority", spare=1),
    Column("who", least=8, most=16, spare=2),
    Column("warmth", right=True, spare=5),
    Column("due", spare=2),
    Column("labels", least=8, most=20, spare=3),
    Column("subject", least=24),
)
_SHOWN_BY_THE_ROW = frozenset({"state", "owner", "provisional", "gate"})
"""Reasons not to claim a ticket that its state, its holder or the lines below its row tell anyway."""


def show_queue(rows: Sequence["QueueRow"], screen: Screen, more: int = 0) -> Iterator[str]:
    """Counts, what all rows have in common, and the table; nothing where there is no row."""
    if not rows:
        return
    yield paint(count_tickets([row.summary for row in rows], more), Style.BOLD, screen)
    shared = _find_shared_reasons(rows)
    for reason in shared:
        words = f"nothing here can be claimed: {escape_line(reason)}"
        yield from wrap_cells(words, screen.width, "  ")
    yield ""
    yield from write_table(COLUMNS, [make_queue_row(row, shared, screen) for row in rows], screen)


def make_queue_row(row: "QueueRow", shared: Sequence[str], screen: Screen) -> Row:
    """The row of a ticket with what is odd below it, but for reasons that it shares with all others."""
    return Row(list_cells(row.summary, row.fit, screen), _list_below(row, shared, screen))


def count_tickets(summaries: Sequence[TicketSummary], more: int = 0) -> str:
    """How many tickets there are, and in which states: `7 tickets: 5 free, 2 claimed`."""
    states = Counter(name_state(summary)[0] for summary in summaries)
    total = len(summaries)
    parts = ", ".join(f"{count} {name}" for name, count in states.most_common())
    left_out = f"; {more} more are not shown" if more else ""
    return f"{total} ticket{'' if total == 1 else 's'}: {parts}{left_out}"


def list_cells(summary: TicketSummary, fit: "Fit | None", screen: Screen) -> list[Cell | str]:
    """The cells of a ticket's row, and how it fits a seat if it is seen through the eyes of one."""
    ticket = summary.ticket
    dim = Style.DIM if ticket.closed else Style.PLAIN
    return [
        ticket.id,
        Cell(*name_state(summary)),
        Cell(format_age(screen.now - ticket.since), Style.DIM),
        Cell(*PRIORITIES[ticket.priority]),
        escape_line(name_holder(summary)),
        _describe_warmth(fit),
        Cell((ticket.due or "")[:10], Style.RED if summary.overdue else Style.PLAIN),
        Cell(escape_line(" ".join(ticket.labels)), Style.DIM),
        Cell(escape_line(" ".join(ticket.subject.split())), dim),
    ]


def _describe_warmth(fit: "Fit | None") -> Cell:
    if fit is None:
        return Cell("")
    return Cell("no", Style.DIM) if fit.why_not else Cell(str(fit.warmth), Style.GREEN)


def _find_shared_reasons(rows: Sequence["QueueRow"]) -> list[str]:
    """Why none of several tickets may be claimed, as far as it is the same for all."""
    fits = [row.fit for row in rows if row.fit is not None]
    if len(fits) < 2:
        return []
    reasons = ({why.detail for why in fit.why_not} for fit in fits[1:])
    common = set.intersection({why.detail for why in fits[0].why_not}, *reasons)
    return [why.detail for why in fits[0].why_not if why.detail in common]


def _list_below(row: "QueueRow", shared: Sequence[str], screen: Screen) -> list[str]:
    """What is odd about a ticket, and why it may not be claimed where nothing else tells."""
    reasons = row.fit.why_not if row.fit is not None else ()
    odd = [*list_oddities(row.summary, screen)]
    odd += [why.detail for why in reasons if why.detail not in shared and why.reason not in _SHOWN_BY_THE_ROW]
    return [part for line in odd for part in put_below(escape_line(line), screen)]


def list_oddities(summary: TicketSummary, screen: Screen) -> Iterator[str]:
    """What a person should know of a ticket besides its row."""
    ticket, challenge = summary.ticket, summary.challenge
    if summary.overdue:
        yield f"overdue since {ticket.due}"
    if ticket.provisional:
        yield "provisional: its number is not confirmed"
    for lost in ticket.collisions:
        ago = format_ago(lost.at, screen.now)
        yield f"collision: {quote_line(lost.seat)} filed the same number {ago}: {quote_line(lost.subject)}"
    if challenge is not None:
        holder = quote_line(summary.holder.seat if summary.holder else "")
        until = format_ago(challenge.until, screen.now)
        ends = f"ends {until}" if challenge.until > screen.now else "may be ended"
        yield f"challenged by {quote_line(challenge.seat)}: the claim {ends} unless {holder} answers"
        yield f"`git ledger alive {ticket.id}` by {holder} does"
    if ticket.blocked_on:
        yield f"waits for {_describe_waits(summary, ticket.blocked_on)}"
    if ticket.after:
        yield f"after {_describe_waits(summary, ticket.after)}"


def _describe_waits(summary: TicketSummary, names: Sequence[str]) -> str:
    """What a ticket waits for, the tickets among it with what a person reads for their states."""
    states = {name: STATES[state][0] for name, state in summary.waits.items()}
    return ", ".join(
        f"{name} ({states[name]})" if name in states else name_dependency(name) for name in names
    )
