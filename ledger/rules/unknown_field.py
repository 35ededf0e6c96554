"""A field that no kind of post has, or that this kind does not carry.

Why: a misspelled field says nothing to anybody, and its writer believes that it did.
Wrong: `blocks_on: [CMB-0107]`, or `rules_on` on a note.
Right: `blocked_on: [CMB-0107]`; fields of your own begin with `x-`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Fields that reading could not place."""
    return view.shape_findings("unknown-field")
