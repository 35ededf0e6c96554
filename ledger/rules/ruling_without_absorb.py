"""A ruling that absorbs nothing.

Why: a ruling moves tickets by its ABSORB lines alone; without one it decides nothing that acts.
Wrong: a ruling whose body says in prose that FLT-1297 may go on.
Right: `ABSORB: FLT-1297 -> AWAITING_CLAIM (work continues)`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Rulings without an ABSORB line."""
    for post in view.judged_posts_with("absorbs nothing"):
        message = "the ruling has no ABSORB line, so no ticket moves by it"
        on = " ".join(f"--on {item}" for item in post.rules_on)
        fix = f"`git ledger rule --suggest {on}` prints the lines that are needed"
        line = post.lines["kind"]
        yield view.finding_at("ruling-without-absorb", post, message, fix, line, view.severity_of(post))
