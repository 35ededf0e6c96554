"""`claim`: takes a ticket; `--check` only asks."""

from typing import Annotated

from ledger.app.deeds.claim import ClaimResult, claim_or_challenge, claim_ticket, find_holder
from ledger.core.errors import LedgerError
from ledger.core.ids import format_timestamp
from ledger.core.moments import tell_ages
from ledger.core.text import escape_line, quote_name
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_ticket
from ledger.faces.cli.tables import write_brief
from ledger.faces.json.turns import make_claim_json

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
        result = find_holder(session.ledger, check_ticket(item))
        held = result.holder is not None and not result.claimed
        if held and session.json:
            raise LedgerError(
                "held", describe_holder(result), f"`git ledger show {result.item}`", make_claim_json(result)
            )
        return answer_claim(session, result) or (HELD if held else 0)
    take = claim_or_challenge if challenge else claim_ticket
    return answer_claim(session, take(session.ledger, check_ticket(item), branch, worktree))


def answer_claim(session: Session, result: ClaimResult) -> int:
    """Say who holds the ticket, and what it says to who took it."""
    opened = [f"it was BLOCKED on {', '.join(result.unblocked_by)}, now DONE"] if result.unblocked_by else []
    text = write_brief(result.brief, session.env.screen) if result.brief else ()
    return session.answer(
        make_claim_json(result), [_describe_for_reader(session, result), *text], [*opened, *result.warnings]
    )


def _describe_for_reader(session: Session, result: ClaimResult) -> str:
    words = escape_line(describe_holder(result))
    return words if session.env.screen is None else tell_ages(words, session.env.screen.now)


def describe_holder(result: ClaimResult) -> str:
    """`CMB-0107 held by S (branch) [worktree: W] since …`, or that it is free."""
    holder = result.holder
    if holder is None:
        return f"{result.item} is free"
    branch = f" ({quote_name(holder.branch)})" if holder.branch else ""
    worktree = f" [worktree: {quote_name(holder.worktree)}]" if holder.worktree else ""
    since = format_timestamp(holder.since) if holder.since else ""
    return f"{result.item} held by {holder.seat}{branch}{worktree} since {since}"
