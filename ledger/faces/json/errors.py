"""An error as JSON. What errors carry are records of `core` and `app`; here they become plain values."""

from collections.abc import Sequence

from ledger.core.board.records import Holder
from ledger.core.errors import LedgerError
from ledger.core.model import Challenge, Finding
from ledger.faces.json import Json
from ledger.faces.json.findings import make_finding_json
from ledger.faces.json.pool import make_tree_json
from ledger.faces.json.tickets import make_challenge_json, make_holder_json


def make_error_json(error: LedgerError, code: int, findings: Sequence[Finding]) -> Json:
    """The error of an error document: exit, kind, message, hint, what else is known of it, findings."""
    record: Json = {"exit": code, "kind": error.kind, "message": error.message, "hint": error.hint}
    record = {name: value for name, value in record.items() if value}
    record |= {name: _make_detail_json(name, value) for name, value in error.details.items()}
    record.pop("findings", None)
    return record | ({"findings": [make_finding_json(finding) for finding in findings]} if findings else {})


def _make_detail_json(name: str, value: object) -> object:
    match value:
        case Holder():
            return make_holder_json(value)
        case Challenge():
            return make_challenge_json(value)
        case _ if name == "worktrees" and isinstance(value, list | tuple):
            return [make_tree_json(tree) for tree in value]
        case _:
            return value
