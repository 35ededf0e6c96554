"""A claim of a ticket that comes after work which is not DONE.

Why: work begun before what it builds upon is done over, or done wrong.
Wrong: `state: CLAIMED` on CMB-0076, which has `after: [CMB-0077]`, while CMB-0077 is CLAIMED.
Right: claim it once CMB-0077 is DONE; `git ledger queue --for SEAT` says when.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Claims that the fold refused since a gate is shut."""
    return view.findings_of_fold("gate-not-open")
