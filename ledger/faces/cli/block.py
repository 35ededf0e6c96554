"""`block`: says what a ticket waits for."""

from typing import Annotated

import typer

from ledger.app.append import move
from ledger.faces.cli.review_options import Propose, Stage, review_of
from ledger.faces.cli.session import session_of, ticket
from ledger.faces.cli.words import usage


def command(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID")],
    on: Annotated[
        list[str] | None, typer.Option(metavar="B", help="ID, ruling:ID or words; repeatable")
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="why it cannot go on")] = "",
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Say what a ticket waits for. Its holder, if it has one, may take it up again later."""
    session = session_of(ctx)
    if not on and not why:
        raise usage("a block needs what it waits for", "add `--on ID`, `--on ruling:ID` or `--why TEXT`")
    reason = why or f"Waits for {', '.join(on or ())}."
    return session.landed(
        move(session.ledger, "block", ticket(item), reason, review_of(stage, propose), tuple(on or ()))
    )
