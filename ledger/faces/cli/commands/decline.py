"""`decline`: says why this seat will not take a ticket."""

from enum import StrEnum
from typing import Annotated

from ledger.app.deeds.handoff import decline_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_ticket


class DeclineReason(StrEnum):
    """Why this seat will not."""

    cold = "cold"
    capacity = "capacity"
    contract = "contract"
    expertise = "expertise"


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    why: Annotated[str, Option(metavar="TEXT", help="why")],
    reason: Annotated[DeclineReason, Option(help="what sort of reason it is")] = DeclineReason.capacity,
) -> int:
    """Say why this seat will not take a ticket; it is not offered to it again until the ticket changes."""
    return session.landed(decline_ticket(session.ledger, check_ticket(item), str(reason), why))
