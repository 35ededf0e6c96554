"""`cancel`: ends a ticket that will not be done."""

from typing import Annotated

from ledger.app.deeds.append import move_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    why: Annotated[str, Option(metavar="TEXT", help="why it will not be done")],
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """End a ticket that will not be done."""
    return session.landed(
        move_ticket(session.ledger, "cancel", check_ticket(item), why, find_review_target(stage, propose))
    )
