"""`release`: gives a claim back, or lifts a block."""

from typing import Annotated

import typer

from ledger.app.append import move
from ledger.faces.cli.session import session_of, ticket


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="why, or what resolved the block")] = "",
    stage: Annotated[bool, typer.Option("--stage", help="write and stage for a pull request")] = False,
) -> int:
    """Give a claim back, or lift a block: the ticket waits to be claimed again."""
    session = session_of(ctx)
    return session.landed(move(session.ledger, "release", ticket(item), why, stage))
