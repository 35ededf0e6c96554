"""What `find` found, on a terminal: a row a ticket, and below it where the words stand."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.core.moments import format_ago
from ledger.core.text import escape_line, quote_line, quote_name
from ledger.faces.cli.terminal.queue import COLUMNS, list_cells
from ledger.faces.cli.terminal.style import Style
from ledger.faces.cli.terminal.table import Cell, Row, put_below, write_table
from ledger.faces.context import Screen

if TYPE_CHECKING:
    from ledger.app.read.search import FoundTicket, Hit


def show_found(found: Sequence["FoundTicket"], screen: Screen) -> Iterator[str]:
    """The tickets that have the words, the likeliest first; nothing where there is none."""
    rows = [Row(_list_cells(ticket, screen), [*_list_below(ticket, screen)]) for ticket in found]
    yield from write_table(COLUMNS, rows, screen) if rows else ()


def _list_cells(found: "FoundTicket", screen: Screen) -> list[Cell | str]:
    if found.summary is not None:
        return list_cells(found.summary, None, screen)
    return [*[""] * (len(COLUMNS) - 1), Cell("about no ticket", Style.DIM)]


def _list_below(found: "FoundTicket", screen: Screen) -> Iterator[str]:
    for hit in found.hits:
        if not hit.is_told_by_row:
            yield from put_below(_describe_hit(hit, screen), screen)
    if found.more:
        yield from put_below(f"and {found.more} more post{'' if found.more == 1 else 's'}", screen)


def _describe_hit(hit: "Hit", screen: Screen) -> str:
    by_others = hit.where in ("note", "why", "ruling")
    who = f" by {quote_name(hit.post.seat)} {format_ago(hit.post.at, screen.now)}" if by_others else ""
    return escape_line(f"{hit.where}{who}: {quote_line(hit.snippet)}")
