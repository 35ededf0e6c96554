"""`alive`: answers the challenges against this seat's claims."""

from typing import Annotated

from ledger.app.deeds.alive import answer_challenges
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session, check_tickets
from ledger.faces.json.writes import make_write_json


def command(
    session: Session,
    items: Annotated[list[str] | None, Argument(metavar="[ID]…")] = None,
) -> int:
    """Say that this seat is alive: on every ticket whose claim is challenged, or on those that are named.

    Without an ID and without a challenge nothing is written.
    """
    landed = answer_challenges(session.ledger, check_tickets(items or ()))
    if not landed.answer.posts:
        ledger = session.ledger
        words = f"no claim of {ledger.seat} is challenged"
        return session.answer(make_write_json(landed, ledger.store.feed_ref), [words])
    return session.landed(landed)
