"""`export`: tickets as a table, as JSON lines, as Markdown, or their due times as a calendar."""

from enum import StrEnum
from typing import Annotated

from ledger.app.read.export import collect_export
from ledger.app.read.queue import QueueFilter
from ledger.core.model import State
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session
from ledger.faces.cli.tables import describe_as_of
from ledger.faces.exports import WRITERS
from ledger.faces.json.exports import make_export_json


class ExportFormat(StrEnum):
    """What tickets may be written as."""

    CSV = "csv"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    ICAL = "ical"


def command(
    session: Session,
    format_: Annotated[
        ExportFormat, Option("--format", help="what is written; csv unless said")
    ] = ExportFormat.CSV,
    state: Annotated[list[State] | None, Option(help="only these states; repeatable")] = None,
    lane: Annotated[list[str] | None, Option(help="only these lanes; repeatable")] = None,
    label: Annotated[
        list[str] | None, Option(metavar="L", help="only with this label; repeatable: all")
    ] = None,
    everything: Annotated[bool, Option("--all", help="also what is DONE, CANCELLED or PARKED")] = False,
) -> int:
    """Write the tickets to standard output, those of the queue in its order, for a spreadsheet, a program, a
    page or a calendar.
    """
    # Through the eyes of no seat: the file is the same whoever writes it.
    wanted = QueueFilter(None, tuple(state or ()), tuple(lane or ()), everything, labels=tuple(label or ()))
    export = collect_export(session.ledger, wanted)
    lines = WRITERS[str(format_)](export)
    return session.answer(make_export_json(export), lines, [describe_as_of(export.as_of)], export.as_of)
