"""`park`: sets a ticket aside."""

from typing import Annotated

from ledger.app.deeds.append import move_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.review_options import Propose, Stage, review_of
from ledger.faces.cli.session import Session, ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    why: Annotated[str, Option(metavar="TEXT", help="why it is set aside")],
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Set a ticket aside; `release` brings it back."""
    return session.landed(move_ticket(session.ledger, "park", ticket(item), why, review_of(stage, propose)))
