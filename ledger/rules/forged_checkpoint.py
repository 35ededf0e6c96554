"""A checkpoint that says what the posts do not.

Why: a machine that starts fresh answers by it, where `ledger.checkpoint` trusts the remote.
Wrong: whoever may push puts a file of their own into `refs/ledger/checkpoint`.
Right: `git ledger checkpoint`, which makes it of the posts.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, Where
from ledger.rules.view import View

NAME = "forged-checkpoint"
REF = "refs/ledger/checkpoint"


def check(view: View) -> Iterator[Finding]:
    """When whole: the first ticket, or other row, that differs."""
    if view.full_scan and view.forged is not None:
        message = f"the checkpoint differs from what the posts say, first in {view.forged}"
        fix = "`git ledger checkpoint` makes it of the posts; `git ledger drift` mends clones that took it"
        yield Finding(NAME, Where(REF), message, fix)
