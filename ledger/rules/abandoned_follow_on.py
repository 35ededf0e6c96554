"""A ticket that a seat filed from the one it finished, and then left lying.

Why: nobody is warmer for a follow-on than the seat that found it; every other one begins from nothing.
Wrong: CAMBER-10 finishes CMB-0092, files CMB-0095 with `parent: CMB-0092`, and half an hour later nobody
has claimed it.
Right: `git ledger claim CMB-0095`, or `git ledger handoff CMB-0095 --to SEAT --why …`.
"""

from collections.abc import Iterator
from datetime import datetime

from ledger.core.board.waits import awaits_claim, became_claimable_at
from ledger.core.ids import format_timestamp
from ledger.core.model import Finding, Severity, State, Ticket
from ledger.rules.seats import is_open_seat
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: follow-ons of a parent that their filer finished, unclaimed for longer than `nudge_after`.

    An error where the filer is open and could claim it; a warning where the filer is gone.
    """
    finishers: dict[str, str | None] = {}
    for ticket in view.board.open_tickets() if view.full_scan else ():
        if (
            _is_abandonable(view, ticket, finishers)
            and view.now - _is_waiting_since(view, ticket) > view.config.nudge_after
        ):
            life = view.board.seats[ticket.opened_by]
            gone = not is_open_seat(view, life)
            if gone or not view.seat_view_of(life.seat).why_not_claimable(ticket):
                severity = Severity.WARNING if gone else Severity.ERROR
                message = f"{ticket.id} was filed by {life.seat} from {ticket.parent}, which it finished, "
                message += f"and awaits a claim since {format_timestamp(_is_waiting_since(view, ticket))}"
                fix = f"`git ledger claim {ticket.id}`, or `git ledger handoff {ticket.id} --to SEAT --why …`"
                yield view.finding_on("abandoned-follow-on", ticket, message, fix, severity)


def _is_abandonable(view: View, ticket: Ticket, finishers: dict[str, str | None]) -> bool:
    """`finishers` keeps the finisher of each parent that was looked at."""
    if not awaits_claim(view.board.tickets, ticket) or ticket.provisional or ticket.owner != "open":
        return False
    parent = view.board.tickets.get(ticket.parent or "")
    if parent is None or parent.state is not State.DONE or parent.ruled_by is not None:
        return False
    if parent.id not in finishers:
        finishers[parent.id] = _find_finisher(view, parent)
    return finishers[parent.id] == ticket.opened_by


def _find_finisher(view: View, ticket: Ticket) -> str | None:
    """The seat of the newest DONE of a ticket."""
    history = reversed(view.board.history_of(ticket))
    posts = (view.board.posts[event.post] for event in history if not event.refused)
    return next((post.seat for post in posts if post.state is State.DONE), None)


def _is_waiting_since(view: View, ticket: Ticket) -> datetime:
    return max(became_claimable_at(view.board.tickets, ticket), view.board.tickets[ticket.parent or ""].since)
