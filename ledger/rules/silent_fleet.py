"""A fleet in which nobody posts while there is work that its seats could claim.

Why: every seat believes that another one is at work; only the feed can tell that none is.
Wrong: the newest post of all is from 03:51, CMB-0036 awaits a claim, CAMBER-01 has booted and not retired,
and it is 04:30.
Right: start a seat; `git ledger park ID --why …` for what shall rest; `git ledger retire` by who is done.
"""

from collections.abc import Iterator
from datetime import timedelta

from ledger.core.board.tables import LAST
from ledger.core.ids import compact_timestamp, format_timestamp
from ledger.core.model import Finding, Post, Severity
from ledger.rules.seats import keep_newest_seats, name_first, weigh_silence
from ledger.rules.view import View

UNBELIEVABLE = timedelta(hours=24)
"""A post dated further ahead than this, more than any time zone set wrong, breaks no silence."""


def check(view: View) -> Iterator[Finding]:
    """When whole: no post for longer than `dark_after`, and triggers for seats that work (booted or claimed)
    and have not retired. A post dated past belief breaks no silence."""
    newest = _newest_believable_post(view) if view.full_scan else None
    if newest is None or view.now - newest.at <= view.config.dark_after:
        return
    waiting: set[str] = set()
    severity = Severity.WARNING
    # A seat that only ever asked or noted is no worker, and its silence says nothing.
    working = (life for life in view.board.all_seats() if life.booted_at is not None or life.claims)
    for life in keep_newest_seats(view, (life for life in working if life.retired_at is None)):
        claimable = view.seat_view_of(life.seat).claimable_tickets
        waiting.update(ticket.id for ticket in claimable)
        severity = weigh_silence(life) if claimable and severity is Severity.WARNING else severity
    if waiting:
        tickets = sorted(waiting)
        message = (
            f"nobody has posted since {format_timestamp(newest.at)}; claimable "
            f"for somebody: {name_first(tickets)}"
        )
        fix = "start a seat; `git ledger park ID --why …` for what shall rest; "
        fix += "`git ledger retire` by the seats that are done"
        yield view.finding_at(
            "silent-fleet", newest, message, fix, newest.lines["kind"], severity, tickets[0]
        )


def _newest_believable_post(view: View) -> Post | None:
    """The newest post that is to be believed, by the time in its name."""
    # Ids of posts begin with their times: the last one before the limit is found by key.
    name = view.board.posts.last_key(compact_timestamp(view.now + UNBELIEVABLE) + LAST)
    return view.board.posts[name] if name is not None else None
