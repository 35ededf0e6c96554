"""`claim`: takes a ticket; `--check` only asks."""

from typing import Annotated

from ledger.app.deeds.claim import ClaimResult, claim_or_challenge, claim_ticket, find_holder
from ledger.core.errors import LedgerError
from ledger.core.text import escape, quote_name
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, ticket
from ledger.faces.cli.tables import text_lines

HELD = 3


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    branch: Annotated[str | None, Option(help="where the work happens; recorded as given")] = None,
    worktree: Annotated[str | None, Option(help="where the work happens; recorded as given")] = None,
    challenge: Annotated[
        bool,
        Option("--challenge", help="ask a silent holder whether it is alive; take it if it did not answer"),
    ] = False,
    check: Annotated[bool, Option("--check", help="only ask: 0 free or mine, 3 held by another")] = False,
) -> int:
    """Take a ticket, exclusively. Asking again by its holder succeeds."""
    if check:
        told = find_holder(session.ledger, ticket(item))
        held = told.holder is not None and not told.claimed
        if held and session.json:
            raise LedgerError("held", held_words(told), f"`git ledger show {told.item}`", told.record())
        return _answer(session, told) or (HELD if held else 0)
    take = claim_or_challenge if challenge else claim_ticket
    return _answer(session, take(session.ledger, ticket(item), branch, worktree))


def _answer(session: Session, told: ClaimResult) -> int:
    opened = [f"it was BLOCKED on {', '.join(told.unblocked_by)}, now DONE"] if told.unblocked_by else []
    text = text_lines(told.item, told.ticket, session.env.width) if told.ticket else ()
    return session.answer(told.record(), [escape(held_words(told)), *text], [*opened, *told.warnings])


def held_words(told: ClaimResult) -> str:
    """`CMB-0107 held by S (branch) [worktree: W] since …`, or that it is free."""
    if told.holder is None:
        return f"{told.item} is free"
    branch = f" ({quote_name(told.holder['branch'])})" if "branch" in told.holder else ""
    worktree = f" [worktree: {quote_name(told.holder['worktree'])}]" if "worktree" in told.holder else ""
    return f"{told.item} held by {told.holder['seat']}{branch}{worktree} since {told.holder['since']}"
