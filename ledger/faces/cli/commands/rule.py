"""`rule`: a ruling that absorbs what waited for it."""

from typing import Annotated

from ledger.app.deeds.rule import RulingRequest, find_owed_tickets, find_written_outcomes, post_ruling
from ledger.core.text import escape_line
from ledger.faces.cli.body_text import read_body
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session, check_namespace, check_ticket, check_tickets
from ledger.faces.json.writes import make_outcomes_json


def command(
    session: Session,
    on: Annotated[list[str], Option(metavar="ID", help="a ticket ruled upon; repeatable")],
    absorb: Annotated[
        list[str] | None,
        Option(metavar="'ID -> STATE …'", help="what becomes of a ticket that waited; repeatable"),
    ] = None,
    subject: Annotated[str | None, Option(metavar="TEXT", help="one line")] = None,
    reserve: Annotated[
        str | None, Option(metavar="PREFIX", help="the ruling gets a ticket of its own")
    ] = None,
    item: Annotated[str | None, Option(metavar="ID", help="its own ticket, reserved before")] = None,
    corrects: Annotated[str | None, Option(metavar="POST", help="the earlier ruling it corrects")] = None,
    body: Annotated[str | None, Option(metavar="TEXT")] = None,
    body_file: Annotated[str | None, Option(metavar="FILE")] = None,
    suggesting: Annotated[
        bool, Option("--suggest", help="only print the ABSORB lines that are needed")
    ] = False,
) -> int:
    """Decide on tickets that collide. A ruling must absorb every ticket that waits for it alone."""
    rules_on = check_tickets(on)
    if suggesting:
        owed = find_owed_tickets(session.ledger, rules_on)
        lines = [f"ABSORB: {ticket.id} -> AWAITING_CLAIM (why: {ticket.subject})" for ticket in owed]
        return session.answer(
            {"absorb": lines},
            map(escape_line, lines),
            () if lines else ["nothing waits for this ruling alone"],
        )
    if reserve and item:
        raise usage("`--reserve` and `--item` exclude each other", "reserve a fresh number, or name one")
    ruling = RulingRequest(
        on=rules_on,
        absorb=tuple(absorb or ()),
        subject=subject or f"Ruling on {', '.join(rules_on)}",
        body=read_body(session, body, body_file, False),
        reserve=check_namespace(reserve) if reserve else None,
        item=check_ticket(item) if item else None,
        corrects=corrects,
    )
    landed = post_ruling(session.ledger, ruling)
    outcomes = find_written_outcomes(landed)
    lines = [f"{outcome.item} {outcome.before} -> {outcome.after}" for outcome in outcomes]
    return session.landed(landed, make_outcomes_json(outcomes), lines)
