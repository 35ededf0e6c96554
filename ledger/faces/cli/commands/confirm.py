"""`confirm`: settles openings that are provisional, or that lost their number."""

from typing import Annotated

from ledger.app.deeds.confirm import confirm_openings
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session, check_ticket
from ledger.faces.json.writes import make_confirm_json


def command(
    session: Session,
    item: Annotated[str | None, Argument(metavar="[ID]", help="only this one")] = None,
) -> int:
    """Confirm each provisional opening of this seat; move each that lost its number to a fresh one."""
    result = confirm_openings(session.ledger, check_ticket(item) if item else None)
    lines = [f"{item} confirmed" for item in result.confirmed]
    lines += [f"{moved.old} of {moved.seat} is {moved.new} now" for moved in result.amended]
    words = result.words if lines else ("nothing of this seat is to be confirmed",)
    return session.answer(make_confirm_json(result), lines, words)
