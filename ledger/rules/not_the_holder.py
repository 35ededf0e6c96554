"""A move that only the seat which holds the ticket may make.

Why: a claim is exclusive; a seat that closes what another works on throws that work away.
Wrong: `state: DONE` on CMB-0122 by a seat that never claimed it.
Right: `git ledger claim CMB-0122`, work, then `git ledger done CMB-0122`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Moves that the fold refused to a seat that does not hold the ticket."""
    return view.findings_of_fold("not-the-holder")
