"""`done`: closes a ticket."""

from typing import Annotated

from ledger.app.deeds.append import move_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.post_options import Met, list_met
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    met: Met = None,
    why: Annotated[str, Option(metavar="TEXT", help="what was done")] = "",
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Close a ticket that this seat holds; each of its criteria is met, or the reason says why not."""
    review = find_review_target(stage, propose)
    return session.landed(
        move_ticket(session.ledger, "done", check_ticket(item), why, review, met=list_met(met))
    )
