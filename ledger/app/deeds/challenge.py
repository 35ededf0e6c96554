"""Asking silent holders, ending claims that nobody answered for, and answering.

A shepherd's round and a seat that wants a ticket take the same steps: ask, wait until the grace has passed on
this machine's clock since boot, end the claim. No step is taken on the word of another machine's clock.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

from ledger.app.deeds.append import wish
from ledger.app.ledger import Ledger
from ledger.core.board.board import Board
from ledger.core.board.challenges import (
    find_challenge_of,
    render_auto_release,
    render_challenge,
)
from ledger.core.board.folding import has_lost_opening
from ledger.core.dataclass import dataclass
from ledger.core.durations import format_duration
from ledger.core.model import Challenge, Ticket
from ledger.core.write.plan import PostAnswer
from ledger.core.write.requests import PostRequest
from ledger.rules.silence import may_be_challenged
from ledger.rules.view import View
from ledger.store.clone.asked import AskedChallenge, keep_asked, load_asked

STEPPED = 5.0
"""Seconds by which two clocks of one machine may drift apart before one of them counts as set anew."""
_AGAIN = 4
"""A holder that answered is asked again by the same clone after this part of `claim_ttl` at the earliest."""


class ChallengeStep(Enum):
    """What is to be done about a claim now."""

    LEAVE = "leave"
    ASK = "ask"
    WAIT = "wait"
    END = "end"


@dataclass(frozen=True)
class Asker:
    """The challenges of one seat in one clone: which stand, and what this machine's clock says of them.

    One that `waits` for the answers asks also where the seat asked from another clone: that may be gone.
    """

    ledger: Ledger
    kept_challenges: dict[str, AskedChallenge]
    waits: bool = False

    def step(self, view: View, ticket: Ticket, at: datetime) -> ChallengeStep:
        """The next step about a ticket that is held, for a post dated `at`."""
        seat, clone = self.ledger.seat, self.ledger.clone
        if has_lost_opening(ticket, seat) or ticket.life is None:
            return ChallengeStep.LEAVE
        mine = find_challenge_of(view.board, ticket, seat, clone)
        left = self.left(ticket, mine) if mine else None
        if mine is not None and left is not None:
            return ChallengeStep.END if left <= timedelta(0) and at >= mine.until else ChallengeStep.WAIT
        if not may_be_challenged(view, ticket.life) or self._was_asked_lately(view, ticket, mine):
            return ChallengeStep.LEAVE
        return ChallengeStep.ASK

    def left(self, ticket: Ticket, mine: Challenge) -> timedelta | None:
        """How much of a challenge's grace is left, by this machine's clock since boot; None where that cannot
        tell: nothing was kept, the machine started anew, or one of its clocks was set."""
        kept = self.kept_challenges.get(ticket.id)
        elapsed = self._measure_elapsed(kept) if kept is not None and kept.post == mine.post else None
        return None if elapsed is None else mine.grace - elapsed

    def _measure_elapsed(self, kept: AskedChallenge) -> timedelta | None:
        # A wall clock that somebody set shows as two clocks that went on by different times.
        clock = self.ledger.world.since_boot()
        elapsed = clock.seconds - kept.clock
        wall = self.ledger.world.now().timestamp() - kept.wall
        same = clock.boot == kept.boot and elapsed >= 0 and abs(wall - elapsed) <= STEPPED
        return timedelta(seconds=elapsed) if same else None

    def _was_asked_lately(self, view: View, ticket: Ticket, mine: Challenge | None) -> bool:
        """Whether the holder answered this clone lately, or this seat asks from another clone just now."""
        kept = self.kept_challenges.get(ticket.id)
        elapsed = self._measure_elapsed(kept) if kept is not None and mine is None else None
        if elapsed is not None and elapsed < view.config.claim_ttl / _AGAIN:
            return True
        if self.waits:
            return False
        standing = view.board.challenges(ticket)
        others = [
            challenge.at for challenge in standing if challenge.seat == self.ledger.seat and challenge != mine
        ]
        return mine is None and any(timedelta(0) <= view.now - at < view.config.claim_ttl for at in others)

    def keep(self, board: Board, posts: Iterable[PostAnswer]) -> None:
        """Remember the challenges among posts that landed just now."""
        clock, wall = self.ledger.world.since_boot(), self.ledger.world.now().timestamp()
        fresh = {
            answer.item: AskedChallenge(answer.post, clock.boot, clock.seconds, wall)
            for answer in posts
            if answer.item and any(line.name == "CHALLENGE" for line in board.posts[answer.post].directives)
        }
        if fresh:
            keep_asked(self.ledger.repo.common_dir, self.ledger.seat, fresh)


def open_asker(ledger: Ledger, waits: bool = False) -> Asker:
    """The challenges of this seat in this clone."""
    return Asker(ledger, load_asked(ledger.repo.common_dir, ledger.seat), waits)


def measure_longest_grace(ledger: Ledger, board: Board) -> float:
    """Seconds until this clone may end the last claim that it challenged; 0 where no grace runs here."""
    asks = open_asker(ledger)
    now = ledger.world.now()
    mine = [
        (asks.left(ticket, challenge), challenge.until - now)
        for ticket in board.open_tickets()
        if (challenge := find_challenge_of(board, ticket, ledger.seat, ledger.clone))
    ]
    left = [max(since_boot, by_date) for since_boot, by_date in mine if since_boot is not None]
    return max((challenge.total_seconds() for challenge in left if challenge > timedelta(0)), default=0.0)


def request_challenge(ledger: Ledger, view: View, ticket: Ticket) -> PostRequest:
    """A challenge of this clone against the holder of a ticket."""
    body = render_challenge(ticket, view.config.claim_grace, ledger.clone)
    return wish("note", body, item=ticket.id, to=(ticket.holder or "",))


def request_auto_release(ledger: Ledger, board: Board, ticket: Ticket) -> PostRequest:
    """The end of a claim by this clone's own challenge, which nobody answered."""
    mine = find_challenge_of(board, ticket, ledger.seat, ledger.clone)
    assert mine is not None
    words = f"{ticket.holder} did not answer within {format_duration(mine.grace)}"
    return wish("actionable", render_auto_release(mine, words), item=ticket.id, state="AWAITING_CLAIM")
