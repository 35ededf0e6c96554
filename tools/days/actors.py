"""Who acts in a simulated hour: workers in a runtime, a strat that files, a shepherd that scans.

Each is a generator that yields the minutes after which it goes on, and knows of the others by the feed alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from days.fleet import Fleet
from days.plan import BACKLOG, COMMAND, ILL_BEHAVED, PROMPTED_EVERY, REMEMBERS, SCAN_EVERY, WORK
from ledger import rules
from ledger.app.deeds.append import wish
from ledger.app.deeds.turn_writes import post_left_behind
from ledger.app.judge.repairs import find_repairs
from ledger.app.write.judging import view_whole_feed
from ledger.app.write.viewing import make_plan_view
from ledger.core.model import Finding, State
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.stop_policy import StopMemory, judge_stop
from ledger.core.queue.turns import find_idle_claims, judge_turn
from ledger.core.write.plan import PlanView
from ledger.core.write.requests import PostRequest, WriteRequest

Acts = Iterator[float]
TURNS = ("done-and-dark", "idle-beside-work", "abandoned-follow-on", "stale-offer", "silent-fleet")
"""The rules that name a seat or a ticket that was left."""


@dataclass
class Worker:
    """An agent in a runtime; `hooks` when that has those of `git ledger setup`."""

    fleet: Fleet
    name: str
    hooks: bool
    retired: bool = True
    told: StopMemory = field(default_factory=StopMemory)
    stops_blocked: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.name)

    def works(self) -> Acts:
        """Prompted by an operator who looks in now and then."""
        while True:
            if self.retired:
                self.fleet.land(self.name, wish("boot", driver="operator", lanes=("camber", "ora")))
                self.retired = False
            yield from self._is_prompted()
            yield PROMPTED_EVERY

    def _is_prompted(self) -> Acts:
        """One prompt: take a ticket, do it, and go on or stop. What the hook of a stop says is a new one."""
        remembers = 0.0 if self.name == ILL_BEHAVED else REMEMBERS
        goes_on = True
        while goes_on:
            yield self.chance.uniform(*COMMAND)
            item = self._claim_best()
            if item:
                yield from self._does(item)
                goes_on = self.chance.random() < remembers or self._stop_is_blocked()
            else:
                goes_on = self._stop_is_blocked()
                if self.hooks and not goes_on and self.name != ILL_BEHAVED:
                    self.fleet.land(self.name, wish("retire"))
                    self.retired = True

    def _claim_best(self) -> str | None:
        """What `turn close --claim` takes: the first trigger, if there is one."""
        taken: list[str] = []

        def best(view: PlanView, intent: WriteRequest) -> WriteRequest:
            triggers = SeatView(view.board, view.config, self.name, view.now).claimable_tickets
            taken[:] = [triggers[0].id] if triggers else []
            claims = tuple(wish("actionable", item=item, state="CLAIMED") for item in taken)
            return replace(intent, wishes=claims)

        self.fleet.land(self.name, revise=best)
        return taken[0] if taken else None

    def _does(self, item: str) -> Acts:
        """Work for some minutes, file what turned up, and close."""
        yield self.chance.uniform(*WORK)
        if self.chance.random() < 0.5:
            fields = {"subject": f"Found in {item}", "state": "AWAITING_CLAIM", "parent": item}
            self.fleet.land(self.name, PostRequest("actionable", fields, reserve="CMB"))
        yield self.chance.uniform(*COMMAND)
        self.fleet.land(self.name, wish("actionable", "done", item=item, state="DONE"))

    def _stop_is_blocked(self) -> bool:
        """Stop as a runtime does whose hook asks the ledger; false where it has none."""
        if not self.hooks:
            return False
        feed = self.fleet.read(self.name)
        eyes = SeatView(feed.board, feed.config, self.name, self.fleet.now())
        turn, idle = judge_turn(eyes), find_idle_claims(eyes)
        claims = eyes.life.claims if eyes.life else 0
        verdict = judge_stop(self.told, claims, [one.item for one in turn.triggers], list(idle))
        self.told = verdict.memory
        if verdict.note:
            post_left_behind(self.fleet.ledger(self.name), turn, "it was told of them and took none")
        blocked = verdict.triggers or bool(verdict.idle)
        self.stops_blocked += blocked
        return blocked


def files(fleet: Fleet, name: str) -> Acts:
    """A strat: looks at the queue each minute, and files what the backlog misses."""
    chance = Random(name)
    while True:
        tickets = fleet.read(name).board.open_tickets()
        missing = BACKLOG - sum(one.state is State.AWAITING_CLAIM for one in tickets)
        if missing > 0:
            fleet.land(name, *(_work(chance) for _ in range(missing)))
        yield 1.0


def _work(chance: Random) -> PostRequest:
    lane, priority = chance.choice(("camber", "ora")), chance.choice(("HIGH", "NORMAL", "LOW"))
    fields = {"subject": "Work", "state": "AWAITING_CLAIM", "lane": lane, "priority": priority}
    return PostRequest("actionable", fields, reserve="CMB")


@dataclass(frozen=True)
class Scan:
    """One look of the shepherd: when, in minutes, and what it found of seats and tickets that were left."""

    at: float
    named: tuple[Finding, ...]


def scans(fleet: Fleet, name: str, log: list[Scan]) -> Acts:
    """A shepherd: judges the whole feed every few minutes, nudges, and keeps what it named."""
    while True:
        ledger, feed = fleet.ledger(name), fleet.read(name)
        view = view_whole_feed(make_plan_view(ledger, feed, {}))
        found = [finding for rule in TURNS for finding in rules.BY_NAME[rule].check(view)]
        log.append(Scan(fleet.minutes, tuple(found)))
        if nudges := [one.wish for one in find_repairs(view, name)]:
            fleet.land(name, *nudges)
        yield SCAN_EVERY
