"""What a feed ought to be: one module a rule, and this table, in the order in which findings are told.

A rule is a docstring (what it finds, Why, Wrong, Right) and `check(view)`. Its name is its module's. What
parsing and the fold find themselves are rows of `forwarded.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

from ledger.core.dataclass import dataclass, replace
from ledger.core.model import Finding
from ledger.rules import (
    abandoned_follow_on,
    backdated_post,
    bad_ticket_id,
    bare_identity,
    branch_without_claim,
    circular_wait,
    claim_over_wip,
    cold_claim,
    dead_gate,
    done_and_dark,
    double_opening,
    edited_post,
    expired_claim,
    foreign_seat,
    forged_checkpoint,
    forked_feed,
    future_post,
    idle_beside_work,
    lost_tip,
    missed_absorb,
    odd_reservation,
    orphan_reservation,
    premature_challenge,
    premature_release,
    removed_post,
    repeated_nonce,
    reserved_by_another,
    retired_seat,
    rewound_feed,
    role_may_not_claim,
    role_may_not_configure,
    role_may_not_rule,
    ruling_without_absorb,
    silent_fleet,
    spent_reservations,
    stale_block,
    stale_offer,
    stale_ruling,
    uncited_change,
    unconfirmed_provisional,
    unknown_wait,
    unlisted_seat,
    unnamed_wait,
    unreserved_ticket,
)
from ledger.rules.forwarded import FORWARDED, ForwardedRule
from ledger.rules.settled import is_settled
from ledger.rules.view import View


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, what it is about, its documentation and its check."""

    name: str
    about: str
    doc: str
    check: Callable[[View], Iterator[Finding]]


def _make_rules(about: str, *sources: ModuleType | ForwardedRule) -> Iterator[Rule]:
    for source in sources:
        if isinstance(source, ForwardedRule):
            yield Rule(source.name, about, source.doc, source.check)
        else:
            name = source.__name__.rpartition(".")[2].replace("_", "-")
            yield Rule(name, about, source.__doc__ or "", source.check)


RULES: tuple[Rule, ...] = (
    *_make_rules(
        "shape",
        FORWARDED["unreadable-post"],
        FORWARDED["unknown-field"],
        FORWARDED["bad-value"],
        FORWARDED["misplaced-post"],
        FORWARDED["bad-directive"],
    ),
    *_make_rules("shape", FORWARDED["hidden-characters"], FORWARDED["bad-config"]),
    *_make_rules("history", edited_post, removed_post, rewound_feed, repeated_nonce, future_post),
    *_make_rules("history", backdated_post, forked_feed, forged_checkpoint),
    *_make_rules("numbers", bad_ticket_id, double_opening, reserved_by_another, unreserved_ticket),
    *_make_rules(
        "numbers", FORWARDED["ambiguous-item"], unconfirmed_provisional, orphan_reservation, lost_tip
    ),
    *_make_rules("numbers", odd_reservation, spent_reservations, branch_without_claim),
    *_make_rules("life", foreign_seat, unlisted_seat, bare_identity),
    *_make_rules("life", role_may_not_claim, role_may_not_rule, role_may_not_configure),
    *_make_rules(
        "life",
        FORWARDED["not-the-holder"],
        FORWARDED["illegal-move"],
        FORWARDED["gate-not-open"],
        FORWARDED["open-criteria"],
        dead_gate,
        claim_over_wip,
    ),
    *_make_rules("life", retired_seat, expired_claim, premature_challenge, premature_release, unknown_wait),
    *_make_rules("life", stale_block),
    *_make_rules("rulings", ruling_without_absorb, missed_absorb, FORWARDED["unknown-absorb"], circular_wait),
    *_make_rules("rulings", unnamed_wait, stale_ruling, uncited_change),
    *_make_rules("turns", done_and_dark, idle_beside_work, abandoned_follow_on, stale_offer, cold_claim),
    *_make_rules("turns", silent_fleet),
)
BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}


def judge(view: View) -> list[Finding]:
    """Everything the rules have to say, in the order of the table; what is settled is marked."""
    # All rules on one view: what several of them ask for is found once and kept there.
    found = (finding for rule in RULES for finding in rule.check(view))
    return [replace(finding, settled=True) if is_settled(view, finding) else finding for finding in found]
