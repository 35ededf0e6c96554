"""`handoff`: offers a ticket to a seat."""

from enum import StrEnum
from typing import Annotated

import typer

from ledger.app.handing import handoff
from ledger.faces.cli.session import session_of, ticket


class Reason(StrEnum):
    """Why somebody else should do it."""

    capacity = "capacity"
    contract = "contract"
    expertise = "expertise"
    warmer = "warmer"


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    to: Annotated[str, typer.Option(metavar="SEAT", help="a seat, or open")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="why")],
    reason: Annotated[Reason, typer.Option(help="what sort of reason it is")] = Reason.capacity,
) -> int:
    """Offer a ticket to a seat, or to all; its holder gives the claim back by it."""
    session = session_of(ctx)
    return session.landed(handoff(session.ledger, ticket(item), to, str(reason), why))
