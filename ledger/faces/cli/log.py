"""`log`: the posts, newest first."""

from datetime import datetime
from typing import Annotated

import typer

from ledger.app.queue import log
from ledger.core.ids import read_moment
from ledger.faces.cli.session import seat_name, session_of
from ledger.faces.cli.tables import log_lines
from ledger.faces.cli.words import usage


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
    told = log(session.ledger, seat and seat_name(seat), _moment(since) if since else None, kind)
    return session.answer(told, log_lines(told["posts"]))


def _moment(text: str) -> datetime:
    moment = read_moment(text)
    if moment is None:
        raise usage(f'"{text}" is no time', "`--since` takes 2026-11-20 or 2026-11-20T03:38:57Z")
    return moment
