"""Random fleets of six seats with random deeds, some of them illegal, some past the hooks."""

import random

import pytest

from ledger import rules
from ledger.core.model import State
from ledger.rules.view import View
from tests.core.boards import all_refusals
from tests.core.test_fold import random_feed
from tests.rules.views import view

CONFIG = "seats:\n  A: {wip: 2}\n  B: {role: strat}\n  C: {role: verify}\n  E: {surfaces: [E-1]}\n"


def fleet(seed: int) -> View:
    """A whole feed of up to 40 posts, of seats in a config or without one."""
    dice = random.Random(seed)
    config = CONFIG if dice.random() < 0.5 else ""
    return view(random_feed(dice, dice.randrange(1, 40), seats="ABCDEF"), config=config, now="23:59")


@pytest.mark.parametrize("fleets", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_nothing_raises_nothing_is_silent_and_no_ticket_has_two_holders(fleets: int) -> None:
    refused: list[str] = []
    posts = 0
    for seed in range(fleets):
        seen = fleet(seed)
        found = rules.judge(seen)
        told = {(one.rule, one.post) for one in found}
        missed = {one.item for one in found if one.rule == "missed-absorb"}
        for refusal in all_refusals(seen.board):
            assert (refusal.rule, refusal.post) in told or _was_moved(seen, refusal.post), (seed, refusal)
        for ticket in seen.board.all_tickets():
            assert (ticket.holder is None) == (ticket.state is not State.CLAIMED), seed
            assert ticket.id in missed or not _waits_for_landed_rulings(seen, ticket.id), seed
        refused += [one.rule for one in all_refusals(seen.board)]
        posts += len(seen.board.posts)
    # Many deeds were legal, many were not, and every kind of refusal occurred.
    assert 0.2 < len(refused) / posts < 0.8
    assert {"illegal-move", "not-the-holder", "double-opening", "ambiguous-item"} <= set(refused)
    assert {"gate-not-open", "unknown-absorb"} <= set(refused)


def _was_moved(seen: View, post: str) -> bool:
    """An opening that lost and was given another number has nothing left to be told."""
    return any(key.endswith(f" {post}") for key in seen.board.renumbered.keys_from(""))


def _waits_for_landed_rulings(seen: View, item: str) -> bool:
    ticket = seen.board.tickets[item]
    names = [on.removeprefix("ruling:") for on in ticket.blocked_on if on.startswith("ruling:")]
    blocked = ticket.state is State.BLOCKED and len(names) == len(ticket.blocked_on) > 0
    return blocked and all(name in seen.board.ruled for name in names)
