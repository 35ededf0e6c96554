"""What an import did, as JSON."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.app.exchange.importing import ImportedItem, ImportResult

Json = dict[str, Any]


def make_import_json(result: "ImportResult") -> Json:
    """`items`, a list of from, item, standing, subject, before; `words` on what was lost, `dry_run`."""
    record: Json = {"items": [_make_row(row) for row in result.items], "words": list(result.words)}
    return record | ({"dry_run": True} if result.dry else {})


def _make_row(row: "ImportedItem") -> Json:
    record: Json = {"from": row.item.old, "standing": str(row.item.standing), "subject": row.item.subject}
    record |= {"item": row.ticket} if row.ticket else {}
    return record | ({"before": True} if row.before else {})
