"""`reopen`: puts a closed or wrong state right."""

from typing import Annotated

from ledger.app.deeds.append import move_ticket
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    why: Annotated[str, Option(metavar="TEXT", help="why the state is wrong")],
) -> int:
    """Repair a closed or wrong state: the ticket waits to be claimed again."""
    return session.landed(move_ticket(session.ledger, "reopen", check_ticket(item), why))
