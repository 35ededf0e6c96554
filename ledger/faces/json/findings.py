"""A finding as JSON: what `check` and `drift` answer, and what an error document names."""

from ledger.core.model import Finding
from ledger.faces.json import Json


def make_finding_json(finding: Finding) -> Json:
    """A finding: rule, severity, path, line, column, message, fix, settled."""
    record: Json = {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "path": finding.where.path,
        "line": finding.where.line,
        "column": finding.where.column,
        "message": finding.message,
    }
    record |= {"fix": finding.fix} if finding.fix else {}
    return record | ({"settled": True} if finding.settled else {})
