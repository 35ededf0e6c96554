"""`turn`: the bracket around a stretch of a seat's work, opened and closed with a read of the queue."""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.app.append import wish
from ledger.app.challenge import answer, answer_when_challenged
from ledger.app.land import Landed, intent_of, land
from ledger.app.ledger import Ledger
from ledger.app.load import Feed, read_feed, read_feed_to_show
from ledger.app.queue import as_of
from ledger.core.board import pair
from ledger.core.briefing import brief_of, brief_record
from ledger.core.claimable import Eyes
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.ids import stamp
from ledger.core.intents import Intent
from ledger.core.moves import held_elsewhere
from ledger.core.plan import PlanView
from ledger.core.records import claim_record
from ledger.core.turns import Turn, left_by, opened_turn, turn_of
from ledger.core.turntext import turn_record


@dataclass(frozen=True, slots=True)
class Claimed:
    """The ticket that a close took, and its holder and text as JSON has them."""

    item: str
    holder: Mapping[str, str] | None
    ticket: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A turn as it was read: `verified` when it was read from the authority, `as_of` which commit."""

    turn: Turn
    verified: bool
    as_of: Mapping[str, Any]
    claimed: Claimed | None = None
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
            **turn_record(self.turn),
        }
        told |= {"may_end": self.may_end, "why": self.why}
        if self.claimed is not None:
            holder = {"holder": dict(self.claimed.holder)} if self.claimed.holder else {}
            told["claimed"] = {"item": self.claimed.item, **holder, "ticket": dict(self.claimed.ticket)}
        return told


def open_turn(ledger: Ledger) -> Seen:
    """What is this seat's, what it should claim next, and what these tickets say. Challenges are answered.

    Offline: as of the last fetch, unverified.
    """
    return _seen(ledger, opened_turn, read_feed_to_show)


def _seen(ledger: Ledger, turn: Callable[[Eyes], Turn], read: Callable[[Ledger], Feed]) -> Seen:
    feed = read(ledger)
    eyes = Eyes(feed.board, feed.config, ledger.seat, ledger.world.now())
    elsewhere = [ticket for ticket in feed.board.held_by(ledger.seat) if ledger.is_elsewhere(ticket)]
    words = tuple(held_elsewhere(one) for one in elsewhere)
    words += answer_when_challenged(ledger, feed.board)
    return Seen(turn(eyes), not (ledger.offline or ledger.notices), as_of(ledger, feed), words=words)


def close_turn(ledger: Ledger) -> Seen:
    """Read again: whether the turn may end.

    Raises LedgerError `offline` or `unreachable`, both with `verified` False: a close that could not read
    the remote never says that nothing is left.
    """
    if ledger.offline:
        message = "a turn may end only on a fresh reading of the queue; this close is unverified"
        raise LedgerError("offline", message, "`git ledger turn close`", {"verified": False})
    try:
        return _seen(ledger, turn_of, read_feed)
    except LedgerError as error:
        if error.kind == "unreachable":
            raise unverified(error) from error
        raise


def unverified(error: LedgerError) -> LedgerError:
    """An error of reading the remote, as a close tells it."""
    hint = (
        "`git ledger turn close` once the remote answers; `git ledger turn open --offline` says what is known"
    )
    words = f"{error.message}; whether this turn may end is unverified"
    return replace(error, message=words, hint=hint, details={**error.details, "verified": False})


def close_and_claim(ledger: Ledger) -> Seen:
    """Take the best trigger that can be won: beaten to one, the next in the same command."""
    taken: list[str] = []

    def best(view: PlanView, intent: Intent) -> Intent:
        """The claim to try on this view: the one that landed under this nonce, else the first trigger."""
        landed = view.board.seen.get(pair(intent.seat, intent.nonce))
        triggers = _eyes(ledger, view).claimable
        item = view.board.posts[landed].item if landed else triggers[0].id if triggers else None
        taken[:] = [item] if item else []
        return replace(intent, wishes=(wish("actionable", item=item, state="CLAIMED"),) if item else ())

    try:
        answer(ledger)
        landed = land(ledger, intent_of(ledger), best)
    except LedgerError as error:
        if error.kind in ("offline", "unreachable"):
            raise unverified(error) from error
        raise
    claimed = _claimed(landed, taken[0]) if taken else None
    turn = turn_of(_eyes(ledger, landed.after))
    now: dict[str, Any] = {"commit": landed.commit} if landed.commit else {}
    now |= {"at": stamp(landed.after.now), "age_s": 0.0}
    return Seen(turn, True, now, claimed, landed.words)


def leave_word(ledger: Ledger, turn: Turn, why: str) -> Landed:
    """Post a note that names the triggers left, for shepherds elsewhere, unless just said."""
    items = ", ".join(one.item for one in turn.triggers)
    body = f"{ledger.seat} ended its turn beside claimable work ({why}): {items}"

    def unless_said(view: PlanView, intent: Intent) -> Intent:
        life = view.board.seats.get(intent.seat)
        said = life is not None and view.board.posts[life.last_post].body.strip() == body
        return replace(intent, wishes=()) if said else intent

    return land(ledger, intent_of(ledger, wish("note", body)), unless_said)


def retire(ledger: Ledger) -> tuple[Landed, str]:
    """End the seat's work and give back what it holds; beside it what is left, in a sentence."""
    landed = land(ledger, intent_of(ledger, wish("retire")))
    return landed, left_by(_eyes(ledger, landed.after))


def _eyes(ledger: Ledger, view: PlanView) -> Eyes:
    return Eyes(view.board, view.config, ledger.seat, view.now)


def _claimed(landed: Landed, item: str) -> Claimed:
    ticket = landed.after.board.tickets[item]
    text = brief_record(brief_of(landed.after.board, ticket))
    return Claimed(item, claim_record(ticket, landed.after.config), text)
