"""A campaign against a guard: seeded pushes of honest deeds and tricks, each held to the model.

`tools/attack --minutes 10 [--seed N] [--pushes K]` runs campaigns by hand; one seed and one number of pushes
are one campaign, push for push.
"""

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.faces.receive import judge_stdin
from tests.attackers import deeds, tricks_feed, tricks_forms, tricks_posts, tricks_protocol, tricks_refs
from tests.attackers.clones import Clones
from tests.attackers.deeds import Deed
from tests.attackers.draft import CAMBER, MALLORY, OPERATOR, OTTO, STRAT, Draft, Unfit
from tests.attackers.model import Model
from tests.attackers.objects import EMPTY_SHA
from tests.attackers.server import Judge, Push, Server
from tests.attackers.setting import found

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""The first time by which pushes are judged in this process; real ones are by the real clock."""
WORKING = (CAMBER, MALLORY, OTTO, None)
DECIDERS = (STRAT, OPERATOR)
ANYBODY = (MALLORY, MALLORY, CAMBER, STRAT, OPERATOR, None)
REAL_SHARE = 0.2
"""Of the pushes that could be judged in this process, how many go through receive-pack."""
WARM_UP = 12
READ_EVERY = 40
SLACK = 15
"""How many pushes are kept for what finds no occasion at first."""
WARMING = (deeds.opens, deeds.opens_claimed, deeds.claims, deeds.notes)
BESIDE = (deeds.notes, deeds.notes_to_all, deeds.reserves, deeds.works_on_code, deeds.explains, deeds.boots)
LEAP = timedelta(hours=3)


@dataclass(frozen=True)
class Trick:
    """Something that must be refused whoever of `who` tries it. `real` is true where receive-pack must
    answer, and false where the time must be ours."""

    act: tricks_feed.Trick
    who: Sequence[str | None]
    real: bool | None = None

    @property
    def name(self) -> str:
        return self.act.__name__


ATTACKER = (*tricks_posts.BY_ATTACKER, *tricks_forms.BY_ATTACKER, *tricks_refs.BY_ATTACKER)
TRICKS: Sequence[Trick] = (
    *(Trick(act, ANYBODY) for act in tricks_feed.BY_ANYBODY),
    *(Trick(act, ANYBODY) for act in tricks_refs.BY_ANYBODY),
    *(Trick(act, ANYBODY, real=True) for act in tricks_protocol.BY_ANYBODY),
    *(Trick(act, (MALLORY,), real=False) for act in tricks_posts.BY_TIME),
    *(Trick(act, (MALLORY,)) for act in ATTACKER),
    *(Trick(act, (MALLORY, CAMBER)) for act in (*tricks_posts.BY_ANYBODY, *tricks_forms.BY_ANYBODY)),
    *(Trick(act, (STRAT, OPERATOR)) for act in tricks_forms.BY_STRAT),
)
BEFORE: dict[str, Sequence[tuple[str, Deed]]] = {
    "ends_too_early": ((CAMBER, deeds.opens_claimed), (MALLORY, deeds.challenges)),
    "ends_by_anothers_challenge": ((CAMBER, deeds.opens_claimed), (OTTO, deeds.challenges)),
    "ends_what_was_answered": (
        *((CAMBER, deeds.opens_claimed), (MALLORY, deeds.challenges)),
        *((CAMBER, deeds.says_alive), (OTTO, deeds.says_alive)),
    ),
    "challenges_too_early": ((CAMBER, deeds.opens_claimed),),
    "challenges_an_old_sign": ((CAMBER, deeds.opens), (CAMBER, deeds.claims)),
    "replays_a_proposal": ((CAMBER, deeds.proposes),),
    "opens_anothers": ((CAMBER, deeds.reserves),),
    "takes_a_reserved_number": ((CAMBER, deeds.reserves),),
    "reserves_what_was_given": ((CAMBER, deeds.raises_tip),),
    "changes_an_announcement": ((CAMBER, deeds.announces), (OTTO, deeds.announces)),
    "rules": ((CAMBER, deeds.opens), (OTTO, deeds.opens), (CAMBER, deeds.blocks)),
    "repairs": ((CAMBER, deeds.opens_claimed), (CAMBER, deeds.done)),
    "ends_unanswered": ((CAMBER, deeds.opens_claimed), (MALLORY, deeds.challenges)),
    "challenges": ((CAMBER, deeds.opens_claimed),),
    "rewrites_own_branch": ((CAMBER, deeds.works_on_code),),
    "confirms": ((CAMBER, deeds.opens_provisional), (MALLORY, deeds.opens_provisional)),
}
"""What is to be done, by whom, before something can be tried; three hours pass before a challenge."""


class BrokenError(AssertionError):
    """A push did what nobody may, or what everybody may was refused."""


@dataclass
class Campaign:
    """One guarded repository, and pushes into it until it is over."""

    folder: Path
    seed: int
    judge: Judge = judge_stdin
    real: bool = True
    now: datetime = START
    refused: Counter[str] = field(default_factory=Counter)
    landed: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.stamps = itertools.count(1)
        self.server: Server = found(self.folder, self.judge)
        self.model = Model(self.server)
        self.clones = Clones(self.folder, self.model)
        if wrong := self.model.after(Push(None, [("", "", ref) for ref in self.server.refs()]), START):
            raise BrokenError(wrong)

    @property
    def tricks(self) -> Sequence[Trick]:
        """What is tried once at least: two campaigns whose seeds follow each other try everything."""
        return TRICKS[self.seed % 2 :: 2]

    def run(self, pushes: int) -> None:
        """Push so often: first every trick of this campaign and every deed once, beside others."""
        tricks, honest = self._deck(self.tricks), self._deck(deeds.DEEDS)
        for number in range(pushes):
            self.now += timedelta(seconds=self.chance.randrange(20, 200))
            draw, left = self.chance.random(), pushes - number
            if number < WARM_UP:
                self.warm_up()
            elif len(tricks) + len(honest) >= left - SLACK or draw < 0.8:
                self._next(tricks, honest)
            elif draw < 0.9:
                self._mix()
            else:
                self._use_tool()
            if number % READ_EVERY == READ_EVERY - 1:
                self._read()
        self._read()

    def warm_up(self) -> None:
        """An honest push that gives others something to do."""
        self._be_honest(self.chance.choice(WARMING))

    def _deck(self, things: Sequence[Any]) -> list[Any]:
        return self.chance.sample(things, len(things))

    def _next(self, tricks: list[Trick], honest: list[Deed]) -> None:
        """A trick or a deed: those that were not tried yet first."""
        if self.chance.random() * (len(tricks) + len(honest) + 0.5) < len(tricks) + 0.25:
            trick = tricks.pop() if tricks else self.chance.choice(TRICKS)
            if not self.attempt(trick):
                tricks.insert(0, trick)
        else:
            deed = honest.pop() if honest else self.chance.choice(deeds.DEEDS)
            if not self._be_honest(deed):
                honest.insert(0, deed)

    # What is pushed

    def attempt(self, trick: Trick) -> bool:
        """A trick alone, beside honest deeds; False where the feed gave no occasion for it."""
        for attempt in range(2):
            try:
                draft = self._draft(trick.who, self.chance.choice((0, 0, 1, 2)))
                trick.act(draft)
                self._push(draft.push(), (), (trick,))
            except Unfit:
                self._prepare(trick.name) if not attempt else None
            else:
                return True
        return False

    def _be_honest(self, deed: Deed) -> bool:
        """An honest push; False where the feed gave no occasion for this deed."""
        deciders = deed in deeds.BY_DECIDERS
        for attempt in range(4):
            try:
                draft = self._draft(DECIDERS if deciders else WORKING, 0)
                deed(draft)
                done = [deed, *(self._also(draft) for _ in range(self.chance.choice((0, 0, 0, 1, 2))))]
                self._push(draft.push(), [one for one in done if one], ())
            except Unfit:
                self._prepare(deed.__name__) if not attempt else None
            else:
                return True
        return False

    def _prepare(self, name: str) -> None:
        """Do what must be done before something can be tried."""
        for pusher, deed in BEFORE.get(name, ()):
            if deed is deeds.challenges:
                self.now += LEAP
            draft = self._draft((pusher,), 0)
            with suppress(Unfit):
                deed(draft)
                self._push(draft.push(), (deed,), (), real=False)
            self.now += timedelta(seconds=30)
        if name == "ends_unanswered":
            self.now += LEAP

    def _mix(self) -> None:
        """Several tricks in one push."""
        tricks = [trick for trick in self.chance.sample(TRICKS, 3) if not trick.real and MALLORY in trick.who]
        draft = self._draft((MALLORY,), 1)
        with suppress(Unfit, KeyError):
            for trick in tricks:
                trick.act(draft)
            self._push(draft.push(), (), tricks)

    def _draft(self, who: Sequence[str | None], honest: int) -> Draft:
        draft = Draft(self.model, self.stamps, self.chance, self.chance.choice(who), self.now)
        for _ in range(honest):
            self._also(draft)
        return draft

    def _also(self, draft: Draft) -> Deed | None:
        """One more honest deed in a push, where there is occasion for it."""
        deed = self.chance.choice(BESIDE)
        with suppress(Unfit):
            deed(draft)
            return deed
        return None

    def _push(
        self, push: Push, honest: Sequence[Deed], tricks: Sequence[Trick], real: bool | None = None
    ) -> None:
        """Push, and hold what became of it to the model; raises BrokenError."""
        wanted = {real, *(trick.real for trick in tricks)} - {None}
        real = wanted.pop() if wanted else self.real and self.chance.random() < REAL_SHARE
        before = self.model.refs
        said = self.server.received(push) if real else self.server.judged(push, self.now)
        self.counts["real" if real else "judged in this process"] += 1
        wrong = self.model.after(push, None if real else self.now)
        names = ", ".join([*(deed.__name__ for deed in honest), *(trick.name for trick in tricks)])
        if tricks and self.model.refs != before:
            wrong.append("a push that must be refused landed")
        if honest and any(self.model.refs.get(ref, EMPTY_SHA) != new for _, new, ref in push.commands):
            wrong.append(f"an honest push was refused: {said}")
        if wrong:
            raise BrokenError(f"seed {self.seed}, {push.pusher} {names}: {wrong}")
        if not real and self.model.refs != before:
            self.server.note(self.now)
        self.landed.update(deed.__name__ for deed in honest)
        self.refused.update(trick.name for trick in tricks if len(tricks) == 1)

    def _use_tool(self) -> None:
        """A command of the product by an honest seat."""
        before = self.model.refs
        seat, words, said = self.clones.work(self.chance, self.now)
        self.server.adopt()
        now = self.server.refs()
        changed = [ref for ref in before.keys() | now.keys() if before.get(ref) != now.get(ref)]
        wrong = self.model.after(Push(seat, [("", "", ref) for ref in changed]), None)
        if wrong or not changed:
            raise BrokenError(f"seed {self.seed}, {seat} {words}: {wrong or said}")
        self.counts["real"] += 1
        self.landed[f"git ledger {words[0]}"] += 1

    def _read(self) -> None:
        """No reader falls over what landed, and all tell the same holders as the model."""
        if wrong := self.clones.read(self.now):
            raise BrokenError(f"seed {self.seed}: {wrong}")
