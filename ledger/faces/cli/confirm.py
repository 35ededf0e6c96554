"""`confirm`: settles openings that are provisional, or that lost their number."""

from typing import Annotated

import typer

from ledger.app.confirm import confirm
from ledger.faces.cli.session import session_of, ticket


def command(
    ctx: typer.Context,
    item: Annotated[str | None, typer.Argument(metavar="[ID]", help="only this one")] = None,
) -> int:
    """Confirm each provisional opening of this seat; move each that lost its number to a fresh one."""
    session = session_of(ctx)
    told = confirm(session.ledger, ticket(item) if item else None)
    lines = [f"{one} confirmed" for one in told.confirmed]
    lines += [f"{one.old} of {one.seat} is {one.new} now" for one in told.amended]
    words = told.words if lines else ("nothing of this seat is to be confirmed",)
    return session.answer(told.record(), lines, words)
