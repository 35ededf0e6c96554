"""A provisional ticket whose time to be confirmed is over.

Why: nobody may claim it until it is confirmed, so its work waits for a seat that may be gone.
Wrong: `CONFIRM-PENDING: CMB-0105`, and an hour later neither CONFIRMED nor an AMENDMENT.
Right: `git ledger confirm CMB-0105`, by any seat.
"""

from collections.abc import Iterator

from ledger.core.ids import format_timestamp
from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: tickets that are provisional for longer than `confirm_within`."""
    for ticket in view.board.unsettled_tickets() if view.full_scan else ():
        if ticket.provisional and view.now - ticket.opened_at > view.config.confirm_within:
            message = f"{ticket.id} is provisional since {format_timestamp(ticket.opened_at)}"
            message += " and nobody confirmed it"
            yield view.finding_on(
                "unconfirmed-provisional", ticket, message, f"`git ledger confirm {ticket.id}`"
            )
