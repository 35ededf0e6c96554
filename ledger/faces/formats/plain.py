"""Findings as the JSON document of `check` and `drift`."""

from collections.abc import Sequence

from ledger.core.model import Finding
from ledger.faces.boundary import format_document
from ledger.faces.json.findings import make_finding_json


def write_findings(findings: Sequence[Finding]) -> str:
    """One document with the key `findings`."""
    return format_document({"findings": [make_finding_json(finding) for finding in findings]}) + "\n"
