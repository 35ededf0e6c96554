"""`boot`: starts a seat."""

from enum import StrEnum
from typing import Annotated

import typer

from ledger.app.append import append, wish
from ledger.faces.cli.session import session_of


class Driver(StrEnum):
    """What drives the seat."""

    cron = "cron"
    operator = "operator"
    helper = "helper"
    remote = "remote"


def command(
    ctx: typer.Context,
    lane: Annotated[list[str] | None, typer.Option(help="what it works on; repeatable; none: all")] = None,
    wip: Annotated[int | None, typer.Option(metavar="N", min=1, help="how many tickets at once (1)")] = None,
    cap: Annotated[int | None, typer.Option(metavar="N", min=1, help="how many claims this time")] = None,
    driver: Annotated[Driver | None, typer.Option(help="what drives it")] = None,
) -> int:
    """Start this seat: what it works on, how much at once, and how much this time."""
    session = session_of(ctx)
    one = wish(
        "boot",
        lanes=tuple(lane or ()),
        wip=str(wip) if wip else None,
        cap=str(cap) if cap else None,
        driver=str(driver) if driver else None,
    )
    return session.landed(append(session.ledger, [one]))
