"""`turn`: the bracket around a stretch of a seat's work, opened and closed with a read of the queue."""

from collections.abc import Callable

from ledger.app.deeds.alive import answer_when_challenged
from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf, Feed, date_feed, read_feed, read_feed_to_show
from ledger.core.board.records import Holder
from ledger.core.board.transitions import describe_claim_elsewhere
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError, UnreachableError
from ledger.core.queue.briefing import Brief
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.turns import Turn, judge_turn, open_turn_with_briefs


@dataclass(frozen=True, slots=True)
class ClaimedTicket:
    """The ticket that a close took, who holds it, and what it says."""

    item: str
    holder: Holder | None
    brief: Brief


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A turn as it was read: `verified` when it was read from the authority, `as_of` which commit."""

    turn: Turn
    verified: bool
    as_of: AsOf
    claimed: ClaimedTicket | None = None
    words: tuple[str, ...] = ()

    @property
    def may_end(self) -> bool:
        """True when nothing is left to claim, and nothing was claimed just now: that begins work."""
        return self.turn.may_end and self.claimed is None

    @property
    def why(self) -> str:
        """Why the turn may end or not, in a sentence."""
        if self.claimed is None:
            return self.turn.why
        return f"{self.claimed.item} is claimed by {self.turn.seat}, and work on it begins"


def open_turn(ledger: Ledger) -> TurnResult:
    """What is this seat's, what it should claim next, and what these tickets say. Challenges are answered.

    Offline: as of the last fetch, unverified.
    """
    return _read_turn(ledger, open_turn_with_briefs, read_feed_to_show)


def _read_turn(
    ledger: Ledger, judge_turn: Callable[[SeatView], Turn], read: Callable[[Ledger], Feed]
) -> TurnResult:
    feed = read(ledger)
    seat_view = SeatView(feed.board, feed.config, ledger.seat, ledger.world.now())
    elsewhere = [ticket for ticket in feed.board.tickets_held_by(ledger.seat) if ledger.is_elsewhere(ticket)]
    words = tuple(describe_claim_elsewhere(claimed) for claimed in elsewhere)
    words += answer_when_challenged(ledger, feed.board)
    return TurnResult(
        judge_turn(seat_view), not (ledger.offline or ledger.notices), date_feed(ledger, feed), words=words
    )


def close_turn(ledger: Ledger) -> TurnResult:
    """Read again: whether the turn may end.

    Raises LedgerError `offline` or `unreachable`, both with `verified` False: a close that could not read
    the remote never says that nothing is left.
    """
    # Exit 0 of a close lets a runtime end its turn, so that it stands on a fresh reading or is none.
    if ledger.offline:
        message = "a turn may end only on a fresh reading of the queue; this close is unverified"
        raise LedgerError("offline", message, "`git ledger turn close`", {"verified": False})
    try:
        return _read_turn(ledger, judge_turn, read_feed)
    except UnreachableError as error:
        raise mark_unverified(error) from error


def mark_unverified(error: LedgerError) -> LedgerError:
    """An error of reading the remote, as a close tells it."""
    hint = (
        "`git ledger turn close` once the remote answers; `git ledger turn open --offline` says what is known"
    )
    words = f"{error.message}; whether this turn may end is unverified"
    return replace(error, message=words, hint=hint, details={**error.details, "verified": False})
