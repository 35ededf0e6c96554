"""What the queue calls claimable can be claimed, and what it calls refused is refused, in random fleets."""

import random
from collections import Counter

from ledger.app.deeds.append import wish
from ledger.app.write.judging import judge_case
from ledger.core.board.fold import fold_posts
from ledger.core.config.config import parse_config
from ledger.core.errors import LedgerError
from ledger.core.queue.seat_view import SeatView
from ledger.core.write.plan import PlanView, plan
from ledger.core.write.requests import WriteRequest
from tests.core.test_fold import random_feed
from tests.feeds import feed, moment
from tests.rules.test_random_fleets import CONFIG
from tests.rules.views import reserved

FLEETS = 60
NOW = moment("23:59")
UNWANTED = {"declined", "cold"}
"""Reasons for which a ticket is no trigger although a claim of it would succeed."""


def test_claimable_is_what_claim_takes() -> None:
    reasons: Counter[str] = Counter()
    for seed in range(FLEETS):
        dice = random.Random(seed)
        config = parse_config((CONFIG if seed % 2 else "seats_listed_only: true\n" + CONFIG).encode())[0]
        board = fold_posts(feed(random_feed(dice, dice.randrange(5, 40), seats="ABCDEF")).posts)
        view = PlanView(board, config, reserved(board, config), NOW)
        for seat in "ABCDEF":
            eyes = SeatView(board, config, seat, NOW)
            for ticket in board.all_tickets():
                if ticket.holder == seat or ticket.held_before == seat:
                    continue  # claiming again what is one's own is no trigger
                why = {one.reason for one in eyes.why_not_claimable(ticket)}
                taken = claimed(view, seat, ticket.id)
                assert (not why - UNWANTED) == taken, (seed, seat, ticket.id, why)
                reasons.update(why or {"claimable"})
    assert set(reasons) >= {
        "claimable",
        "state",
        "gate",
        "owner",
        "role",
        "wip",
        "unlisted",
        "ambiguous",
        "retired",
    }


def claimed(view: PlanView, seat: str, item: str) -> bool:
    """Whether a claim by this seat lands on the view."""
    wishes = (wish("actionable", item=item, state="CLAIMED"),)
    intent = WriteRequest(nonce="c" * 16, seat=seat, at=NOW, author=("A", "a@example.invalid"), wishes=wishes)
    return not isinstance(plan(view, [intent], judge_case)[1][intent.nonce], LedgerError)
