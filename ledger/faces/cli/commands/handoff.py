"""`handoff`: offers a ticket to a seat."""

from enum import StrEnum
from typing import Annotated

from ledger.app.deeds.handoff import offer_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_ticket


class HandoffReason(StrEnum):
    """Why somebody else should do it."""

    capacity = "capacity"
    contract = "contract"
    expertise = "expertise"
    warmer = "warmer"


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    to: Annotated[str, Option(metavar="SEAT", help="a seat, or open")],
    why: Annotated[str, Option(metavar="TEXT", help="why")],
    reason: Annotated[HandoffReason, Option(help="what sort of reason it is")] = HandoffReason.capacity,
) -> int:
    """Offer a ticket to a seat, or to all; its holder gives the claim back by it."""
    return session.landed(offer_ticket(session.ledger, check_ticket(item), to, str(reason), why))
