"""An ABSORB line about a ticket that does not exist.

Why: the ticket that was meant stays BLOCKED, and the ruling looks complete.
Wrong: `ABSORB: FLT-1279 -> DONE (typing slip)`, or `absorbed-by:` a ticket that nobody filed.
Right: `ABSORB: FLT-1297 -> DONE absorbed-by:FLT-1306`, both as `git ledger queue --all` lists them.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """ABSORB lines that the fold refused since a ticket is not there."""
    return view.findings_of_fold("unknown-absorb")
