"""`retire`: ends a seat's work."""

import typer

from ledger.app.turn import retire
from ledger.core.text import escape
from ledger.faces.cli.session import session_of


def command(ctx: typer.Context) -> int:
    """End this seat's work for now, give back what it holds, and say what is left."""
    session = session_of(ctx)
    landed, left = retire(session.ledger)
    code = session.landed(landed)
    session.say(f"left: {escape(left)}")
    return code
