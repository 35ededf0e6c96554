"""A field whose value is not of its type, or a field that is missing.

Why: the field is then left out of the post, and the post says less than its writer meant.
Wrong: `state: CLOSED`, `wip: many`, `after: CMB-0107`.
Right: `state: DONE`, `wip: 2`, `after: [CMB-0107]`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Values that reading could not type."""
    return view.shape_findings("bad-value")
