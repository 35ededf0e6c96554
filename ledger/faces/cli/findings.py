"""Findings as an answer: all of them in one run, and the exit code that they make."""

from collections.abc import Sequence

from ledger.core.model import Finding, Severity
from ledger.faces.cli.session import Session
from ledger.faces.formats import Format, write

FOUND = 1


def told(
    session: Session, findings: Sequence[Finding], form: Format = Format.text, everything: bool = True
) -> int:
    """Print findings, with `--json` as the plain document whatever the format; 1 when one is an error.

    Unless `everything` is told, settled ones are only counted; the document has them all.
    """
    shown = findings if everything or session.json else [one for one in findings if not one.settled]
    session.env.out.write(write(shown, Format.json if session.json else form))
    session.say_notices()
    if shown:
        session.say(counted(shown))
    if len(shown) < len(findings):
        session.say(f"and {len(findings) - len(shown)} settled: `git ledger drift --all` tells them")
    return exit_code(findings)


def counted(findings: Sequence[Finding]) -> str:
    """How many there are: `1 error, 2 warnings`."""
    errors = sum(one.severity is Severity.ERROR for one in findings)
    return f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}"


def exit_code(findings: Sequence[Finding]) -> int:
    """1 when one of them is an error; warnings never change it."""
    return FOUND if any(one.severity is Severity.ERROR for one in findings) else 0


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
