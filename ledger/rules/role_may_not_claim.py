"""A claim by a strat.

Why: who rules on collisions must not be a party to them; a strat coordinates and never claims.
Wrong: `state: CLAIMED` by CLAUDE-STRAT-2, which has the role strat.
Right: `git ledger handoff CMB-0107 --to SEAT --why …` offers the ticket to a seat that works.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, State
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Claims by seats whose role does not claim."""
    for post in view.judged:
        if post.state is State.CLAIMED and view.config.role(post.seat) == "strat":
            message = f"{post.seat} is a strat, and a strat never claims"
            fix = f"`git ledger handoff {post.item} --to SEAT --why …` offers it to a seat that works"
            line = post.lines.get("state", 1)
            yield view.say("role-may-not-claim", post, message, fix, line, view.weight(post))
