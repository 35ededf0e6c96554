"""Findings on a terminal: what is wrong first, then what to do about it and where it stands."""

from collections.abc import Iterator, Mapping, Sequence

from ledger.app.judge.remedies import Remedy, group_by_remedy
from ledger.core.model import Finding, Severity
from ledger.core.moments import tell_ages
from ledger.core.text import escape_line
from ledger.faces.cli.terminal.cells import clip_cells, wrap_cells
from ledger.faces.cli.terminal.style import Style, paint
from ledger.faces.context import Screen

_STYLES: Mapping[Severity, Style] = {Severity.ERROR: Style.URGENT, Severity.WARNING: Style.YELLOW}
_HEADINGS: Mapping[Remedy, tuple[str, str]] = {
    Remedy.REPAIR: ("is mended by `git ledger drift --fix`", "are mended by `git ledger drift --fix`"),
    Remedy.DECISION: ("needs a decision of whoever may rule", "need a decision of whoever may rule"),
    Remedy.DEED: ("needs a deed of a seat", "need a deed of a seat"),
}
"""What ends a group of findings: of one, and of several."""


def show_drift(findings: Sequence[Finding], screen: Screen) -> Iterator[str]:
    """What is to be done, then the findings by what ends them; one line where there is none."""
    groups = group_by_remedy(findings)
    if not groups:
        yield paint("all is well: nothing has drifted", Style.GREEN, screen)
        return
    if len(groups) > 1:
        for remedy, found in groups.items():
            yield _head_group(remedy, len(found))
        yield ""
    for place, (remedy, found) in enumerate(groups.items()):
        yield from [""] if place else []
        yield paint(f"{_head_group(remedy, len(found))}:", Style.BOLD, screen)
        for finding in found:
            yield from show_finding(finding, screen, "  ")


def _head_group(remedy: Remedy, count: int) -> str:
    return f"{count} {_HEADINGS[remedy][count > 1]}"


def show_findings(findings: Sequence[Finding], screen: Screen) -> Iterator[str]:
    """Findings in the order in which they were told, each with the line that it is about."""
    for finding in findings:
        yield from show_finding(finding, screen)
        text = escape_line(finding.where.text[:400])
        yield from [paint(clip_cells(f"  | {text}", screen.width), Style.DIM, screen)] if text else []


def show_finding(finding: Finding, screen: Screen, indent: str = "") -> Iterator[str]:
    """A finding: the sentence and its rule, what to do, and where it stands."""
    where, width = finding.where, screen.width
    sentence = tell_ages(escape_line(f"{finding.message} [{finding.rule}]"), screen.now)
    first, *more = wrap_cells(f"{indent}{finding.severity}: {sentence}", width, f"{indent}  ")
    severity = paint(f"{finding.severity}:", _STYLES[finding.severity], screen)
    yield first.replace(f"{finding.severity}:", severity, 1)
    yield from more
    if finding.fix:
        yield from wrap_cells(f"{indent}  fix: {escape_line(finding.fix)}", width, f"{indent}    ")
    # Never cut: it is there to be copied.
    yield paint(f"{indent}  {escape_line(where.path)}:{where.line}:{where.column}", Style.DIM, screen)
