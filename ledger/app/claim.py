"""`claim`: takes a ticket, exclusively; checking and claiming are one step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger.app.append import wish
from ledger.app.land import intent_of, land
from ledger.app.ledger import Ledger
from ledger.app.load import read_feed, ticket_in
from ledger.core.briefing import brief_of, brief_record
from ledger.core.intents import Intent
from ledger.core.model import Ticket
from ledger.core.moves import held_elsewhere
from ledger.core.plan import PlanView
from ledger.core.records import claim_record
from ledger.core.waits import is_unblocked


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds a ticket: `claimed` is true when it is this seat; `holder` as JSON has it, None when free.

    `unblocked_by` are the tickets on which it was BLOCKED until this claim, all of them DONE. `ticket` is
    its text as JSON has it, for a seat that took it. `other_clone` is the clone from which this seat had
    claimed it, where that is not this one.
    """

    item: str
    claimed: bool
    holder: dict[str, str] | None
    warnings: tuple[str, ...] = ()
    unblocked_by: tuple[str, ...] = ()
    ticket: Mapping[str, Any] | None = None
    other_clone: str | None = None

    def record(self) -> dict[str, Any]:
        """As JSON has it."""
        told: dict[str, Any] = {"item": self.item, "claimed": self.claimed}
        told |= {"unblocked_by": list(self.unblocked_by)} if self.unblocked_by else {}
        told |= {"holder": self.holder} if self.holder else {}
        told |= {"ticket": dict(self.ticket)} if self.ticket else {}
        return told | ({"other_clone": self.other_clone} if self.other_clone else {})


def claim(ledger: Ledger, item: str, branch: str | None = None, worktree: str | None = None) -> Claim:
    """Take the ticket. Raises LedgerError `held` and the like.

    Asking again by the holder succeeds; it writes only what is new: another branch, worktree or clone, or
    a sign of life once half of the claim's time is over.
    """

    unblocked_by: tuple[str, ...] = ()
    elsewhere: Ticket | None = None

    def unless_held(view: PlanView, intent: Intent) -> Intent:
        nonlocal unblocked_by, elsewhere
        ticket = view.folding.tickets.get(item)
        opens = ticket is not None and is_unblocked(view.folding.tickets, ticket)
        unblocked_by = ticket.blocked_on if ticket is not None and opens else ()
        if ticket is None or ticket.holder != ledger.seat or ticket.life is None:
            return intent
        if not elsewhere and ledger.is_elsewhere(ticket):
            elsewhere = ticket
        same = branch in (None, ticket.branch) and worktree in (None, ticket.worktree)
        same = same and elsewhere is None
        fresh = view.now - ticket.life.at < view.config.claim_ttl / 2
        return replace(intent, wishes=()) if same and fresh else intent

    wished = wish("actionable", item=item, state="CLAIMED", branch=branch, worktree=worktree)
    landed = land(ledger, intent_of(ledger, wished), unless_held)
    ticket = landed.after.folding.tickets[item]
    holder = claim_record(ticket, landed.after.config)
    text = brief_record(brief_of(landed.after.folding, ticket))
    words = (*([held_elsewhere(elsewhere)] if elsewhere else []), *landed.words)
    other_clone = elsewhere.clone if elsewhere else None
    return Claim(item, ticket.holder == ledger.seat, holder, words, unblocked_by, text, other_clone)


def check_claim(ledger: Ledger, item: str) -> Claim:
    """Only ask: who holds the ticket. Raises LedgerError `no-such-ticket`."""
    feed = read_feed(ledger)
    ticket = ticket_in(feed, item)
    mine = ticket.holder is not None and ticket.holder == (
        ledger.asked.seat or ledger.repo.config("ledger.seat")
    )
    return Claim(item, mine, claim_record(ticket, feed.config))
