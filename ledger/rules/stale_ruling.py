"""A ticket that still waits although the ruling on it came a while ago.

Why: those who wait look at their own ticket, and nobody told it that the ruling is there.
Wrong: FLT-1297, BLOCKED on `ruling:FLT-1296` and on CMB-0009, an hour after FLT-1308 ruled FLT-1296.
Right: a ruling that absorbs it, or `git ledger release FLT-1297 --why …` when the rest is over too.
"""

from collections.abc import Iterator

from ledger.core.board.rulings import awaits_unnamed_ruling, find_awaited_rulings
from ledger.core.board.tables import NEWEST
from ledger.core.ids import format_timestamp
from ledger.core.model import Finding, Post, State, Ticket
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: waits past `ruling_stale_after` behind the newest ruling on what they wait for."""
    for ticket in view.board.open_tickets() if view.full_scan else ():
        ruling = _newest_ruling_on(view, ticket)
        if ruling is not None and view.now - ruling.at > view.config.ruling_stale_after:
            message = (
                f"{ticket.id} still waits; the ruling came at {format_timestamp(ruling.at)}: {ruling.id}"
            )
            yield view.finding_on(
                "stale-ruling", ticket, message, f"{_suggest_way_out(ticket)}, or a ruling that absorbs it"
            )


def _suggest_way_out(ticket: Ticket) -> str:
    """How a ticket goes on whose ruling has come: by its owner, or out of its block."""
    if ticket.owner.startswith("awaiting-"):
        return f"`git ledger amend {ticket.id} --owner open --why …`"
    return f"`git ledger release {ticket.id} --why …`"


def _newest_ruling_on(view: View, ticket: Ticket) -> Post | None:
    """The newest ruling on what the ticket waits for; for an unnamed wait, the newest by any strat."""
    if awaits_unnamed_ruling(ticket):
        last = view.board.ruled.get(NEWEST)
        names = [last] if last and view.board.is_before(ticket.moved_by, last) else []
    elif ticket.state is State.BLOCKED:
        ruled = view.board.ruled
        names = [ruled[on] for on in find_awaited_rulings(ticket.blocked_on) if on in ruled]
    else:
        names = []
    newest = max(names, key=view.board.posts.place_of, default=None)
    return view.board.posts[newest] if newest is not None else None
