"""Tickets as texts for other programs: CSV, JSON lines, Markdown, iCalendar.

What others wrote acts on none of them: no cell is a formula, no text is markup, and what no reader sees is
spelled out.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from ledger.app.read.export import Export, ExportedTicket
from ledger.core.due import end_of_due
from ledger.core.text import escape_json, escape_line, escape_lines
from ledger.faces.formats.markdown import escape_markdown
from ledger.faces.json.exports import make_exported_json

COLUMNS = (
    *("id", "subject", "state", "priority", "lane", "owner"),
    *("holder", "labels", "due", "after", "parent", "text"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With what a spreadsheet lets a formula begin (OWASP, "CSV Injection")."""
_OCTETS = 73
"""Bytes of a line of a calendar, without its end and the space of one that goes on (RFC 5545, 3.1)."""


def write_csv(export: Export) -> Iterator[str]:
    """A row a ticket below a row of names, as RFC 4180 has it; what looks like a formula begins with `'`."""
    yield ",".join(COLUMNS)
    for exported in export.tickets:
        yield ",".join(_quote_cell(cell) for cell in _list_cells(exported))


def _list_cells(exported: ExportedTicket) -> list[str]:
    summary = exported.summary
    ticket = summary.ticket
    holder = summary.holder.seat if summary.holder is not None else ""
    places = (
        ticket.id,
        ticket.subject,
        str(ticket.state),
        str(ticket.priority),
        summary.lane,
        ticket.owner,
        holder,
    )
    lists = (" ".join(ticket.labels), ticket.due or "", " ".join(ticket.after), ticket.parent or "")
    return [*places, *lists, exported.body]


def _quote_cell(cell: str) -> str:
    # First: an invisible character could stand before a `=` that a spreadsheet takes for the first one.
    text = escape_lines(cell)
    text = f"'{text}" if text.startswith(_FORMULA) else text
    # At `;` too: where the decimal sign is a comma, spreadsheets split rows there.
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in '",\n;') else text


def write_jsonl(export: Export) -> Iterator[str]:
    """A JSON object a ticket."""
    for exported in export.tickets:
        yield escape_json(json.dumps(make_exported_json(exported), ensure_ascii=False))


def write_markdown(export: Export) -> Iterator[str]:
    """A list of tickets, each with a box that is ticked when it is DONE."""
    for exported in export.tickets:
        ticket = exported.summary.ticket
        done = "x" if ticket.state == "DONE" else " "
        facts = [str(ticket.state), str(ticket.priority), *map(escape_markdown, ticket.labels)]
        facts += [f"due {ticket.due}"] if ticket.due else []
        yield f"- [{done}] **{ticket.id}** {escape_markdown(ticket.subject)} ({', '.join(facts)})"
        for line in exported.criteria:
            yield f"  - [{'x' if line.is_met else ' '}] {escape_markdown(line.text)}"


def write_calendar(export: Export) -> Iterator[str]:
    """The due times as events of a calendar (RFC 5545); a day is one that lasts it."""
    stamp = f"{export.as_of.at:%Y%m%dT%H%M%SZ}"
    yield from map(_end_line, ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//git-ledger//EN"))
    for exported in export.tickets:
        ticket = exported.summary.ticket
        if ticket.due is None:
            continue
        end = end_of_due(ticket.due)
        # What is due on a day ends with the midnight after it.
        day = end - timedelta(days=1)
        start = f";VALUE=DATE:{day:%Y%m%d}" if "T" not in ticket.due else f":{end:%Y%m%dT%H%M%SZ}"
        # The same UID at each export, so that a calendar which is read in again holds no event twice.
        yield from map(_end_line, ("BEGIN:VEVENT", f"UID:{ticket.id}@git-ledger", f"DTSTAMP:{stamp}"))
        # Transparent: a calendar would else show whoever reads it as busy for the whole day.
        yield from map(_end_line, (f"DTSTART{start}", "TRANSP:TRANSPARENT"))
        yield from _fold_line(f"SUMMARY:{_escape_value(f'{ticket.id} {ticket.subject}')}")
        yield from _fold_line(f"DESCRIPTION:{_escape_value(f'{ticket.state}, {ticket.priority}')}")
        yield _end_line("END:VEVENT")
    yield _end_line("END:VCALENDAR")


def _escape_value(text: str) -> str:
    # The backslash first: the other escapes bring one along.
    line = escape_line(text).replace("\\", "\\\\").replace(";", "\\;")
    return line.replace(",", "\\,").replace("\n", "\\n")


def _fold_line(line: str) -> Iterator[str]:
    """A line in pieces of so many bytes, of which no character is cut, each but the first behind a space."""
    piece = ""
    for char in line:
        if len((piece + char).encode()) > _OCTETS:
            yield _end_line(piece)
            piece = " "
        piece += char
    yield _end_line(piece)


def _end_line(line: str) -> str:
    """A line that ends, with the line feed that all lines get, as calendars want it."""
    return f"{line}\r"


WRITERS: Mapping[str, Callable[[Export], Iterator[str]]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "markdown": write_markdown,
    "ical": write_calendar,
}
"""How tickets are written, by the names of the formats."""
