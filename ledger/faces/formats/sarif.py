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
from ledger.core.text import escape, escape_json

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(findings: Sequence[Finding]) -> str:
    """One log with one run; its rules are those that found something."""
    names = list(dict.fromkeys(one.rule for one in findings))
    run = {
        "tool": {
            "driver": {"name": "git-ledger", "version": __version__, "rules": [_rule(one) for one in names]}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, names.index(one.rule)) for one in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return escape_json(json.dumps(log, ensure_ascii=False)) + "\n"


def _rule(name: str) -> dict[str, Any]:
    text = explain_rule(name)["text"]
    return {
        "id": name,
        "shortDescription": {"text": _quoted(text.partition("\n")[0])},
        "help": {"text": _quoted(text)},
    }


def _result(one: Finding, rule: int) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _uri(one.where.path), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": one.where.line, "startColumn": one.where.column},
    }
    fix = f" (fix: {one.fix})" if one.fix else ""
    return {
        "ruleId": one.rule,
        "ruleIndex": rule,
        "level": str(one.severity),
        "message": {"text": _quoted(escape(one.message + fix))},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"))


def _quoted(text: str) -> str:
    """Text in which nothing is a placeholder (`{0}`) or a link (`[words](place)`)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
