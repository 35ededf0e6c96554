"""A line of the body that looks like a directive and is none.

Why: a directive with a slip in it is silent prose, and what it was to move stays where it is.
Wrong: `Absorb: FLT-1297 DONE`, or a DECLINE on another ticket than the post's.
Right: `ABSORB: FLT-1297 -> DONE (why)`, at the left margin, outside code fences.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Lines that were meant to act and do not."""
    return view.shape_findings("bad-directive")
