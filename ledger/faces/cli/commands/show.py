"""`show`: one ticket and its whole history."""

from typing import Annotated

from ledger.app.read.queue import show_ticket
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session, check_ticket
from ledger.faces.cli.tables import describe_as_of, write_ticket
from ledger.faces.json.tickets import make_details_json


def command(session: Session, item: Annotated[str, Argument(metavar="ID")]) -> int:
    """One ticket: what it is now, and every post that made it so, rulings included."""
    details = show_ticket(session.ledger, check_ticket(item))
    lines = write_ticket(details, session.env.screen)
    words = [describe_as_of(details.as_of)]
    return session.answer(make_details_json(details), lines, words, details.as_of)
