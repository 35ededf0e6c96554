"""A post whose path does not follow from its time, seat and nonce, or that stands on no feed.

Why: paths that follow from the post never meet, so feeds merge without a conflict; a free name can clash.
A feed that has a branch of its own is read there alone.
Wrong: `feed/2026/11/20/notes.md`, a post of 03:51 in the folder of 03:57, or a post committed beside code.
Right: `feed/2026/11/20/03/51/20261120T035100000Z-camber-01-9c1e07a25b6d4f10.md`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Posts that stand where they do not belong."""
    return view.findings_of_reading("misplaced-post")
