"""Random fleets of six seats with random deeds, some of them illegal, some past the hooks."""

import random

import pytest

from ledger import rules
from ledger.core.model import State
from ledger.rules.view import View
from tests.core.test_fold import random_feed
from tests.rules.views import view

FLEETS = 500
CONFIG = "seats:\n  A: {wip: 2}\n  B: {role: strat}\n  C: {role: verify}\n  E: {surfaces: [E-1]}\n"


def fleet(seed: int) -> View:
    """A whole feed of up to 40 posts, of seats in a config or without one."""
    dice = random.Random(seed)
    config = CONFIG if dice.random() < 0.5 else ""
    return view(random_feed(dice, dice.randrange(1, 40), seats="ABCDEF"), config=config, now="23:59")


@pytest.mark.parametrize("tens", range(FLEETS // 50))
def test_nothing_raises_nothing_is_silent_and_no_ticket_has_two_holders(tens: int) -> None:
    for seed in range(tens * 50, tens * 50 + 50):
        seen = fleet(seed)
        found = rules.judge(seen)
        told = {(one.rule, one.post) for one in found}
        for refusal in seen.board.refusals:
            assert (refusal.rule, refusal.post) in told or _was_moved(seen, refusal.post), (seed, refusal)
        for ticket in seen.board.tickets.values():
            assert (ticket.holder is None) == (ticket.state is not State.CLAIMED), seed
            if _waits_for_landed_rulings(seen, ticket.id):
                assert ("missed-absorb", ticket.id) in {(one.rule, one.item) for one in found}, seed


def _was_moved(seen: View, post: str) -> bool:
    """An opening that lost and was given another number has nothing left to be told."""
    return any(post == one for pairs in seen.board.moved.values() for one, _ in pairs)


def _waits_for_landed_rulings(seen: View, item: str) -> bool:
    ticket = seen.board.tickets[item]
    names = [on.removeprefix("ruling:") for on in ticket.blocked_on if on.startswith("ruling:")]
    blocked = ticket.state is State.BLOCKED and len(names) == len(ticket.blocked_on) > 0
    return blocked and all(name in seen.board.ruled for name in names)


def test_the_fleets_are_worth_looking_at() -> None:
    """Many deeds are legal, many are not, and every kind of refusal occurs."""
    boards = [fleet(seed).board for seed in range(FLEETS)]
    refused = [one.rule for board in boards for one in board.refusals]
    posts = sum(len(board.posts) for board in boards)
    assert 0.2 < len(refused) / posts < 0.8
    assert {"illegal-move", "not-the-holder", "double-opening", "ambiguous-item", "gate-not-open"} <= set(
        refused
    )
    assert {"circular-wait", "unknown-absorb"} <= set(refused)
