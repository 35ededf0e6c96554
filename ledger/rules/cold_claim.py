"""A claim on a ticket that its seat knew nothing of, out of its lanes.

Why: a seat works fastest where it is warm; a cold claim takes the ticket from those that are.
Wrong: CAMBER-04, booted with the lane `camber`, claims ORA-0007 in the lane `ora`, on which, or near to
which, it never posted.
Right: `git ledger turn open` lists what is warm; `git ledger release ORA-0007 --why …` gives it back.
"""

from collections.abc import Iterator
from datetime import datetime

from ledger.core.claimable import lane_of
from ledger.core.dataclass import dataclass, field
from ledger.core.model import Finding, Post, Severity, State, Ticket
from ledger.rules.view import View


@dataclass()
class _Known:
    """What a seat posted on so far, what those tickets call their parent or related, and when it last posted
    in each lane."""

    items: set[str] = field(default_factory=set)
    kin: set[str] = field(default_factory=set)
    lanes: dict[str, datetime] = field(default_factory=dict)


def check(view: View) -> Iterator[Finding]:
    """When whole: held tickets that their holder knew nothing of before it claimed them, as warnings."""
    tickets = view.board.open_tickets() if view.whole else ()
    claims = {claim.id: ticket for ticket in tickets if (claim := _claim(view, ticket))}
    holders = {ticket.holder: _Known() for ticket in claims.values()}
    for post in view.board.all_posts() if claims else ():
        known, ticket = holders.get(post.seat), claims.get(post.id)
        if known is not None and ticket is not None and not _is_warm(view, known, ticket, post):
            message = f"{ticket.id} is held by {post.seat}, cold and out of its lanes "
            message += f"({lane_of(ticket, view.config)} is none of them)"
            fix = f"`git ledger release {ticket.id} --why …` leaves it to a warmer seat"
            line = post.lines.get("state", 1)
            yield view.say("cold-claim", post, message, fix, line, Severity.WARNING)
        if known is not None:
            _add(view, known, post)


def _claim(view: View, ticket: Ticket) -> Post | None:
    """The post by which its holder took the ticket."""
    for event in view.board.history(ticket) if ticket.holder is not None else ():
        post = view.board.posts[event.post]
        if post.state is State.CLAIMED and (post.seat, post.at) == (ticket.holder, ticket.held_since):
            return post
    return None


def _is_warm(view: View, known: _Known, ticket: Ticket, claim: Post) -> bool:
    """Whether the ticket was of some warmth for its holder as it claimed it: see `Eyes.warmth`."""
    if claim.seat in (ticket.owner, ticket.opened_by):
        return True
    if not known.items.isdisjoint((ticket.id, ticket.parent, *ticket.related)):
        return True
    if not known.kin.isdisjoint((ticket.id, ticket.parent)):
        return True
    lane, lanes = lane_of(ticket, view.config), view.eyes(claim.seat).lanes
    posted = known.lanes.get(lane)
    recently = posted is not None and posted >= claim.at - view.config.warm_window
    return not lanes or lane in lanes or recently


def _add(view: View, known: _Known, post: Post) -> None:
    ticket = view.board.tickets.get(post.item or "")
    if ticket is not None and ticket.id not in known.items:
        known.kin.update(near for near in (ticket.parent, *ticket.related) if near)
    known.items.update([post.item] if post.item else [])
    if ticket is not None:
        lane = lane_of(ticket, view.config)
        known.lanes[lane] = max(post.at, known.lanes.get(lane, post.at))
