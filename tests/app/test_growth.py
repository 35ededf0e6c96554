"""The guard with its index says the same of a push as a full check: of random feeds and random pushes."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from ledger.app.check import judged_range
from ledger.app.growth import judge_growth
from ledger.app.ledger import Asked, open_ledger
from ledger.app.world import World
from ledger.core.ids import post_id, post_path, stamp
from ledger.core.intents import Value
from ledger.core.model import Finding
from ledger.core.numbers import Reservation, write_reservation, write_tip
from ledger.core.posts import render_post
from ledger.store.git import Git
from ledger.store.local import LocalStore
from ledger.store.repo import Repo
from ledger.store.swap import ABSENT
from ledger.store.swap import Value as RefValue
from tests.gitrun import git, new_repository
from tests.store.stores import commit

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SEATS = ("A-1", "B-1", "STRAT-1")
FEW = ("CMB-0001", "CMB-0002", "CMB-0003", "CMB-0004", "PRV-0001", "PRV-0002", "DAY-2026112001")
MANY = (
    *FEW,
    *(f"CMB-{n:04}" for n in range(5, 40)),
    *(f"PRV-{n:04}" for n in range(3, 12)),
    "DAY-2026112002",
)
STATES = ("AWAITING_CLAIM", "CLAIMED", "CLAIMED", "BLOCKED", "DONE", "PARKED", "CANCELLED")
CONFIG = b"""\
namespaces:
  CMB: {id: "CMB-{n:04}"}
  PRV: {id: "PRV-{n:04}", private_to: A-1}
  DAY: {id: "DAY-{yyyymmdd}{n:02}"}
seats:
  A-1: {role: code}
  B-1: {role: code, wip: 2}
  STRAT-1: {role: strat}
"""
LOOSE = CONFIG.replace(b"role: strat", b"role: verify, wip: 9").replace(
    b"A-1: {role: code}", b"A-1: {role: strat}"
)


@dataclass
class Writer:
    """Draws posts, most of them plausible, on top of those that it drew before."""

    chance: Random
    tickets: tuple[str, ...]
    forging: float
    """How often a place on the chain is forged, from 0 to 1."""
    names: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    head: tuple[str, int] | None = None

    def post(self) -> tuple[str, bytes]:
        """The file of one post that nobody drew before."""
        chance = self.chance
        at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=chance.randrange(600))
        seat = chance.choice(SEATS)
        nonce = (
            self.names[-1][-16:]
            if self.names and chance.random() < 0.03
            else f"{chance.getrandbits(64):016x}"
        )
        name = post_id(at, seat, nonce)
        fields: dict[str, Value] = {"seat": seat, "at": stamp(at)}
        body = self._says(fields)
        self._place(name, fields)
        self.names.append(name)
        return post_path(name), render_post(list(fields.items()), body)

    def _place(self, name: str, fields: dict[str, Value]) -> None:
        """A place on the chain, made by hand, or a forgery."""
        draw = self.chance.random()
        if draw < 0.3:
            self.by_hand.append(name)
            return
        seq = self.head[1] + 1 if self.head else 1
        forged = self.chance.random() < self.forging
        fields["seq"] = str(self.chance.randrange(1, seq + 3) if forged else seq)
        if self.head and not (forged and draw < 0.6):
            fields["prev"] = self.head[0]
        saw = self.by_hand if self.chance.random() < 0.8 else self.by_hand[1:]
        if saw:
            fields["saw"] = tuple(saw[:250])
        self.head, self.by_hand = (name, seq), [one for one in self.by_hand if one not in saw]

    def _says(self, fields: dict[str, Value]) -> str:
        chance, item = self.chance, self.chance.choice(self.tickets)
        kind = chance.choices(
            ("actionable", "note", "ruling", "amendment", "confirm", "boot", "retire"),
            (60, 5, 10, 8, 3, 5, 4),
        )[0]
        fields["kind"] = kind
        if kind == "actionable":
            return self._moves(fields, item)
        if kind == "ruling":
            fields |= {"rules_on": (item,), "subject": "Which"}
            if self.names and chance.random() < 0.3:
                fields["corrects"] = chance.choice(self.names)
            lines = [
                chance.choice(("DONE (why)", "AWAITING_CLAIM (why)", f"DONE absorbed-by:{item}"))
                for _ in "ab"
            ]
            return "\n".join(f"ABSORB: {chance.choice(self.tickets)} -> {line}" for line in lines)
        if kind == "boot":
            fields |= {"wip": str(chance.randrange(1, 4)), "cap": str(chance.randrange(1, 4))}
        if kind in ("amendment", "confirm", "note"):
            fields["item"] = item
        if kind == "amendment":
            return self._amends(fields, item)
        return {"confirm": f"CONFIRMED: {item}", "retire": "bye"}.get(kind, "hello")

    def _amends(self, fields: dict[str, Value], item: str) -> str:
        if self.names and self.chance.random() < 0.5:
            opening = self.chance.choice(self.names)
            return f"AMENDMENT: {self.chance.choice(self.tickets)} -> {item} post:{opening}"
        fields["owner"] = self.chance.choice(("open", "A-1", "awaiting-STRAT-1-ruling"))
        fields["after"] = (self.chance.choice(self.tickets),)
        return "since it is so"

    def _moves(self, fields: dict[str, Value], item: str) -> str:
        chance = self.chance
        state = chance.choice(STATES)
        fields |= {"item": item, "state": state}
        if chance.random() < 0.35:
            fields["subject"] = "Work"
            if chance.random() < 0.3:
                fields["after"] = (chance.choice(self.tickets),)
        if state == "BLOCKED":
            on = chance.choice(self.tickets)
            fields["blocked_on"] = (chance.choice((on, f"ruling:{on}", "the weather")),)
        named = chance.choice(self.names) if self.names else "20261120T000000000Z-a-1-0000000000000000"
        words = (
            "why",
            "RELEASE: so",
            "REPAIR: so",
            f"AUTO-RELEASE: post:{named}",
            "HANDOFF: A-1 (capacity: so)",
        )
        return chance.choice((*words, f"CONFIRM-PENDING: {item}", "why", "why"))


def told(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    """Findings in one order. Lines of landed files are left out, which a push does not bring."""
    return sorted(
        f"{one.rule} {one.severity} {one.where.path}:{one.where.line} {one.message}" for one in findings
    )


def push(writer: Writer, store: LocalStore, tip: RefValue) -> str:
    """A commit that adds one to three posts; now and then it edits one or changes the settings."""
    files = dict(writer.post() for _ in range(writer.chance.randrange(1, 4)))
    if writer.chance.random() < 0.1:
        files["feed/ledger.yaml"] = LOOSE if writer.chance.random() < 0.5 else CONFIG
    if writer.chance.random() < 0.02 and len(writer.names) > 4:
        files[post_path(writer.names[0])] = b"---\nedited\n"
    if writer.chance.random() < 0.02 and len(writer.names) > 4:
        copied = post_path(writer.names[-1])
        files[copied.replace("feed/2026", "feed/2027")] = files.get(copied, b"")
    return commit(store, tip, files)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("tickets", "forging"), [(FEW, 0.0), (MANY, 0.0), (FEW, 0.05)], ids=["few", "many", "forged"]
)
def test_the_guard_says_what_a_full_check_says(
    seed: int, tickets: tuple[str, ...], forging: float, tmp_path: Path
) -> None:
    path = new_repository(tmp_path / "repo")
    writer = Writer(Random(seed), tickets, forging)
    place = path / ".git"
    store = LocalStore(Repo(place, place, place, False, Git(place), ()), "main", time.sleep)
    for n in writer.chance.sample(range(1, 5), 3):
        owner = Reservation("CMB", n, f"CMB-{n:04}", writer.chance.choice(SEATS), stamp(NOW), "0" * 16)
        git(path, "update-ref", f"refs/reserve/CMB/{n}", store.put(write_reservation(owner)))
    git(path, "update-ref", "refs/reserve/CMB/tip", store.put(write_tip(4, "0" * 16)))
    world = World(lambda: NOW, time.monotonic, time.sleep, lambda: 0.0, lambda: "0" * 16)
    ledger = open_ledger(Asked(path), world)
    tip = commit(store, ABSENT, {"feed/ledger.yaml": CONFIG})
    for _ in range(20):
        fresh = push(writer, store, tip)
        said = judge_growth(store, tip, fresh, {}, NOW).findings
        assert told(said) == told(judged_range(ledger, f"{tip}..{fresh}").findings)
        tip = fresh
