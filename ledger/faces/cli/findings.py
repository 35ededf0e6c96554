"""Findings as an answer: all of them in one run, and the exit code that they make."""

from collections.abc import Sequence

from ledger.core.model import Finding, Severity
from ledger.core.text import finding_record, finding_text
from ledger.faces.boundary import document
from ledger.faces.cli.session import Session

FOUND = 1


def told(session: Session, findings: Sequence[Finding], as_json: bool) -> int:
    """Print findings; 1 when one of them is an error."""
    if session.json or as_json:
        session.env.out.write(document({"findings": [finding_record(one) for one in findings]}) + "\n")
    else:
        session.env.out.writelines(finding_text(one) + "\n" for one in findings)
    errors = sum(one.severity is Severity.ERROR for one in findings)
    if findings:
        session.say(f"{errors} errors, {len(findings) - errors} warnings")
    return FOUND if errors else 0
