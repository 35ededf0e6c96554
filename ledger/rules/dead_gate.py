"""A ticket that comes after one which was cancelled.

Why: a gate opens when its ticket is DONE; a cancelled one never is, and the work behind it waits forever.
Wrong: `after: [CMB-0077]`, and CMB-0077 is CANCELLED.
Right: `git ledger amend CMB-0076 --after none --why …`, or `git ledger reopen CMB-0077 --why …`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, State, Ticket
from ledger.rules.view import View

NAME = "dead-gate"


def check(view: View) -> Iterator[Finding]:
    """New posts that set such a gate; when whole, every open ticket behind one."""
    yield from _find_standing_gates(view) if view.full_scan else _find_new_gates(view)


def _find_standing_gates(view: View) -> Iterator[Finding]:
    for ticket in view.board.open_tickets():
        if dead := _first_cancelled_gate(view, ticket):
            yield view.finding_on(
                NAME, ticket, _describe_wait(ticket, dead), _suggest_amendment(ticket, dead)
            )


def _find_new_gates(view: View) -> Iterator[Finding]:
    for post in view.judged:
        ticket = view.board.tickets.get(post.item or "")
        if ticket is None or not post.after or view.is_refused(post):
            continue
        if dead := _first_cancelled_gate(view, ticket):
            line = post.lines["after"]
            yield view.finding_at(
                NAME, post, _describe_wait(ticket, dead), _suggest_amendment(ticket, dead), line
            )


def _first_cancelled_gate(view: View, ticket: Ticket) -> str | None:
    """The first gate of an open ticket that is CANCELLED."""
    if ticket.closed:
        return None
    # A gate that nobody filed is no dead one: unknown-wait tells of it.
    gates = (view.board.tickets.get(gate) for gate in ticket.after)
    return next((gate.id for gate in gates if gate and gate.state is State.CANCELLED), None)


def _describe_wait(ticket: Ticket, dead: str) -> str:
    return f"{ticket.id} comes after {dead}, which is CANCELLED and will never be DONE"


def _suggest_amendment(ticket: Ticket, dead: str) -> str:
    left = " ".join(f"--after {gate}" for gate in ticket.after if gate != dead) or "--after none"
    return f"`git ledger amend {ticket.id} {left} --why …`, which leaves {dead} out"
