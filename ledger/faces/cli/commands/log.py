"""`log`: the posts, newest first."""

from typing import Annotated

from ledger.app.read.queue import list_posts
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session, check_seat, read_since
from ledger.faces.cli.tables import write_log
from ledger.faces.json.tickets import make_log_json


def command(
    session: Session,
    seat: Annotated[str | None, Option(metavar="SEAT", help="only posts of this seat")] = None,
    since: Annotated[
        str | None,
        Option(metavar="T", help="only posts from then on: 2d, yesterday, 2026-11-20"),
    ] = None,
    kind: Annotated[str | None, Option(metavar="K", help="only posts of this kind")] = None,
    label: Annotated[
        list[str] | None, Option(metavar="L", help="only on tickets with this label; repeatable: all")
    ] = None,
) -> int:
    """The posts of the feed, newest first."""
    moment = read_since(session, since)
    log = list_posts(session.ledger, seat and check_seat(seat), moment, kind, label or ())
    return session.answer(make_log_json(log), write_log(log.entries, session.env.screen), as_of=log.as_of)
