"""A ticket that stays BLOCKED although all it waits for is over, and does not open by itself.

Why: only DONE opens a block; nobody looks at a ticket that waits for one which was CANCELLED.
Wrong: `blocked_on: [CMB-0077]`, and CMB-0077 is CANCELLED; or it is DONE, and the ruling beside it landed.
Right: `git ledger release CMB-0076 --why …`; `git ledger drift --fix` does it for all.
"""

from collections.abc import Iterator

from ledger.core.board.waits import is_unblocked
from ledger.core.model import Finding, State
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: BLOCKED tickets that wait for closed tickets, and maybe for rulings that landed."""
    tickets = view.board.open_tickets() if view.full_scan else ()
    for ticket in (ticket for ticket in tickets if ticket.state is State.BLOCKED):
        # All that it waits for is DONE: it can be claimed as it stands, and nobody needs to lift anything.
        if is_unblocked(view.board.tickets, ticket):
            continue
        over = [name for name in ticket.blocked_on if _is_closed_ticket(view, name)]
        if over and all(
            _is_closed_ticket(view, name) or _is_landed_ruling(view, name) for name in ticket.blocked_on
        ):
            closed = ", ".join(f"{name} ({view.board.tickets[name].state})" for name in over)
            message = f"{ticket.id} is BLOCKED on what is over: {closed}"
            fix = f"`git ledger release {ticket.id} --why …`; `git ledger drift --fix` does it for all"
            yield view.finding_on("stale-block", ticket, message, fix)


def _is_closed_ticket(view: View, on: str) -> bool:
    ticket = view.board.tickets.get(on)
    return ticket is not None and ticket.closed


def _is_landed_ruling(view: View, on: str) -> bool:
    return on.startswith("ruling:") and on.removeprefix("ruling:") in view.board.ruled
