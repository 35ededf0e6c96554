"""Random pushes, honest and not, against the guard; `tools/attack --minutes 10` runs more of them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.app.guard.receive import judge_push, read_updates
from ledger.core.model import Severity
from ledger.core.push_status import PASSED, REFUSED
from ledger.faces.context import Context
from ledger.faces.receive import find_pusher
from tests.attackers import deeds
from tests.attackers.campaign import TRICKS, BrokenError, Campaign, Trick

PUSHES = 150


def test_each_of_a_few_random_pushes_does_what_the_model_says(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, 4)
    campaign.run(25)
    assert campaign.refused and campaign.landed and campaign.counts["real"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_no_push_takes_away_what_landed_and_every_honest_one_lands(seed: int, tmp_path: Path) -> None:
    """Each push is held to a model that was written from the pages, and knows nothing of the guard's code."""
    campaign = Campaign(tmp_path, seed)
    campaign.run(PUSHES)
    assert {trick.name for trick in campaign.tricks} - campaign.refused.keys() == set()
    assert {deed.__name__ for deed in deeds.DEEDS} - campaign.landed.keys() == set()
    assert campaign.counts["real"] >= 30


# What the model sees where the guard lets something pass


@dataclass
class Forgetful:
    """A guard that does not mind one thing: refusals and findings with these words."""

    words: str = "nothing is forgotten"

    def __call__(self, env: Context, branch: str) -> tuple[int, str]:
        updates = read_updates(env.stdin.read())
        verdict = judge_push(env.directory, branch, updates, find_pusher(env.variables), env.world.now())
        errors = [one for one in verdict.findings if one.severity is Severity.ERROR]
        said = [
            *(one.message for one in verdict.refusals),
            *(f"{one.message} [{one.rule}]" for one in errors),
        ]
        left = [words for words in said if self.words not in words]
        return (REFUSED if left else PASSED), "\n".join(left)


FORGOTTEN = [
    ("names the ref twice", "names_the_feed_twice", "the feed branch was rewritten"),
    ("differs only in case", "looks_like_the_feed", "looks like the feed branch"),
    ("only grows", "starts_anew", "the feed branch was rewritten"),
    ("never deleted", "deletes_the_branch", "the feed branch is gone"),
    ("otherwise than the push leaves it", "hides_a_content", "otherwise"),
    ("[edited-post]", "edits", "was edited"),
    ("[removed-post]", "removes", "was removed"),
    ("[misplaced-post]", "puts_elsewhere", "is misplaced"),
    ("has no place there", "adds_what_has_no_place", "has no place with mode"),
    ("is executable", "posts_executable", "has no place with mode"),
    ("posts only as itself", "posts_as_another", "MALLORY posted"),
    ("changed by a strat", "makes_itself_strat", "MALLORY changed the settings"),
    ("[repeated-nonce]", "posts_twins", "is a twin of"),
    ("written once", "changes_a_reservation", "changed"),
    ("reserves only for itself", "reserves_for_another", "for CAMBER-01"),
    ("a reservation has at most", "reserves_too_much", "bytes"),
    ("this number was given before", "reserves_what_was_given", "was reserved while the tip was"),
    ("reserved already", "takes_a_reserved_number", "reserved"),
    ("below refs/reserve stand", "reserves_under_an_odd_name", "is no name of a reservation"),
    ("private to each clone", "writes_private_refs", "is private to each clone"),
    ("rises by 10000", "reserves_far_away", "the tip of"),
    ("more than 10000 above", "reserves_far_away", "was reserved while the tip was"),
    ("only rises", "sinks_a_tip", "the tip of"),
    ("a tip is a blob", "breaks_a_tip", "is none"),
    ("[reserved-by-another]", "opens_anothers", "reserved"),
    ("[unreserved-ticket]", "opens_unreserved", "which nobody reserved"),
    ("[double-opening]", "opens_twice", "opened"),
    ("[not-the-holder]", "closes_anothers", "which lives"),
    ("[backdated-post]", "moves_before_all", "which lives"),
    ("[role-may-not-rule]", "rules_without_right", "may not"),
    ("[premature-release]", "ends_too_early", "which lives"),
]


def test_a_guard_that_forgets_one_thing_is_seen_to(tmp_path: Path) -> None:
    """Otherwise the campaigns above could pass because nobody looks."""
    guard = Forgetful()
    campaign = Campaign(tmp_path, 3, guard, real=False)
    for _ in range(12):
        campaign.warm_up()
    tricks = {trick.name: trick for trick in TRICKS}
    unseen = []
    for guard.words, name, seen in FORGOTTEN:
        if not is_seen(campaign, tricks[name], seen):
            unseen.append(guard.words)
    assert unseen == []


def is_seen(campaign: Campaign, trick: Trick, words: str) -> bool:
    """Whether the model says these words of a trick that a forgetful guard lets pass, in one of its forms.

    Each time the repository is put back to what it was.
    """
    for _ in range(20):
        model = campaign.model.copy()
        try:
            campaign.attempt(trick)
        except BrokenError as error:
            campaign.server.reset(model.refs)
            campaign.model = model
            if words in str(error):
                return True
    return False
