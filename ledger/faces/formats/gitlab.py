"""Findings as a code quality report, which GitLab shows in a merge request.

Source of the keys and severities: GitLab's documentation, "Code Quality", "Code Quality report format".
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ledger.core.model import Finding, Severity
from ledger.core.text import escape_json, escape_line

_SEVERITIES: Mapping[Severity, str] = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def write_findings(findings: Sequence[Finding]) -> str:
    """One JSON list."""
    counts: Counter[str] = Counter()
    issues = []
    for finding in findings:
        # A fingerprint stands for one finding of a report, so that equal ones are numbered.
        place = _make_fingerprint_key(finding)
        issues.append(_make_issue(finding, f"{place}\0{counts[place]}"))
        counts[place] += 1
    return escape_json(json.dumps(issues, ensure_ascii=False)) + "\n"


def _make_fingerprint_key(finding: Finding) -> str:
    """What stays the same when the feed moves on and the words of a finding change with it."""
    return "\0".join((finding.rule, finding.where.path, str(finding.where.line), finding.item or ""))


def _make_issue(finding: Finding, place: str) -> dict[str, Any]:
    fix = f" (fix: {finding.fix})" if finding.fix else ""
    return {
        "description": escape_line(finding.message + fix),
        "check_name": finding.rule,
        "fingerprint": sha256(place.encode("utf-8", "surrogateescape")).hexdigest(),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": finding.where.path, "lines": {"begin": finding.where.line}},
    }
