"""Findings as an answer: all of them in one run, and the exit code that they make."""

from collections.abc import Sequence

from ledger.core.model import Finding, Severity
from ledger.faces.cli.session import Session
from ledger.faces.formats import Format, write_findings

FOUND = 1


def answer_findings(
    session: Session,
    findings: Sequence[Finding],
    form: Format | None = None,
    everything: bool = True,
    whole_feed: bool = False,
) -> int:
    """Print findings, with `--json` as the plain document whatever the format; 1 when one is an error.

    On a terminal, and unless a format was asked for, they are told as a person reads them, those of the
    `whole_feed` by what ends them. Unless `everything` is told, settled ones are only counted; the document
    has them all.
    """
    shown = (
        findings if everything or session.json else [finding for finding in findings if not finding.settled]
    )
    screen = session.env.screen
    if screen is None or session.json or form is not None:
        session.env.out.write(write_findings(shown, Format.json if session.json else form or Format.text))
    else:
        from ledger.faces.cli.terminal.findings import show_drift, show_findings

        session.print_lines(show_drift(shown, screen) if whole_feed else show_findings(shown, screen))
    session.say_notices()
    if shown:
        session.say(count_severities(shown))
    if len(shown) < len(findings):
        session.say(f"and {len(findings) - len(shown)} settled: `git ledger drift --all` tells them")
    return find_exit_code(findings)


def count_severities(findings: Sequence[Finding]) -> str:
    """How many there are: `1 error, 2 warnings`."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    return f"{_count_noun(errors, 'error')}, {_count_noun(len(findings) - errors, 'warning')}"


def find_exit_code(findings: Sequence[Finding]) -> int:
    """1 when one of them is an error; warnings never change it."""
    return FOUND if any(finding.severity is Severity.ERROR for finding in findings) else 0


def _count_noun(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
