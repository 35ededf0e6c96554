"""`retire`: ends a seat's work."""

from ledger.app.deeds.turn_writes import retire_seat
from ledger.core.text import escape_line
from ledger.faces.cli.session import Session


def command(session: Session) -> int:
    """End this seat's work for now, give back what it holds, and say what is left."""
    landed, left = retire_seat(session.ledger)
    code = session.landed(landed)
    session.say(f"left: {escape_line(left)}")
    return code
