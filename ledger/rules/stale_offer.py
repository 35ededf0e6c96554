"""A ticket that was offered to a seat, which does not take it.

Why: nobody else may claim what is offered to one seat; an offer without an answer is a ticket out of reach.
Wrong: `HANDOFF: CAMBER-04 (warmer: …)` at 03:51, and at 04:30 CAMBER-04 has not claimed the ticket.
Right: `git ledger claim CMB-0107` by that seat, else `git ledger handoff CMB-0107 --to open --why …`.
"""

from collections.abc import Iterator
from datetime import datetime

from ledger.core.board.transitions import deny_shut_gate
from ledger.core.board.waits import awaits_claim, became_claimable_at
from ledger.core.ids import format_timestamp, is_seat
from ledger.core.model import Finding, Ticket
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: tickets offered to one seat, claimable but for that, for longer than `nudge_after`."""
    for ticket in view.board.open_tickets() if view.full_scan else ():
        if (
            _is_standing_offer(view, ticket)
            and view.now - _is_offered_since(view, ticket) > view.config.nudge_after
        ):
            answer = "declined" if view.board.has_declined(ticket.owner, ticket) else "has not claimed"
            message = (
                f"{ticket.id} is offered to {ticket.owner} since "
                f"{format_timestamp(_is_offered_since(view, ticket))}, "
            )
            message += f"which {answer} it"
            fix = f"`git ledger claim {ticket.id}` by {ticket.owner}, "
            fix += f"or `git ledger handoff {ticket.id} --to open --why …`"
            yield view.finding_on("stale-offer", ticket, message, fix)


def _is_standing_offer(view: View, ticket: Ticket) -> bool:
    offered = ticket.owner != "open" and not ticket.owner.startswith("awaiting-") and is_seat(ticket.owner)
    waits = awaits_claim(view.board.tickets, ticket) and not ticket.provisional
    return offered and waits and deny_shut_gate(view.board.tickets, ticket.id, ticket.after) is None


def _is_offered_since(view: View, ticket: Ticket) -> datetime:
    """When it could first be taken: its newest move, or the DONE of what it waited for last."""
    moved = view.board.posts[ticket.moved_by].at
    return max(moved, became_claimable_at(view.board.tickets, ticket))
