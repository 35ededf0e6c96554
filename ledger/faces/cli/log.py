"""`log`: the posts, newest first."""

from typing import Annotated

import typer

from ledger.app.queue import log
from ledger.faces.cli.session import moment, seat_name, session_of
from ledger.faces.cli.tables import log_lines


def command(
    ctx: typer.Context,
    seat: Annotated[str | None, typer.Option(metavar="SEAT", help="only posts of this seat")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="T", help="only posts from then on: 2026-11-20, or with T03:38:57Z")
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="K", help="only posts of this kind")] = None,
) -> int:
    """The posts of the feed, newest first."""
    session = session_of(ctx)
    told = log(session.ledger, seat and seat_name(seat), moment(since) if since else None, kind)
    return session.answer(told, log_lines(told["posts"]))
