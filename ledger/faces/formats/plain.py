"""Findings as the JSON document of `check` and `drift`."""

from collections.abc import Sequence

from ledger.core.model import Finding
from ledger.core.text import finding_record
from ledger.faces.boundary import format_document


def write(findings: Sequence[Finding]) -> str:
    """One document with the key `findings`."""
    return format_document({"findings": [finding_record(finding) for finding in findings]}) + "\n"
