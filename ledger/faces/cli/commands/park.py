"""`park`: sets a ticket aside."""

from typing import Annotated

from ledger.app.deeds.append import move_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    why: Annotated[str, Option(metavar="TEXT", help="why it is set aside")],
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Set a ticket aside; `release` brings it back."""
    return session.landed(
        move_ticket(session.ledger, "park", check_ticket(item), why, find_review_target(stage, propose))
    )
