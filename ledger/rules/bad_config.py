"""A setting of `feed/ledger.yaml` that is unknown, of the wrong type or contradicts another.

Why: every seat obeys this file; a setting that is left out in silence changes the rules for all.
Wrong: `claim_tll: 2h`, or `claim_ttl: two hours`.
Right: `claim_ttl: 2h`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """What reading the config found."""
    return view.findings_of_reading("bad-config")
