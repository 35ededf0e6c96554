"""`log`: the posts, newest first."""

from typing import Annotated

from ledger.app.read.queue import log
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session, check_seat, parse_moment
from ledger.faces.cli.tables import log_lines


def command(
    session: Session,
    seat: Annotated[str | None, Option(metavar="SEAT", help="only posts of this seat")] = None,
    since: Annotated[
        str | None, Option(metavar="T", help="only posts from then on: 2026-11-20, or with T03:38:57Z")
    ] = None,
    kind: Annotated[str | None, Option(metavar="K", help="only posts of this kind")] = None,
) -> int:
    """The posts of the feed, newest first."""
    told = log(session.ledger, seat and check_seat(seat), parse_moment(since) if since else None, kind)
    return session.answer(told, log_lines(told["posts"]))
