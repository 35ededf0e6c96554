"""Findings, tickets and boards as lines and as JSON-ready records, for all faces.

What others wrote reaches a terminal only through `escape`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ledger.core.model import Finding

_CONTROL = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
    r"|#(?=#(?i:vso)?\[)"  # build servers obey `##[error]` and `##vso[task…]` anywhere in a line of their log
)


def escape(text: str) -> str:
    """One line of text that acts on no terminal and no build log.

    Every control and bidirectional character is spelled out (`\\x1b`, `\\u202e`), as is the first `#` of
    what a build server would obey.
    """
    return _CONTROL.sub(lambda found: _spelled(ord(found[0])), text)


def _spelled(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def escape_json(document: str) -> str:
    """A JSON document in which such characters are spelled `\\u202e`; it stays the same document."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def with_lines(findings: Iterable[Finding], texts: Mapping[str, str]) -> list[Finding]:
    """Findings with the line they point at filled in from `texts` (path to whole text)."""
    filled = []
    for one in findings:
        lines = texts.get(one.where.path, "").split("\n")
        if not one.where.text and 0 < one.where.line <= len(lines):
            one = replace(one, where=replace(one.where, text=lines[one.where.line - 1]))
        filled.append(one)
    return filled


def finding_text(one: Finding) -> str:
    """A finding for people: where and what, the line itself, and what to do."""
    where = one.where
    severity = "" if one.severity == "error" else f"{one.severity}: "
    place = f"{escape(where.path)}:{where.line}:{where.column}"
    lines = [f"{place}: {severity}{escape(one.message)} [{one.rule}]"]
    if where.text:
        lines.append(f"  {where.line} | {escape(where.text[:200])}")
    if one.fix:
        lines.append(f"  fix: {escape(one.fix)}")
    return "\n".join(lines)


def finding_record(one: Finding) -> dict[str, Any]:
    """A finding as JSON has it: rule, severity, path, line, column, message, fix."""
    record = {
        "rule": one.rule,
        "severity": str(one.severity),
        "path": one.where.path,
        "line": one.where.line,
        "column": one.where.column,
        "message": one.message,
    }
    if one.fix:
        record["fix"] = one.fix
    return record
