"""A seat that finished a ticket and went silent beside work that it could claim.

Why: DONE is a pivot, not a stop; who reports what is left and ends its turn leaves it to nobody.
Wrong: CAMBER-04 posts CMB-0072 DONE, three tickets are claimable for it, and an hour later it has not
posted again.
Right: `git ledger turn close --claim` takes the next one; `git ledger retire` says that the seat is done.
"""

from collections.abc import Iterator

from ledger.core.ids import format_timestamp
from ledger.core.model import Finding
from ledger.rules.seats import name_first, views_of_dark_seats, weigh_silence
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: open seats silent past `dark_after` whose newest move was a DONE, beside triggers."""
    for life, eyes in views_of_dark_seats(view):
        if eyes.just_finished is not None and eyes.claimable_tickets:
            post = view.board.posts[life.last_post]
            message = (
                f"{life.seat} finished {eyes.just_finished} and is silent "
                f"since {format_timestamp(life.last_at)}; "
            )
            message += f"claimable for it: {name_first([ticket.id for ticket in eyes.claimable_tickets])}"
            fix = f"`git ledger turn close --claim` by {life.seat} takes {eyes.claimable_tickets[0].id}"
            yield view.finding_at(
                "done-and-dark",
                post,
                message,
                fix,
                post.lines["kind"],
                weigh_silence(life),
                eyes.just_finished,
            )
