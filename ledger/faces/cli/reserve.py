"""`reserve`: numbers, without filing."""

from typing import Annotated

import typer

from ledger.app.reserve import reserve
from ledger.faces.cli.session import namespace, session_of


def command(
    ctx: typer.Context,
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="a namespace such as CMB")],
    count: Annotated[int, typer.Option(metavar="N", help="how many, 1 to 1000")] = 1,
) -> int:
    """Reserve the next numbers of a namespace for this seat; open them later with `append --item`."""
    session = session_of(ctx)
    landed = reserve(session.ledger, namespace(prefix), count)
    record = {"reserved": landed.reservations()}
    lines = [one.ticket for one in landed.answer.reserved]
    return session.answer(record, lines, [*session.ledger.warnings(), *landed.words])
