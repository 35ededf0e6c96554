"""A file in the feed that is no post.

Why: nobody can apply what nobody can read, and a post that is skipped in silence is work lost.
Wrong: a file without front matter, without `seat`, `at` or `kind`, or not in UTF-8.
Right: `git ledger append` writes posts; by hand: a line `---`, `key: value` lines, `---`, the body.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Posts that could not be read."""
    return view.shape_findings("unreadable-post")
