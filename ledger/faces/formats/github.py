"""Findings as workflow commands, which GitHub shows as annotations of the files that a pull request changes.

Source of the form: GitHub's documentation, "Workflow commands for GitHub Actions", "Setting an error
message"; of the escapes: `escapeData` and `escapeProperty` of its package @actions/core.
"""

from collections.abc import Sequence

from ledger.core.model import Finding
from ledger.core.text import escape_line


def write_findings(findings: Sequence[Finding]) -> str:
    """One command a finding; its severity is the command's name."""
    return "".join(f"{_write_command(finding)}\n" for finding in findings)


def _write_command(finding: Finding) -> str:
    where = finding.where
    properties = {"file": where.path, "line": where.line, "col": where.column, "title": finding.rule}
    pairs = ",".join(f"{name}={_escape_property(str(value))}" for name, value in properties.items())
    lines = [finding.message, *([f"fix: {finding.fix}"] if finding.fix else [])]
    return f"::{finding.severity} {pairs}::{_escape_data(chr(10).join(escape_line(line) for line in lines))}"


def _escape_data(text: str) -> str:
    # `%` first: the other escapes bring one along.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(escape_line(text)).replace(":", "%3A").replace(",", "%2C")
