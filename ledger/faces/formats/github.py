"""Findings as workflow commands, which GitHub shows as annotations of the files that a pull request changes.

Source of the form: GitHub's documentation, "Workflow commands for GitHub Actions", "Setting an error
message"; of the escapes: `escapeData` and `escapeProperty` of its package @actions/core.
"""

from collections.abc import Sequence

from ledger.core.model import Finding
from ledger.core.text import escape


def write(findings: Sequence[Finding]) -> str:
    """One command a finding; its severity is the command's name."""
    return "".join(f"{_command(one)}\n" for one in findings)


def _command(one: Finding) -> str:
    where = one.where
    properties = {"file": where.path, "line": where.line, "col": where.column, "title": one.rule}
    pairs = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = [one.message, *([f"fix: {one.fix}"] if one.fix else [])]
    return f"::{one.severity} {pairs}::{_data(chr(10).join(escape(line) for line in lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escape(text)).replace(":", "%3A").replace(",", "%2C")
