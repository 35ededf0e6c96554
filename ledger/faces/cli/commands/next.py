"""`next`: takes the best ticket that this seat can win; `--dry-run` only shows it."""

from typing import Annotated

from ledger.app.deeds.next_ticket import find_next_ticket, take_next_ticket
from ledger.faces.cli.commands.claim import answer_claim
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session


def command(
    session: Session,
    dry_run: Annotated[bool, Option("--dry-run", help="only show what would be taken")] = False,
) -> int:
    """Take the best ticket that there is for this seat, and read it."""
    # What a dry run shows may be gone a moment later: the real one goes on with the next best.
    find = find_next_ticket if dry_run else take_next_ticket
    return answer_claim(session, find(session.ledger))
