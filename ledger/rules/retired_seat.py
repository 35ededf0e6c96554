"""A claim by a seat that has retired.

Why: a retired seat is out of every reckoning; what it took again in silence, nobody would look after.
Wrong: `state: CLAIMED` by CAMBER-12 an hour after its `retire`, with no `boot` between.
Right: `git ledger boot`, then `git ledger claim CMB-0107`.
"""

from collections.abc import Iterator

from ledger.core.ids import format_timestamp
from ledger.core.model import Finding, State
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """New claims of seats that did not boot since they retired."""
    # What is known of a seat is how it stands now, which says nothing of when an old claim landed.
    for post in [] if view.full_scan else view.judged:
        life = view.board.seats.get(post.seat)
        if post.state is State.CLAIMED and life is not None and life.retired_at is not None:
            message = f"{post.seat} retired at {format_timestamp(life.retired_at)} and has not booted since"
            fix = "`git ledger boot` starts it again"
            yield view.finding_at("retired-seat", post, message, fix, post.lines.get("state", 1))
