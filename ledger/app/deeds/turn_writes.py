"""What a turn writes: the claim of its close, the note that a seat left work behind, the end of its work."""

from ledger.app.deeds.alive import answer_challenges
from ledger.app.deeds.append import wish
from ledger.app.deeds.turn import ClaimedTicket, TurnResult, mark_unverified
from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf
from ledger.app.write.loop import WriteResult, commit_request, request_write
from ledger.core.board.records import find_claim_holder
from ledger.core.board.tables import join_key
from ledger.core.board.waits import is_unblocked
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import OfflineError, UnreachableError
from ledger.core.queue.briefing import collect_brief
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.turns import Turn, describe_leftover_work, judge_turn
from ledger.core.write.plan import PlanView
from ledger.core.write.requests import WriteRequest


@dataclass(frozen=True, slots=True)
class BestClaim:
    """What became of a claim of whatever is best: `item` is None where nothing is claimable, `unblocked_by`
    are the tickets on which it was BLOCKED until this claim, all of them DONE."""

    landed: WriteResult
    item: str | None
    unblocked_by: tuple[str, ...] = ()


def claim_best_ticket(ledger: Ledger) -> BestClaim:
    """Take the best trigger that can be won: beaten to one, the next in the same command."""
    taken: list[str] = []
    unblocked_by: tuple[str, ...] = ()

    def best(view: PlanView, intent: WriteRequest) -> WriteRequest:
        """The claim to try on this view: the one that landed under this nonce, else the first trigger."""
        nonlocal unblocked_by
        # By the nonce, not by the state: the claim of an earlier try looks like anybody's otherwise.
        landed = view.board.seen.get(join_key(intent.seat, intent.nonce))
        triggers = _make_seat_view(ledger, view).claimable_tickets
        item = view.board.posts[landed].item if landed else triggers[0].id if triggers else None
        taken[:] = [item] if item else []
        ticket = view.board.tickets.get(item or "")
        opens = ticket is not None and is_unblocked(view.board.tickets, ticket)
        unblocked_by = ticket.blocked_on if ticket is not None and opens else ()
        return replace(intent, wishes=(wish("actionable", item=item, state="CLAIMED"),) if item else ())

    landed = commit_request(ledger, request_write(ledger), best)
    return BestClaim(landed, taken[0] if taken else None, unblocked_by)


def close_and_claim(ledger: Ledger) -> TurnResult:
    """Close a turn by taking the best trigger that can be won."""
    try:
        answer_challenges(ledger)
        best = claim_best_ticket(ledger)
    except (OfflineError, UnreachableError) as error:
        raise mark_unverified(error) from error
    landed = best.landed
    claimed = _read_claimed(landed, best.item) if best.item else None
    turn = judge_turn(_make_seat_view(ledger, landed.after))
    return TurnResult(turn, True, AsOf(landed.commit, landed.after.now, 0.0), claimed, landed.notices)


def post_left_behind(ledger: Ledger, turn: Turn, why: str) -> WriteResult:
    """Post a note that names the triggers left, for shepherds elsewhere, unless just said."""
    items = ", ".join(trigger.item for trigger in turn.triggers)
    body = f"{ledger.seat} ended its turn beside claimable work ({why}): {items}"

    def unless_said(view: PlanView, intent: WriteRequest) -> WriteRequest:
        life = view.board.seats.get(intent.seat)
        was_said = life is not None and view.board.posts[life.last_post].body.strip() == body
        return replace(intent, wishes=()) if was_said else intent

    return commit_request(ledger, request_write(ledger, wish("note", body)), unless_said)


def retire_seat(ledger: Ledger) -> tuple[WriteResult, str]:
    """End the seat's work and give back what it holds; beside it what is left, in a sentence."""
    landed = commit_request(ledger, request_write(ledger, wish("retire")))
    return landed, describe_leftover_work(_make_seat_view(ledger, landed.after))


def _make_seat_view(ledger: Ledger, view: PlanView) -> SeatView:
    return SeatView(view.board, view.config, ledger.seat, view.now)


def _read_claimed(landed: WriteResult, item: str) -> ClaimedTicket:
    ticket = landed.after.board.tickets[item]
    brief = collect_brief(landed.after.board, ticket)
    return ClaimedTicket(item, find_claim_holder(ticket, landed.after.config), brief)
