"""A branch that names a ticket which its author does not hold.

Why: somebody may be at work without a claim, beside the seat that has it.
Wrong: a branch `cmb-0122-audio` by a seat that never claimed CMB-0122.
Right: `git ledger claim CMB-0122 --branch cmb-0122-audio` before the work.
"""

from collections.abc import Iterator

from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Finding, Severity, Ticket, Where
from ledger.rules.view import Branch, View

_spelled = LazyPattern(r"(?<![A-Z0-9])[A-Z][A-Z0-9]{0,15}(?:-[0-9]+)+").finditer


def check(view: View) -> Iterator[Finding]:
    """When whole: branches with the id of an open ticket in their name, and another author."""
    for branch in view.branches if view.full_scan else ():
        for ticket in _tickets_spelled_by(view, branch):
            if not ticket.closed and branch.author != ticket.holder and branch.name != ticket.branch:
                held = f"held by {ticket.holder}" if ticket.holder else f"{ticket.state}, held by nobody"
                message = f"the branch {branch.name} by {branch.author} names {ticket.id}, which is {held}"
                fix = f"ask before working on it: `git ledger claim --check {ticket.id}`"
                where = Where(f"refs/heads/{branch.name}")
                yield Finding("branch-without-claim", where, message, fix, Severity.WARNING, ticket.id)


def _tickets_spelled_by(view: View, branch: Branch) -> Iterator[Ticket]:
    """The tickets that a branch's name spells, in any case: of `cmb-0107-2` that is CMB-0107."""
    for found in _spelled(branch.name.upper()):
        words = found[0].split("-")
        # The longest name first: ORA-2026-0001 is no ticket 2026 of ORA.
        names = ("-".join(words[:count]) for count in range(len(words), 1, -1))
        ticket = next((view.board.tickets[name] for name in names if name in view.board.tickets), None)
        if ticket is not None:
            yield ticket
