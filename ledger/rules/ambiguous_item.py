"""A move of a ticket by a seat whose own opening lost that number.

Why: the seat may mean the ticket that it filed, and would close the winner's work by mistake.
Wrong: ORA-01 lost CMB-0036 to CAMBER-01 and posts `item: CMB-0036`, `state: DONE`.
Right: `git ledger confirm CMB-0036` moves the losing ticket to a number of its own; then go on there.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Moves that the fold refused since they may mean two tickets."""
    return view.findings_of_fold("ambiguous-item")
