"""Findings as a code quality report, which GitLab shows in a merge request.

Source of the keys and severities: GitLab's documentation, "Code Quality", "Code Quality report format".
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ledger.core.model import Finding, Severity
from ledger.core.text import escape, escape_json

_SEVERITIES: Mapping[Severity, str] = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def write(findings: Sequence[Finding]) -> str:
    """One JSON list."""
    told: Counter[str] = Counter()
    issues = []
    for one in findings:
        place = _place(one)
        issues.append(_issue(one, f"{place}\0{told[place]}"))
        told[place] += 1
    return escape_json(json.dumps(issues, ensure_ascii=False)) + "\n"


def _place(one: Finding) -> str:
    """What stays the same when the feed moves on and the words of a finding change with it."""
    return "\0".join((one.rule, one.where.path, str(one.where.line), one.item or ""))


def _issue(one: Finding, place: str) -> dict[str, Any]:
    fix = f" (fix: {one.fix})" if one.fix else ""
    return {
        "description": escape(one.message + fix),
        "check_name": one.rule,
        "fingerprint": sha256(place.encode("utf-8", "surrogateescape")).hexdigest(),
        "severity": _SEVERITIES[one.severity],
        "location": {"path": one.where.path, "lines": {"begin": one.where.line}},
    }
