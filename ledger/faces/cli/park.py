"""`park`: sets a ticket aside."""

from typing import Annotated

import typer

from ledger.app.append import move
from ledger.faces.cli.review_options import Propose, Stage, review_of
from ledger.faces.cli.session import session_of, ticket


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="why it is set aside")],
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Set a ticket aside; `release` brings it back."""
    session = session_of(ctx)
    return session.landed(move(session.ledger, "park", ticket(item), why, review_of(stage, propose)))
