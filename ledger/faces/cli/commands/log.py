"""`log`: the posts, newest first."""

from collections.abc import Iterable
from typing import Annotated

from ledger.app.read.queue import LogResult, list_posts
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session, check_seat, parse_moment
from ledger.faces.cli.tables import write_log
from ledger.faces.json.tickets import make_log_json


def command(
    session: Session,
    seat: Annotated[str | None, Option(metavar="SEAT", help="only posts of this seat")] = None,
    since: Annotated[
        str | None, Option(metavar="T", help="only posts from then on: 2026-11-20, or with T03:38:57Z")
    ] = None,
    kind: Annotated[str | None, Option(metavar="K", help="only posts of this kind")] = None,
    label: Annotated[
        list[str] | None, Option(metavar="L", help="only on tickets with this label; repeatable: all")
    ] = None,
) -> int:
    """The posts of the feed, newest first."""
    moment = parse_moment(since) if since else None
    log = list_posts(session.ledger, seat and check_seat(seat), moment, kind, label or ())
    return session.answer(make_log_json(log), _list_lines(session, log), as_of=log.as_of)


def _list_lines(session: Session, log: LogResult) -> Iterable[str]:
    screen = session.env.screen
    if screen is None:
        return write_log(log.entries)
    from ledger.faces.cli.terminal.log import show_log

    return show_log(log.entries, screen)
