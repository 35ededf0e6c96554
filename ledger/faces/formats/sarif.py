"""Findings as SARIF, the interchange format of code scanners.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; of braces in
messages its section 3.11.5, of links in them 3.11.6.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ledger import __version__
from ledger.app.read.explain import explain_rule
from ledger.core.model import Finding
from ledger.core.text import escape_json, escape_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write_findings(findings: Sequence[Finding]) -> str:
    """One log with one run; its rules are those that found something."""
    names = list(dict.fromkeys(finding.rule for finding in findings))
    run = {
        "tool": {
            "driver": {
                "name": "git-ledger",
                "version": __version__,
                "rules": [_describe_rule(finding) for finding in names],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_make_result(finding, names.index(finding.rule)) for finding in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return escape_json(json.dumps(log, ensure_ascii=False)) + "\n"


def _describe_rule(name: str) -> dict[str, Any]:
    text = explain_rule(name)["text"]
    return {
        "id": name,
        "shortDescription": {"text": _escape_message(text.partition("\n")[0])},
        "help": {"text": _escape_message(text)},
    }


def _make_result(finding: Finding, rule: int) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _quote_uri(finding.where.path), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": finding.where.line, "startColumn": finding.where.column},
    }
    fix = f" (fix: {finding.fix})" if finding.fix else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": str(finding.severity),
        "message": {"text": _escape_message(escape_line(finding.message + fix))},
        "locations": [{"physicalLocation": place}],
    }


def _quote_uri(path: str) -> str:
    # A path is bytes to git: what is no UTF-8 in it came as surrogates, and leaves as it was.
    return quote(path.encode("utf-8", "surrogateescape"))


def _escape_message(text: str) -> str:
    """Text in which nothing is a placeholder (`{0}`) or a link (`[words](place)`)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
