"""How findings are written: one module a format with a function `write_findings`, and this table.

A writer's module is imported only when its format is asked for, so that hooks do not pay for the others.
What others wrote reaches every format escaped: it acts on no terminal and forges no annotation.
"""

import importlib
from collections.abc import Sequence
from enum import StrEnum

from ledger.core.model import Finding


class Format(StrEnum):
    """The formats, as `--format` names them."""

    text = "text"
    json = "json"
    github = "github"
    gitlab = "gitlab"
    sarif = "sarif"


_WRITERS = {
    Format.text: "lines",
    Format.json: "plain",
    Format.github: "github",
    Format.gitlab: "gitlab",
    Format.sarif: "sarif",
}


def write_findings(findings: Sequence[Finding], form: Format) -> str:
    """Findings in a format: one document, or as text and for GitHub some lines for each finding."""
    written: str = importlib.import_module(f"{__name__}.{_WRITERS[form]}").write_findings(findings)
    return written
