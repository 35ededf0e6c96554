"""Findings as the JSON document of `check` and `drift`."""

from collections.abc import Sequence

from ledger.core.model import Finding
from ledger.core.text import record_of_finding
from ledger.faces.boundary import format_document


def write(findings: Sequence[Finding]) -> str:
    """One document with the key `findings`."""
    return format_document({"findings": [record_of_finding(finding) for finding in findings]}) + "\n"
