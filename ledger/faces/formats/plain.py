"""Findings as the JSON document of `check` and `drift`."""

from collections.abc import Sequence

from ledger.core.model import Finding
from ledger.core.text import finding_record
from ledger.faces.boundary import document


def write(findings: Sequence[Finding]) -> str:
    """One document with the key `findings`."""
    return document({"findings": [finding_record(one) for one in findings]}) + "\n"
