"""`decline`: says why this seat will not take a ticket."""

from enum import StrEnum
from typing import Annotated

import typer

from ledger.app.handing import decline
from ledger.faces.cli.session import session_of, ticket


class Reason(StrEnum):
    """Why this seat will not."""

    cold = "cold"
    capacity = "capacity"
    contract = "contract"
    expertise = "expertise"


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="why")],
    reason: Annotated[Reason, typer.Option(help="what sort of reason it is")] = Reason.capacity,
) -> int:
    """Say why this seat will not take a ticket; it is not offered to it again until the ticket changes."""
    session = session_of(ctx)
    return session.landed(decline(session.ledger, ticket(item), str(reason), why))
