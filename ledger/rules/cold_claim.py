"""A claim on a ticket that its seat knew nothing of, out of its lanes.

Why: a seat works fastest where it is warm; a cold claim takes the ticket from those that are.
Wrong: CAMBER-04, booted with the lane `camber`, claims ORA-0007 in the lane `ora`, on which, or near to
which, it never posted.
Right: `git ledger turn open` lists what is warm; `git ledger release ORA-0007 --why …` gives it back.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from ledger.core.claimable import Eyes, lane_of
from ledger.core.model import Finding, Post, Severity, State, Ticket
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: held tickets of warmth 0 for their holder just before it claimed them, as warnings."""
    for ticket in view.board.tickets.values() if view.whole else ():
        claim = _claim(view, ticket)
        if claim is not None and _before(view, claim).warmth(ticket) == 0:
            message = f"{ticket.id} is held by {claim.seat}, cold and out of its lanes "
            message += f"({lane_of(ticket, view.config)} is none of them)"
            fix = f"`git ledger release {ticket.id} --why …` leaves it to a warmer seat"
            line = claim.lines.get("state", 1)
            yield view.say("cold-claim", claim, message, fix, line, Severity.WARNING)


def _claim(view: View, ticket: Ticket) -> Post | None:
    """The post by which its holder took the ticket."""
    for event in ticket.history if ticket.holder is not None else ():
        post = view.board.posts[event.post]
        if post.state is State.CLAIMED and (post.seat, post.at) == (ticket.holder, ticket.held_since):
            return post
    return None


def _before(view: View, claim: Post) -> Eyes:
    """What the holder saw when it claimed: warmth comes of posts that stand before."""
    ids = takewhile(lambda one: one != claim.id, view.board.posts)
    board = replace(view.board, posts={one: view.board.posts[one] for one in ids})
    return Eyes(board, view.config, claim.seat, claim.at)
