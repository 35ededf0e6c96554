"""Findings for people: where and what, the line itself, and what to do."""

from collections.abc import Sequence

from ledger.core.model import Finding
from ledger.core.text import format_finding


def write_findings(findings: Sequence[Finding]) -> str:
    """A few lines for each finding."""
    return "".join(f"{format_finding(finding)}\n" for finding in findings)
