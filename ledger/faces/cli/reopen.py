"""`reopen`: puts a closed or wrong state right."""

from typing import Annotated

import typer

from ledger.app.append import move
from ledger.faces.cli.session import session_of, ticket


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="why the state is wrong")],
) -> int:
    """Repair a closed or wrong state: the ticket waits to be claimed again."""
    session = session_of(ctx)
    return session.landed(move(session.ledger, "reopen", ticket(item), why))
