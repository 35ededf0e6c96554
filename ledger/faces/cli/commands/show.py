"""`show`: one ticket and its whole history."""

from typing import Annotated

from ledger.app.read.queue import show
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session, check_ticket
from ledger.faces.cli.tables import as_of_words, ticket_lines


def command(session: Session, item: Annotated[str, Argument(metavar="ID")]) -> int:
    """One ticket: what it is now, and every post that made it so, rulings included."""
    told = show(session.ledger, check_ticket(item))
    return session.answer(told, ticket_lines(told, session.env.width), [as_of_words(told["as_of"])])
