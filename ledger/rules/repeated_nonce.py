"""Two posts of one seat with one nonce.

Why: the nonce is how a post is known when it is written again; the second of two is taken for the first, and
changes nothing.
Wrong: two posts of CAMBER-12 whose names end in `9c1e07a25b6d4f10`.
Right: a nonce of its own for each post, as the tool and `git ledger draft` draw it.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View

NAME = "repeated-nonce"


def check(view: View) -> Iterator[Finding]:
    """Posts whose seat has an earlier one with the same nonce."""
    yield from view.findings_of_fold(NAME)
