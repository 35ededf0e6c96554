"""A post that the table of moves does not allow where the ticket stands.

Why: it changes nothing, while its writer goes on as if it had.
Wrong: `state: AWAITING_CLAIM` on a ticket that is DONE, without a `REPAIR:` line.
Right: `git ledger reopen CMB-0107 --why …`, or see where it stands with `git ledger show CMB-0107`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Posts that the fold refused by the table of moves."""
    return view.findings_of_fold("illegal-move")
