"""`done`: closes a ticket."""

from typing import Annotated

import typer

from ledger.app.append import move
from ledger.faces.cli.review_options import Propose, Stage, review_of
from ledger.faces.cli.session import session_of, ticket


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="what was done")] = "",
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Close a ticket that this seat holds."""
    session = session_of(ctx)
    return session.landed(move(session.ledger, "done", ticket(item), why, review_of(stage, propose)))
