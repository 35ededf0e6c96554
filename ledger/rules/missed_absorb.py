"""A ruling that forgets a ticket which waits for it alone.

Why: the reducer reads each ticket alone; a ticket that the ruling does not name stays BLOCKED.
Wrong: `rules_on: [FLT-1296]` without a line for FLT-1297, blocked on `ruling:FLT-1296`.
Right: `ABSORB: FLT-1297 -> AWAITING_CLAIM (work continues)`, or `-> DONE` where nothing is left to do.
"""

from collections.abc import Iterator

from ledger.core.board.absorbing import tickets_owed_by_ruling, waits_only_for_landed_rulings
from ledger.core.board.kinds import kind_of
from ledger.core.board.rulings import find_awaited_rulings
from ledger.core.model import Finding, Post, Ticket
from ledger.rules.view import View

NAME = "missed-absorb"


def check(view: View) -> Iterator[Finding]:
    """Tickets that wait only for rulings which have landed, said of the newest of these: of judged ones, or
    when whole, of all."""
    rulings = [] if view.full_scan else [post for post in view.judged if kind_of(post.kind).rules]
    named = {(ruling.id, line.item) for ruling in rulings for line in ruling.directives}
    items = {item for ruling in rulings for item in ruling.rules_on}
    # A new ruling is held to what it rules on; the whole feed to all rulings that ever landed.
    waiting = view.board.open_tickets() if view.full_scan else tickets_owed_by_ruling(view.board, items)
    for ticket in (ticket for ticket in waiting if waits_only_for_landed_rulings(view.board, ticket)):
        ruling = _newest_ruling_for(view, ticket)
        if view.full_scan:
            message = (
                f"ruling left {ticket.id} waiting: it is BLOCKED on {', '.join(ticket.blocked_on)} alone"
            )
            fix = f"`git ledger release {ticket.id} --why …`, or a further ruling that absorbs it"
            yield view.finding_at(NAME, ruling, message, fix, ruling.lines.get("rules_on", 1), item=ticket.id)
        elif ruling.id in view.judged_by_id and (ruling.id, ticket.id) not in named:
            # Only lines of new rulings can still be written otherwise.
            yield _judge_owed_line(view, ruling, ticket)


def _judge_owed_line(view: View, ruling: Post, ticket: Ticket) -> Finding:
    every = "".join(f" --on {item}" for item in find_awaited_rulings(ticket.blocked_on))
    fix = f"add `ABSORB: {ticket.id} -> AWAITING_CLAIM (why)`; `git ledger rule --suggest{every}` "
    fix += "prints every line that is needed"
    line = ruling.directives[-1].line if ruling.directives else ruling.lines.get("rules_on", 1)
    return view.finding_at(NAME, ruling, f"ruling leaves {ticket.id} waiting", fix, line, item=ticket.id)


def _newest_ruling_for(view: View, ticket: Ticket) -> Post:
    rulings = [view.board.ruled[on] for on in find_awaited_rulings(ticket.blocked_on)]
    return view.board.posts[max(rulings, key=view.board.posts.place_of)]
