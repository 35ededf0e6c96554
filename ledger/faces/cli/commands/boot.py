"""`boot`: starts a seat."""

from enum import StrEnum
from typing import Annotated

from ledger.app.deeds.append import append_posts, wish
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session


class Driver(StrEnum):
    """What drives the seat."""

    cron = "cron"
    operator = "operator"
    helper = "helper"
    remote = "remote"


def command(
    session: Session,
    lane: Annotated[list[str] | None, Option(help="what it works on; repeatable; none: all")] = None,
    wip: Annotated[int | None, Option(metavar="N", min=1, help="how many tickets at once (1)")] = None,
    cap: Annotated[int | None, Option(metavar="N", min=1, help="how many claims this time")] = None,
    driver: Annotated[Driver | None, Option(help="what drives it")] = None,
) -> int:
    """Start this seat: what it works on, how much at once, and how much this time."""
    boot = wish(
        "boot",
        lanes=tuple(lane or ()),
        wip=str(wip) if wip else None,
        cap=str(cap) if cap else None,
        driver=str(driver) if driver else None,
    )
    return session.landed(append_posts(session.ledger, [boot]))
