"""`next`: takes the best ticket that this seat can win, and tells what it says."""

from typing import Any

from ledger.app.deeds.alive import answer_when_challenged
from ledger.app.deeds.claim import ClaimResult
from ledger.app.deeds.turn_writes import claim_best_ticket
from ledger.app.ledger import Ledger
from ledger.app.read.load import read_feed
from ledger.core.board.records import find_claim_holder
from ledger.core.errors import LedgerError
from ledger.core.queue.briefing import collect_brief
from ledger.core.queue.idle import explain_nothing_claimable, name_way_out
from ledger.core.queue.seat_view import SeatView


def take_next_ticket(ledger: Ledger) -> ClaimResult:
    """Claim the best ticket, and if others are faster the next one. Challenges of this seat are answered.

    Raises LedgerError `nothing-claimable`, with what holds and what leads on.
    """
    best = claim_best_ticket(ledger)
    after = best.landed.after
    if best.item is None:
        # A claim answers in its own push; without one the challenges are answered here.
        answer_when_challenged(ledger, after.board)
        raise _explain_nothing(SeatView(after.board, after.config, ledger.seat, after.now))
    ticket = after.board.tickets[best.item]
    holder = find_claim_holder(ticket, after.config)
    words = (*ledger.warnings(), *best.landed.notices)
    brief = collect_brief(after.board, ticket)
    return ClaimResult(best.item, ticket.holder == ledger.seat, holder, words, best.unblocked_by, brief)


def find_next_ticket(ledger: Ledger) -> ClaimResult:
    """The ticket that `take_next_ticket` would try first, with its text; nothing is written.

    Raises LedgerError `nothing-claimable`.
    """
    feed = read_feed(ledger)
    eyes = SeatView(feed.board, feed.config, ledger.seat, ledger.world.now())
    if not eyes.claimable_tickets:
        raise _explain_nothing(eyes)
    ticket = eyes.claimable_tickets[0]
    return ClaimResult(ticket.id, False, None, brief=collect_brief(feed.board, ticket))


def _explain_nothing(eyes: SeatView) -> LedgerError:
    details: dict[str, Any] = {"holds": eyes.held_items} if eyes.held_items else {}
    return LedgerError("nothing-claimable", explain_nothing_claimable(eyes), name_way_out(eyes), details)
