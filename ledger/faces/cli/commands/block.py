"""`block`: says what a ticket waits for."""

from typing import Annotated

from ledger.app.deeds.append import move_ticket
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    on: Annotated[list[str] | None, Option(metavar="B", help="ID, ruling:ID or words; repeatable")] = None,
    why: Annotated[str, Option(metavar="TEXT", help="why it cannot go on")] = "",
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Say what a ticket waits for. Its holder, if it has one, may take it up again later."""
    if not on and not why:
        raise usage("a block needs what it waits for", "add `--on ID`, `--on ruling:ID` or `--why TEXT`")
    reason = why or f"Waits for {', '.join(on or ())}."
    return session.landed(
        move_ticket(
            session.ledger,
            "block",
            check_ticket(item),
            reason,
            find_review_target(stage, propose),
            tuple(on or ()),
        )
    )
