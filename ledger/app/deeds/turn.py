"""`turn`: the bracket around a stretch of a seat's work, opened and closed with a read of the queue."""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.app.deeds.alive import answer_when_challenged
from ledger.app.ledger import Ledger
from ledger.app.read.load import Feed, read_feed, read_feed_to_show
from ledger.app.read.queue import as_of
from ledger.core.board.transitions import describe_claim_elsewhere
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.turn_text import record_of_turn
from ledger.core.queue.turns import Turn, judge_turn, open_turn_with_briefs


@dataclass(frozen=True, slots=True)
class ClaimedTicket:
    """The ticket that a close took, and its holder and text as JSON has them."""

    item: str
    holder: Mapping[str, str] | None
    ticket: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A turn as it was read: `verified` when it was read from the authority, `as_of` which commit."""

    turn: Turn
    verified: bool
    as_of: Mapping[str, Any]
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

    def record(self) -> dict[str, Any]:
        """As JSON has it."""
        told: dict[str, Any] = {
            "verified": self.verified,
            "as_of": dict(self.as_of),
            **record_of_turn(self.turn),
        }
        told |= {"may_end": self.may_end, "why": self.why}
        if self.claimed is not None:
            holder = {"holder": dict(self.claimed.holder)} if self.claimed.holder else {}
            told["claimed"] = {"item": self.claimed.item, **holder, "ticket": dict(self.claimed.ticket)}
        return told


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
        judge_turn(seat_view), not (ledger.offline or ledger.notices), as_of(ledger, feed), words=words
    )


def close_turn(ledger: Ledger) -> TurnResult:
    """Read again: whether the turn may end.

    Raises LedgerError `offline` or `unreachable`, both with `verified` False: a close that could not read
    the remote never says that nothing is left.
    """
    if ledger.offline:
        message = "a turn may end only on a fresh reading of the queue; this close is unverified"
        raise LedgerError("offline", message, "`git ledger turn close`", {"verified": False})
    try:
        return _read_turn(ledger, judge_turn, read_feed)
    except LedgerError as error:
        if error.kind == "unreachable":
            raise mark_unverified(error) from error
        raise


def mark_unverified(error: LedgerError) -> LedgerError:
    """An error of reading the remote, as a close tells it."""
    hint = (
        "`git ledger turn close` once the remote answers; `git ledger turn open --offline` says what is known"
    )
    words = f"{error.message}; whether this turn may end is unverified"
    return replace(error, message=words, hint=hint, details={**error.details, "verified": False})
