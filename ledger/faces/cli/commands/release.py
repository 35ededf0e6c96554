"""`release`: gives a claim back, or lifts a block."""

from typing import Annotated

from ledger.app.deeds.append import move_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    why: Annotated[str, Option(metavar="TEXT", help="why, or what resolved the block")] = "",
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Give a claim back, or lift a block: the ticket waits to be claimed again."""
    return session.landed(
        move_ticket(session.ledger, "release", check_ticket(item), why, find_review_target(stage, propose))
    )
