"""A seat that booted, holds nothing, and is silent beside work that it could claim.

Why: a seat that is there is counted on; who waits to be told what to do has not read the queue.
Wrong: ORA-01 boots at 03:50 with the lane `ora`, CMB-0036 in that lane awaits a claim, and at 04:10
ORA-01 has posted nothing else.
Right: `git ledger turn open` says what is claimable; `git ledger retire` says that the seat is done.
"""

from collections.abc import Iterator

from ledger.core.ids import format_timestamp
from ledger.core.model import Finding
from ledger.rules.seats import name_first, views_of_dark_seats, weigh_silence
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: booted seats silent past `dark_after` that finished nothing, beside triggers."""
    for life, eyes in views_of_dark_seats(view):
        if life.booted_at is not None and eyes.just_finished is None and eyes.claimable_tickets:
            post = view.board.posts[life.last_post]
            message = (
                f"{life.seat} booted, holds nothing and is silent since {format_timestamp(life.last_at)}; "
            )
            message += f"claimable for it: {name_first([ticket.id for ticket in eyes.claimable_tickets])}"
            fix = f"`git ledger turn close --claim` by {life.seat} takes {eyes.claimable_tickets[0].id}"
            item = eyes.claimable_tickets[0].id
            yield view.finding_at(
                "idle-beside-work", post, message, fix, post.lines["kind"], weigh_silence(life), item
            )
