"""Random fleets in memory: wrong clocks, seats that pause or die, shepherds; the real plan, fold and rules.

    python -m tests.challenge_fleets --fleets 10000

In each fleet two holders live (and answer within the grace), pause, or die. None that lives and answers
loses its claim; the claim of a dead one ends.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ledger.app.write.judging import judge_case, view_whole_feed
from ledger.core.board.board import BoardOverlay
from ledger.core.board.challenges import (
    challenged_tickets,
    find_challenge_of,
    render_alive,
    render_auto_release,
    render_challenge,
)
from ledger.core.config.config import Config
from ledger.core.errors import LedgerError
from ledger.core.write.numbers import Series
from ledger.core.write.plan import PlanView, plan
from ledger.core.write.requests import PostRequest, WriteRequest
from ledger.rules.silence import may_be_challenged

START = datetime(2026, 11, 20, tzinfo=UTC)
SKEWS = [timedelta(0), *(sign * timedelta(hours=n) for n in (1, 24, 8784) for sign in (1, -1))]
CONFIG = Config()
ROUND = timedelta(minutes=5)


@dataclass
class Holder:
    """A seat that holds a ticket: by how much its clock is ahead, when it answers, when it dies."""

    seat: str
    item: str
    ahead: timedelta
    dies: timedelta | None
    answers_every: timedelta
    paused: tuple[timedelta, timedelta]

    def is_there(self, now: timedelta) -> bool:
        """Whether it could answer at a time."""
        return (self.dies is None or now < self.dies) and not self.paused[0] <= now < self.paused[1]


@dataclass
class Shepherd:
    """A seat that makes rounds: its clock, and when it asked by its clock since boot."""

    seat: str
    clone: str
    ahead: timedelta
    asked: dict[str, tuple[str, timedelta]] = field(default_factory=dict)


class Fleet:
    """One fleet and its feed, which only intents that the plan lets pass extend."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.board = BoardOverlay()
        series = {"CMB": Series("CMB", tip_oid="t")}
        self.view = PlanView(self.board, CONFIG, series, START)
        self.now = timedelta(0)
        wrong = self.dice.randrange(5)  # the one machine whose clock is wrong
        skews = [self.dice.choice(SKEWS) if place == wrong else timedelta(0) for place in range(5)]
        self.holders = [self._holder(place, skews[place]) for place in range(2)]
        self.shepherds = [
            Shepherd(f"S{n}", f"{n:016x}", skews[2 + n]) for n in range(self.dice.choice((1, 2, 3)))
        ]
        self.busy = self.dice.choice((0.0, 0.02, 0.1))
        self.lost: list[str] = []

    def _holder(self, place: int, ahead: timedelta) -> Holder:
        minutes = self.dice.randrange
        pause = timedelta(minutes=minutes(300))
        return Holder(
            f"H{place}",
            f"CMB-000{place + 1}",
            ahead,
            timedelta(minutes=minutes(300)) if self.dice.random() < 0.5 else None,
            timedelta(minutes=self.dice.choice((1, 3, 5, 9))),
            (pause, pause + timedelta(minutes=self.dice.choice((0, 0, 5, 90)))),
        )

    def posts(
        self, seat: str, ahead: timedelta, *wishes: PostRequest, answers: bool = True
    ) -> tuple[str, ...]:
        """Land what a seat wants, as its own judge lets it; gives the posts, none where it was refused."""
        at = START + self.now + ahead
        nonce = f"{self.dice.getrandbits(64):016x}"
        intent = WriteRequest(
            nonce=nonce, seat=seat, at=at, author=("a", "b"), wishes=wishes, answers=answers
        )
        draft, told = plan(replace(self.view, now=at), [intent], judge_case)
        answer = told[nonce]
        if isinstance(answer, LedgerError):
            return ()
        assert isinstance(draft.after.board, BoardOverlay)
        self.board.merge(draft.after.board)
        self.view = replace(draft.after, board=self.board)
        return tuple(one.post for one in answer.posts)

    def lives(self) -> Iterator[str]:
        """Let ten hours go by, a minute at a time; gives what went wrong."""
        for one in self.holders:
            assert self.posts(
                one.seat,
                one.ahead,
                PostRequest("actionable", {"subject": "x", "state": "CLAIMED"}, "", "CMB"),
            )
        for minute in range(600):
            self.now = timedelta(minutes=minute)
            for holder in self.holders:
                self._answers(holder)
            self._others_post()
            for place, shepherd in enumerate(self.shepherds):
                if (minute + place) % (ROUND // timedelta(minutes=1)) == 0:
                    self._rounds(shepherd)
            yield from self._judged()

    def _answers(self, holder: Holder) -> None:
        """Its runtime's hook looks every so often, and answers only when it is challenged."""
        due = self.now % holder.answers_every == timedelta(0) and holder.is_there(self.now)
        challenged = [one.id for one in challenged_tickets(self.view.board, holder.seat)]
        if due and challenged:
            self.posts(holder.seat, holder.ahead, PostRequest("note", {}, render_alive(challenged)))

    def _others_post(self) -> None:
        """Now and then a seat whose clock is right posts about something else, and so does a shepherd."""
        if self.dice.random() < self.busy:
            self.posts("B", timedelta(0), PostRequest("note", {}, "of something else"))
        if self.dice.random() < self.busy / 4:
            shepherd = self.shepherds[0]
            self.posts(shepherd.seat, shepherd.ahead, PostRequest("note", {}, "a nudge"), answers=False)

    def _rounds(self, shepherd: Shepherd) -> None:
        """As `drift --fix` does it: ask, wait on its own clock since boot, end; all posts in one write."""
        due: list[PostRequest] = []
        view = view_whole_feed(replace(self.view, now=START + self.now + shepherd.ahead))
        for ticket in view.board.open_tickets():
            if ticket.holder is None or ticket.life is None:
                continue
            mine = find_challenge_of(view.board, ticket, shepherd.seat, shepherd.clone)
            post, since = shepherd.asked.get(ticket.id, ("", timedelta(days=-9)))
            if (
                mine is None
                and may_be_challenged(view, ticket.life)
                and self.now - since >= CONFIG.claim_ttl / 4
            ):
                body = render_challenge(ticket, CONFIG.claim_grace, shepherd.clone)
                due.append(PostRequest("note", {"item": ticket.id}, body))
            elif mine is not None and mine.post == post and self.now - since >= mine.grace:
                fields = {"item": ticket.id, "state": "AWAITING_CLAIM"}
                due.append(PostRequest("actionable", fields, render_auto_release(mine, "silent")))
        landed = self.posts(shepherd.seat, shepherd.ahead, *due, answers=False) if due else ()
        for wish, name in zip(due, landed, strict=True):
            if wish.kind == "note":
                shepherd.asked[str(wish.fields["item"])] = name, self.now

    def _judged(self) -> Iterator[str]:
        for one in self.holders:
            gone = self.view.board.tickets[one.item].holder is None
            if gone and one.item not in self.lost:
                self.lost.append(one.item)
                if not self._was_silent(one):
                    yield f"{one} lost its claim at {self.now}"
            if not gone and one.dies is not None and self.now - one.dies >= self._latest(one):
                yield f"{one} is dead and holds its claim at {self.now}"

    def _was_silent(self, one: Holder) -> bool:
        """Whether it let the whole grace of a challenge pass: it looks only every so often."""
        whole = CONFIG.claim_grace - one.answers_every
        asleep = one.dies is not None and one.paused[0] <= one.dies < one.paused[1] + one.answers_every
        died = one.dies is not None and self.now - (one.paused[0] if asleep else one.dies) >= whole
        return died or one.paused[0] + whole <= self.now < one.paused[1] + one.answers_every

    def _latest(self, one: Holder) -> timedelta:
        """How long after its death a claim may stand at the most.

        A round asks once the holder is silent for `claim_ttl`, and one ends the claim once `claim_grace` is
        over; each comes at most a round after its time. With a wrong clock, the holder's or that of every
        shepherd, the holder's last post may be dated ahead of whoever would ask. It may be asked at once
        then, but not within a quarter of `claim_ttl` of an earlier question; and a post that lands meanwhile,
        dated by the clock of who asks, says that the holder was alive at the latest then: `claim_ttl` begins
        there. Where nothing lands, a date that is ahead by less than `claim_ttl` is believed.
        """
        bound = CONFIG.claim_ttl + CONFIG.claim_grace + 2 * ROUND
        if one.ahead == timedelta(0) and any(other.ahead == timedelta(0) for other in self.shepherds):
            return bound
        believed = one.ahead if timedelta(0) < one.ahead < CONFIG.claim_ttl else timedelta(0)
        return bound + max(believed, CONFIG.claim_ttl / 4)


def wrongs(seed: int) -> list[str]:
    """What went wrong in the fleet of a seed."""
    fleet = Fleet(seed)
    return list(fleet.lives())


def main() -> int:
    """Run as many fleets as are asked for; exits 1 when one went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fleets", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    bad = 0
    for seed in range(given.fetch_first, given.fetch_first + given.fleets):
        for wrong in wrongs(seed)[:1]:
            bad += 1
            print(f"fleet {seed}: {wrong}")
    print(f"{given.fleets} fleets, {bad} with a claim that was lost or never ended")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
