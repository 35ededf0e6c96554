"""Exported tickets as JSON."""

from typing import TYPE_CHECKING, Any

from ledger.faces.json.tickets import make_as_of_json, make_criteria_json, make_ticket_json

if TYPE_CHECKING:
    from ledger.app.read.export import Export, ExportedTicket

Json = dict[str, Any]


def make_export_json(export: "Export") -> Json:
    """`as_of`, and `items`, tickets as the queue has them with `body` and `criteria`."""
    return {"as_of": make_as_of_json(export.as_of), "items": [*map(make_exported_json, export.tickets)]}


def make_exported_json(exported: "ExportedTicket") -> Json:
    """One ticket with what it says."""
    record = make_ticket_json(exported.summary)
    record |= {"body": exported.body} if exported.body else {}
    return record | make_criteria_json(exported.criteria)
