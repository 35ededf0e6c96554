"""`cancel`: ends a ticket that will not be done."""

from typing import Annotated

import typer

from ledger.app.append import move
from ledger.faces.cli.session import session_of, ticket


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="why it will not be done")],
    stage: Annotated[bool, typer.Option("--stage", help="write and stage for a pull request")] = False,
) -> int:
    """End a ticket that will not be done."""
    session = session_of(ctx)
    return session.landed(move(session.ledger, "cancel", ticket(item), why, stage))
