"""A claim on a ticket that its seat knew nothing of, out of its lanes.

Why: a seat works fastest where it is warm; a cold claim takes the ticket from those that are.
Wrong: CAMBER-04, booted with the lane `camber`, claims ORA-0007 in the lane `ora`, on which, or near to
which, it never posted.
Right: `git ledger turn open` lists what is warm; `git ledger release ORA-0007 --why …` gives it back.
"""

from collections.abc import Iterable, Iterator
from itertools import dropwhile, takewhile

from ledger.core.model import Finding, Post, Severity, State, Ticket
from ledger.core.queue.seat_view import lane_of
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: held tickets that their holder knew nothing of before it claimed them, as warnings."""
    tickets = view.board.open_tickets() if view.full_scan else ()
    claims = {claim.id: ticket for ticket in tickets if (claim := _find_claiming_post(view, ticket))}
    for post in view.posts_in_order(claims):
        ticket = claims[post.id]
        if not _was_warm_for_holder(view, ticket, post):
            message = f"{ticket.id} is held by {post.seat}, cold and out of its lanes "
            message += f"({lane_of(ticket, view.config)} is none of them)"
            fix = f"`git ledger release {ticket.id} --why …` leaves it to a warmer seat"
            line = post.lines.get("state", 1)
            yield view.finding_at("cold-claim", post, message, fix, line, Severity.WARNING)


def _find_claiming_post(view: View, ticket: Ticket) -> Post | None:
    """The post by which its holder took the ticket."""
    for event in view.board.history_of(ticket) if ticket.holder is not None else ():
        post = view.board.posts[event.post]
        if post.state is State.CLAIMED and (post.seat, post.at) == (ticket.holder, ticket.held_since):
            return post
    return None


def _was_warm_for_holder(view: View, ticket: Ticket, claim: Post) -> bool:
    """Whether the ticket was of some warmth for its holder as it claimed it: see `SeatView.warmth_of`."""
    lane, lanes = lane_of(ticket, view.config), view.seat_view_of(claim.seat).lanes
    if claim.seat in (ticket.owner, ticket.opened_by) or not lanes or lane in lanes:
        return True
    if _posted_on_before(view, claim, (ticket.id, ticket.parent, *ticket.related)):
        return True
    near = (item for item in (ticket.id, ticket.parent) if item is not None)
    if _posted_on_before(
        view, claim, (kin for item in near for kin in view.board.tickets.find(f"near {item}"))
    ):
        return True
    return lane in _lanes_before(view, claim)


def _posted_on_before(view: View, claim: Post, items: Iterable[str | None]) -> bool:
    """Whether the seat of a claim had posted on one of these tickets."""
    posts = (post for item in items if item is not None for post in view.board.posts_on(item))
    return any(post.seat == claim.seat and view.board.is_before(post.id, claim.id) for post in posts)


def _lanes_before(view: View, claim: Post) -> Iterator[str]:
    """The lanes of the tickets that the seat of a claim had posted on within the warm window."""
    since = claim.at - view.config.warm_window
    posts = dropwhile(lambda post: post.id != claim.id, view.board.newest_posts_by(claim.seat))
    for post in takewhile(lambda post: post.at >= since, posts):
        ticket = view.board.tickets.get(post.item or "") if post.id != claim.id else None
        if ticket is not None:
            yield lane_of(ticket, view.config)
