"""A ruling that forgets a ticket which waits for it alone.

Why: the reducer reads each ticket alone; a ticket that the ruling does not name stays BLOCKED.
Wrong: `rules_on: [FLT-1296]` without a line for FLT-1297, blocked on `ruling:FLT-1296`.
Right: `ABSORB: FLT-1297 -> AWAITING_CLAIM (work continues)`, or `-> DONE` where nothing is left to do.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, Post, Ticket
from ledger.core.rulings import owed
from ledger.rules.view import View

NAME = "missed-absorb"


def check(view: View) -> Iterator[Finding]:
    """New rulings that leave such tickets; when whole, the tickets that rulings left."""
    if view.whole:
        yield from _left(view)
        return
    for post in view.judged:
        if post.kind == "ruling":
            yield from _forgotten(view, post)


def _forgotten(view: View, ruling: Post) -> Iterator[Finding]:
    named = {line.item for line in ruling.directives}
    place = ruling.directives[-1].line if ruling.directives else ruling.lines.get("rules_on", 1)
    for ticket in owed(view.board.tickets, ruling.rules_on):
        if ticket.id not in named:
            every = "".join(f" --on {one}" for one in ruling.rules_on)
            fix = f"add `ABSORB: {ticket.id} -> AWAITING_CLAIM (why)`; `git ledger rule --suggest{every}` "
            fix += "prints every line that is needed"
            yield view.say(NAME, ruling, f"ruling leaves {ticket.id} waiting", fix, place, item=ticket.id)


def _left(view: View) -> Iterator[Finding]:
    """Tickets that wait only for rulings which have landed, said of the newest of these."""
    for ticket in owed(view.board.tickets, view.board.ruled):
        ruling = _newest(view, ticket)
        message = f"ruling left {ticket.id} waiting: it is BLOCKED on {', '.join(ticket.blocked_on)} alone"
        fix = f"`git ledger release {ticket.id} --why …`, or a further ruling that absorbs it"
        yield view.say(NAME, ruling, message, fix, ruling.lines.get("rules_on", 1), item=ticket.id)


def _newest(view: View, ticket: Ticket) -> Post:
    rulings = [view.board.ruled[on.removeprefix("ruling:")][-1] for on in ticket.blocked_on]
    return view.board.posts[max(rulings, key=lambda name: view.place[name])]
