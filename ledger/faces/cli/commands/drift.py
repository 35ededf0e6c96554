"""`drift`: judges the whole feed and the clock, and mends it."""

from typing import Annotated

from ledger.app.judge.drift import judge_feed, mend_feed
from ledger.core.text import escape_line
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.findings import answer_findings, find_exit_code
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session
from ledger.faces.formats import Format
from ledger.faces.json.findings import make_finding_json
from ledger.faces.json.writes import make_repairs_json

ASKED = (
    "holders were asked; after `claim_grace`, `git ledger drift --fix` in this clone ends the claims of "
    "those that did not answer (`--fix --wait` does so in one run)"
)
"""What a shepherd is told whose round asked somebody."""


def command(
    session: Session,
    fixing: Annotated[
        bool,
        Option("--fix", help="give back expired claims, lift stale blocks, restore posts, nudge"),
    ] = False,
    waits: Annotated[
        bool,
        Option("--wait", help="with --fix: wait out `claim_grace`, and end what nobody answered"),
    ] = False,
    everything: Annotated[
        bool, Option("--all", help="settled findings too: old, harmless, and nobody's to end")
    ] = False,
    format_: Annotated[Format | None, Option("--format", help="how findings are written")] = None,
) -> int:
    """Judge the whole feed and the clock: what slipped, what expired, what waits for nothing.

    Exits 1 when an error is found, or is left after `--fix`; warnings change nothing.
    """
    if waits and not fixing:
        raise usage("`--wait` is for what `--fix` asks", "`git ledger drift --fix --wait`")
    if fixing and format_ is not None:
        raise usage("`--format` is for what is found, and `--fix` mends", "`git ledger drift --format text`")
    if waits:
        session.cancel_notice()
    if not fixing:
        return answer_findings(session, judge_feed(session.ledger), format_, everything, whole_feed=True)
    mended, left = mend_feed(session.ledger, waits)
    if not waits and any(repair.rule == "challenge" for repair in mended):
        session.say(ASKED)
    if session.json:
        findings = [make_finding_json(finding) for finding in left]
        session.answer({"findings": findings, "fixed": make_repairs_json(mended)})
        return find_exit_code(left)
    session.env.out.writelines(
        escape_line(f"fixed {repair.rule}: {repair.what} ({repair.by})") + "\n" for repair in mended
    )
    return answer_findings(session, left, everything=everything, whole_feed=True)
