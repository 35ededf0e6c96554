"""Findings as an answer: all of them in one run, and the exit code that they make."""

from collections.abc import Sequence

from ledger.core.model import Finding, Severity
from ledger.faces.cli.session import Session
from ledger.faces.formats import Format, write

FOUND = 1


def told(session: Session, findings: Sequence[Finding], form: Format = Format.text) -> int:
    """Print findings, with `--json` as the plain document whatever the format; 1 when one is an error."""
    session.env.out.write(write(findings, Format.json if session.json else form))
    errors = sum(one.severity is Severity.ERROR for one in findings)
    if findings:
        session.say(f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}")
    return exit_code(findings)


def exit_code(findings: Sequence[Finding]) -> int:
    """1 when one of them is an error; warnings never change it."""
    return FOUND if any(one.severity is Severity.ERROR for one in findings) else 0


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
