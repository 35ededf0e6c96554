"""`retire`: ends a seat's work."""

import typer

from ledger.app.append import append, wish
from ledger.faces.cli.session import session_of


def command(ctx: typer.Context) -> int:
    """End this seat's work for now, and give back what it holds."""
    session = session_of(ctx)
    return session.landed(append(session.ledger, [wish("retire")]))
