"""Seats whose intents are landed by other hands: random batches, clocks, stale looks, repetitions, poison."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.board.board import Board
from ledger.core.board.fold import fold_posts
from ledger.core.model import Post
from ledger.core.write.plan import PlanResult, PlanView, SwapPlan, plan
from ledger.core.write.requests import PostRequest, WriteRequest
from tests.core.test_fold import DEEDS, SEATS, TICKETS
from tests.core.test_plan import NOW, intent, opening, posts_of, quiet, view_of
from tests.feeds import feed

START = "00:00 A opens CMB-0001: first\n00:01 B opens CMB-0002: second\n00:02 B claims CMB-0002"
MOVES = {
    "CLAIMED": "",
    "DONE": "done",
    "BLOCKED": "waits",
    "PARKED": "later",
    "CANCELLED": "no",
    "AWAITING_CLAIM": "RELEASE: so",
}
POISON = (
    PostRequest("actionable", {"item": "CMB-0999", "state": "DONE"}, "no such ticket"),
    opening("{{ITEM_ID.7}}"),
    PostRequest("actionable", {"item": "CMB-0001", "state": "AWAITING_CLAIM", "subject": "taken"}),
    PostRequest("note", {"item": "CMB-0998"}, "of no ticket"),
)


@dataclass
class Fleet:
    """The feed as it grew, every view of it, every intent that was ever asked for, and what was acknowledged:
    post id to the ticket's history up to it."""

    dice: random.Random
    posts: list[Post] = field(default_factory=lambda: list(feed(START).posts))
    views: list[PlanView] = field(default_factory=lambda: [view_of(START)])
    asked: list[WriteRequest] = field(default_factory=list)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    nonces: Iterator[str] = field(default_factory=lambda: (f"{n:016x}" for n in count(1 << 20)))

    def batch(self) -> list[WriteRequest]:
        """Intents of different seats, as one helper finds them."""
        found = [self._again() or self._wanted() for _ in range(self.dice.randrange(1, 6))]
        self.asked += found
        return found + ([self.dice.choice(found)] if self.dice.random() < 0.2 else [])

    def _again(self) -> WriteRequest | None:
        """One that was asked for before: landed meanwhile, refused, or left behind by a beaten helper."""
        return self.dice.choice(self.asked) if self.asked and self.dice.random() < 0.25 else None

    def _wanted(self) -> WriteRequest:
        """A fresh one, by a clock that is off, of a seat that saw the feed as it is or was."""
        wish = self._wish()
        item, seen = wish.fields.get("item"), self.dice.choice(self.views[-3:]).board.tickets
        moves = wish.kind == "actionable" and wish.fields.get("state") != "CLAIMED"
        expects = {item: seen[item].moved_by} if moves and isinstance(item, str) and item in seen else {}
        one = intent(wish, seat=self.dice.choice(SEATS), nonce=self._nonce())
        return replace(one, at=NOW + timedelta(minutes=self.dice.randrange(-600, 600)), expects=expects)

    def _nonce(self) -> str:
        """Its own; now and then one that another write has, as no honest seat does."""
        stolen = self.asked and self.dice.random() < 0.1
        return self.dice.choice(self.asked).nonce if stolen else next(self.nonces)

    def _wish(self) -> PostRequest:
        draw, item = self.dice.random(), self.dice.choice(TICKETS)
        if draw < 0.2:
            return self.dice.choice(POISON)
        if draw < 0.4:
            return opening("{{ITEM_ID}}")
        if draw < 0.5:
            return PostRequest("note", {"item": item}, "hello")
        state, body = self.dice.choice(list(MOVES.items()))
        return PostRequest("actionable", {"item": item, "state": state}, body)

    def land(self, draft: SwapPlan) -> None:
        """The swap is won; now and then a post by hand arrives behind it, past every hook."""
        fresh = posts_of(draft)
        self.posts += fresh
        for post in fresh:
            self.acknowledged[post.id] = history(draft.after.board, post.item, post.id)
        if self.dice.random() < 0.5:
            deed = self.dice.choice(DEEDS).format(t=self.dice.choice(TICKETS))
            late = feed(f"{START}\n{self.dice.randrange(24):02}:30 D {deed}").posts[-1]
            named = f"{late.id[:-16]}{next(self.nonces)}"
            self.posts.append(replace(late, id=named, seq=None, prev=None, saw=()))
        self.views.append(replace(draft.after, board=fold_posts(self.posts)))


def history(board: Board, item: str | None, last: str) -> list[str]:
    """What became of a ticket up to one post: each event's post and effect."""
    ticket = board.tickets.get(item or "")
    events = [f"{one.post} {one.effect}" for one in board.history_of(ticket)] if ticket else []
    ends = [place for place, one in enumerate(events) if one.startswith(last)]
    return events[: ends[-1] + 1] if ends else []


examples = pytest.mark.parametrize("examples", [20, pytest.param(60, marks=pytest.mark.slow)])


@examples
def test_what_a_helper_landed_stands_whatever_arrives_later(examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(st.randoms(use_true_random=False))
    def run(dice: random.Random) -> None:
        fleet = Fleet(dice)
        for _ in range(dice.randrange(2, 8)):
            batch = fleet.batch()
            view = fleet.views[-1]
            draft, answers = plan(view, batch, quiet)
            good = [one for one in batch if isinstance(answers[one.nonce], PlanResult)]
            alone, alike = plan(view, good, quiet)
            assert (alone.landings, alike) == (
                draft.landings,
                {one.nonce: answers[one.nonce] for one in good},
            )
            assert {one.intent.nonce for one in draft.landings} <= alike.keys(), (
                "a landing is never told as refused"
            )
            if dice.random() < 0.8:  # else another helper wins the swap
                fleet.land(draft)
        board = fleet.views[-1].board
        nonces = [(post.seat, post.nonce) for post in fleet.posts]
        assert len(nonces) == len(set(nonces)), "no intent lands twice"
        assert not any(board.refused.rows(name) for name in fleet.acknowledged)
        for name, before in fleet.acknowledged.items():
            assert history(board, board.posts[name].item, name) == before
        chain = [post for post in board.all_posts() if post.id in fleet.acknowledged]
        assert [post.id for post in chain] == list(fleet.acknowledged), "in the order in which they landed"

    run()


@examples
def test_what_a_seat_saw_is_what_its_intent_moves(examples: int) -> None:
    """A stale look is refused: nothing lands on a state that its seat never meant."""

    @settings(max_examples=examples, deadline=None)
    @given(st.randoms(use_true_random=False))
    def run(dice: random.Random) -> None:
        fleet = Fleet(dice)
        for _ in range(dice.randrange(2, 6)):
            draft, _ = plan(fleet.views[-1], fleet.batch(), quiet)
            board = fleet.views[-1].board
            for landing in draft.landings:
                moved = {item: board.tickets[item].moved_by for item in landing.intent.expects}
                assert moved == landing.intent.expects
                posts = posts_of(SwapPlan((landing,), {}, draft.after))
                board = fold_posts([*board.all_posts(), *posts])
            fleet.land(draft)

    run()
