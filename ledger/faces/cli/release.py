"""`release`: gives a claim back, or lifts a block."""

from typing import Annotated

import typer

from ledger.app.append import move
from ledger.faces.cli.review_options import Propose, Stage, review_of
from ledger.faces.cli.session import session_of, ticket


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="why, or what resolved the block")] = "",
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Give a claim back, or lift a block: the ticket waits to be claimed again."""
    session = session_of(ctx)
    return session.landed(move(session.ledger, "release", ticket(item), why, review_of(stage, propose)))
