"""`drift`: judges the whole feed and the clock."""

import typer

from ledger.app.check import drift
from ledger.faces.cli.findings import told
from ledger.faces.cli.session import session_of


def command(ctx: typer.Context) -> int:
    """Judge the whole feed and the clock: what slipped, what expired, what waits for nothing.

    Exits 1 when an error is found; warnings change nothing.
    """
    session = session_of(ctx)
    return told(session, drift(session.ledger))
