"""A claim by a strat, or an offer to one.

Why: who rules on collisions must not be a party to them; a strat coordinates and never claims, so nobody may
claim what is offered to it.
Wrong: `state: CLAIMED` by CLAUDE-STRAT-2, which has the role strat; or `owner: CLAUDE-STRAT-2` on a ticket.
Right: `git ledger handoff CMB-0107 --to SEAT --why …` offers the ticket to a seat that works.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.core.write.seat_names import find_offered_seats
from ledger.rules.view import View

NAME = "role-may-not-claim"


def check(view: View) -> Iterator[Finding]:
    """Claims by seats whose role does not claim; new offers to them, or when whole, the offers that stand."""
    strats = {life.seat for life in view.board.all_seats() if view.config.role(life.seat) == "strat"}
    for post in view.judged_posts_with(*(f"claims {seat}" for seat in strats)):
        message = f"{post.seat} is a strat, and a strat never claims"
        line = post.lines.get("state", 1)
        yield view.finding_at(NAME, post, message, _suggest_way_out(post.item), line, view.severity_of(post))
    yield from _find_standing_offers(view) if view.full_scan else _find_new_offers(view)


def _find_new_offers(view: View) -> Iterator[Finding]:
    for post in view.judged:
        for seat, line in find_offered_seats(post):
            if view.config.role(seat) == "strat":
                fix = f"name a seat that works, or `open`; `git ledger note … --to {seat}` tells the strat"
                yield view.finding_at(NAME, post, _describe_offer(post.item, seat), fix, line)


def _find_standing_offers(view: View) -> Iterator[Finding]:
    for ticket in view.board.open_tickets():
        if view.config.role(ticket.owner) == "strat" and ticket.holder is None:
            yield view.finding_on(
                NAME, ticket, _describe_offer(ticket.id, ticket.owner), _suggest_way_out(ticket.id)
            )


def _describe_offer(item: str | None, seat: str) -> str:
    return f"{item} is offered to {seat}, which is a strat and never claims: nobody could claim it"


def _suggest_way_out(item: str | None) -> str:
    return f"`git ledger handoff {item} --to SEAT --why …` offers it to a seat that works"
