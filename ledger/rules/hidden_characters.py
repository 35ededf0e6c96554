"""Characters that a reader cannot see: controls, direction marks, zero width, a byte-order mark.

Why: they make a post say one thing to a person and another to a program.
Wrong: a right-to-left mark within a ticket's id, or CRLF line ends.
Right: what can be seen; a joiner or U+FE0F only inside an emoji.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Hidden characters in posts and their paths."""
    return view.shape_findings("hidden-characters")
