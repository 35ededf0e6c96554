"""A ticket that waits for a ruling and does not say which.

Why: no ruling can be held to absorb it, so it stays where it is when the ruling has come.
Wrong: `owner: awaiting-STRAT-2-ruling` on a ticket without a `blocked_on`, or `blocked_on: [awaiting ruling
from strat]`: words of which one is ruling, decision or verdict.
Right: `git ledger block CMB-0107 --on ruling:CMB-0105`, with the ticket that the ruling is about.
"""

from collections.abc import Iterator

from ledger.core.board.kinds import kind_of
from ledger.core.board.rulings import describe_unnamed_wait
from ledger.core.model import Finding, Severity
from ledger.rules.seats import name_first
from ledger.rules.view import View

NAME = "unnamed-wait"


def check(view: View) -> Iterator[Finding]:
    """When whole: each such ticket. A new post that makes one, and a new ruling beside one, are reminded."""
    waiting = view.board.tickets_awaiting_unnamed_ruling()
    fix = "`git ledger block {} --on ruling:ID --why …` names the ruling"
    for ticket in waiting:
        message = f"{ticket.id} waits for a ruling ({describe_unnamed_wait(ticket)}) and does not name it"
        if view.full_scan:
            yield view.finding_on(NAME, ticket, message, fix.format(ticket.id))
        elif ticket.moved_by in view.judged_by_id:
            yield view.finding_on(NAME, ticket, message, fix.format(ticket.id), Severity.WARNING)
    if waiting and not view.full_scan:
        yield from _remind_rulings(view, name_first([ticket.id for ticket in waiting]))


def _remind_rulings(view: View, ids: str) -> Iterator[Finding]:
    for post in view.judged:
        if kind_of(post.kind).rules:
            message = f"these wait for a ruling that they do not name: {ids}"
            fix = "absorb those that this ruling frees"
            yield view.finding_at(NAME, post, message, fix, post.lines.get("rules_on", 1), Severity.WARNING)
