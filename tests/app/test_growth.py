"""The guard with its index says the same of a push as a full check: of random feeds and random pushes."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from ledger.app.effects import Effects
from ledger.app.guard.push_check import judge_pushed_posts
from ledger.app.judge.check import judge_range
from ledger.app.ledger import GlobalOptions, open_ledger
from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.core.model import Finding
from ledger.core.write.numbers import Reservation, encode_reservation, encode_tip
from ledger.core.write.requests import Value
from ledger.faces.context import since_boot
from ledger.store.contract import ABSENT
from ledger.store.contract import Value as RefValue
from ledger.store.git.process import Git
from ledger.store.git.repository import Repo
from ledger.store.guard.let_in import Record
from ledger.store.local import LocalStore
from tests.feeds import feed
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
CLONE = "clone:00000000000000c1"
CLONES = (CLONE, CLONE, "clone:00000000000000c2")
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
    claims: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The newest post of each ticket that claims it, and its seat."""
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The newest challenge of each ticket, and its seat."""
    by_hand: list[str] = field(default_factory=list)
    head: tuple[str, int] | None = None

    def post(self) -> tuple[str, bytes]:
        """The file of one post that nobody drew before."""
        chance = self.chance
        at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(
            minutes=chance.randrange(chance.choice((600, 600, 1500)))
        )
        seat = chance.choice(SEATS)
        nonce = (
            self.names[-1][-16:]
            if self.names and chance.random() < 0.03
            else f"{chance.getrandbits(64):016x}"
        )
        name = make_post_id(at, seat, nonce)
        fields: dict[str, Value] = {"seat": seat, "at": format_timestamp(at)}
        body = self._says(fields)
        self._remember(name, seat, fields, body)
        self._place(name, fields)
        self.names.append(name)
        return path_of_post(name), render_post(list(fields.items()), body)

    def _remember(self, name: str, seat: str, fields: dict[str, Value], body: str) -> None:
        """Keep what a challenge and its end have to name."""
        item = str(fields.get("item"))
        if fields.get("state") == "CLAIMED":
            self.claims[item] = name, seat
        if body.startswith("CHALLENGE"):
            self.asked[item] = name, seat

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
            (60, 12, 10, 8, 3, 5, 4),
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
        if kind == "note":
            return self._asks(item)
        return {"confirm": f"CONFIRMED: {item}", "retire": "bye"}.get(kind, "hello")

    def _asks(self, item: str) -> str:
        some = self.chance.choice(self.names or ["nobody"])
        named = self.claims[item][0] if item in self.claims and self.chance.random() < 0.8 else some
        grace = self.chance.choice(("10m", "1s", "2h"))
        asks = f"CHALLENGE: {item} post:{named} grace:{grace} {self.chance.choice(CLONES)}"
        return self.chance.choice(("hello", f"ALIVE: {item}", f"ALIVE: {self.tickets[0]}", asks, asks))

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
            fields["blocked_on"] = tuple(dict.fromkeys(self._wait() for _ in range(chance.randrange(1, 4))))
        if state == "CLAIMED" and chance.random() < 0.5:
            fields["clone"] = chance.choice(CLONES).removeprefix("clone:")
        named = chance.choice(self.names) if self.names else "20261120T000000000Z-a-1-0000000000000000"
        if item in self.asked:
            named = self.asked[item][0]
        words = (
            "why",
            "RELEASE: so",
            "REPAIR: so",
            f"AUTO-RELEASE: post:{named} {chance.choice(CLONES)} (silent)",
            "HANDOFF: A-1 (capacity: so)",
        )
        return chance.choice((*words, f"CONFIRM-PENDING: {item}", "why", "why"))

    def _wait(self) -> str:
        """Something that a block waits for: tickets more often than not, of any series, some unknown."""
        on = self.chance.choice((*self.tickets, *self.tickets, "CMB-0999"))
        return self.chance.choice((on, on, on, f"ruling:{on}", "the weather", "a decision by strat"))


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
        files[path_of_post(writer.names[0])] = b"---\nedited\n"
    if writer.chance.random() < 0.02 and len(writer.names) > 4:
        copied = path_of_post(writer.names[-1])
        files[copied.replace("feed/2026", "feed/2027")] = files.get(copied, b"")
    return commit(store, tip, files)


@dataclass(frozen=True)
class Case:
    """A feed, a push, and a rule that only speaks (or is only silent) when a landed post is known which no
    ticket of the push leads to at first sight."""

    name: str
    landed: str
    new: str
    rule: str
    speaks: bool = True


OTHERS = """
02:00 B-1 opens CMB-0030: Something else
02:01 B-1 claims CMB-0030
02:02 B-1 finishes CMB-0030
"""
LATER = """
03:50 STRAT-1 notes: the end of the chain
03:51 STRAT-1 notes by hand: seen by nobody yet
"""
CASES = [
    Case(
        "a gate is DONE",
        "03:00 A-1 opens CMB-0001: Gate\n03:01 A-1 claims CMB-0001\n03:02 A-1 finishes CMB-0001\n"
        "03:03 A-1 opens CMB-0002 after=CMB-0001: Behind it",
        "04:00 A-1 claims CMB-0002",
        "gate-not-open",
        speaks=False,
    ),
    Case(
        "a block is DONE",
        "03:00 A-1 opens CMB-0001: Gate\n03:01 A-1 claims CMB-0001\n03:02 A-1 finishes CMB-0001\n"
        "03:03 A-1 opens CMB-0002 state=BLOCKED blocked_on=CMB-0001: Behind it",
        "04:00 B-1 claims CMB-0002",
        "illegal-move",
        speaks=False,
    ),
    Case(
        "a circle of gates",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002 after=CMB-0001: b\n"
        "03:02 A-1 opens CMB-0003 after=CMB-0002: c",
        "04:00 A-1 amends CMB-0001 after=CMB-0003: so",
        "circular-wait",
    ),
    Case(
        "the holder retired",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 claims CMB-0001\n03:02 A-1 retires: bye",
        "04:00 B-1 claims CMB-0001",
        "not-the-holder",
        speaks=False,
    ),
    Case(
        "the holder's claim and retirement were made by hand",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 claims CMB-0001 by hand\n03:02 A-1 retires by hand: bye",
        "04:00 B-1 claims CMB-0001",
        "not-the-holder",
        speaks=False,
    ),
    Case(
        "the seat holds another ticket",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002: b\n03:02 A-1 claims CMB-0001",
        "04:00 A-1 claims CMB-0002",
        "claim-over-wip",
    ),
    Case(
        "the seat's DONE of another ticket was refused",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0001: again\n03:02 A-1 opens CMB-0002: b\n"
        "03:03 A-1 claims CMB-0001\n03:04 A-1 finishes CMB-0001\n03:05 A-1 opens CMB-0003 state=CLAIMED: c\n"
        "03:06 A-1 opens CMB-0003: again\n03:07 A-1 finishes CMB-0003",
        "04:00 A-1 claims CMB-0002",
        "claim-over-wip",
    ),
    Case(
        "the seat booted with a wip of its own",
        "03:00 A-1 boots wip=2: up\n03:01 A-1 opens CMB-0001: a\n03:02 A-1 claims CMB-0001\n"
        "03:03 A-1 opens CMB-0002: b",
        "04:00 A-1 claims CMB-0002",
        "claim-over-wip",
        speaks=False,
    ),
    Case(
        "the seat's cap is used up by what is done",
        "03:00 A-1 boots cap=1: up\n03:01 A-1 opens CMB-0001: a\n03:02 A-1 claims CMB-0001\n"
        "03:03 A-1 finishes CMB-0001\n03:04 A-1 opens CMB-0002: b",
        "04:00 A-1 claims CMB-0002",
        "claim-over-wip",
    ),
    Case(
        "the seat retired",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 retires: bye",
        "04:00 A-1 claims CMB-0001",
        "retired-seat",
    ),
    Case(
        "a ticket waits for the ruling",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002: b\n"
        "03:02 A-1 blocks CMB-0002 blocked_on=ruling:CMB-0001: waits",
        "04:00 STRAT-1 rules rules_on=CMB-0001: Which\n| ABSORB: CMB-0001 -> DONE (so)",
        "missed-absorb",
    ),
    Case(
        "a ticket waits for a ruling without naming it",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002 owner=awaiting-STRAT-1-ruling: b",
        "04:00 STRAT-1 rules rules_on=CMB-0001: Which\n| ABSORB: CMB-0001 -> DONE (so)",
        "unnamed-wait",
    ),
    Case(
        "a ticket waits for a ruling in words",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002: b\n"
        "03:02 A-1 blocks CMB-0002: awaiting ruling from strat",
        "04:00 STRAT-1 rules rules_on=CMB-0001: Which\n| ABSORB: CMB-0001 -> DONE (so)",
        "unnamed-wait",
    ),
    Case(
        "what a new block names is there",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002: b",
        "04:00 A-1 blocks CMB-0001 blocked_on=ruling:CMB-0002: waits",
        "unknown-wait",
        speaks=False,
    ),
    Case(
        "a block that still holds is lifted",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002: b\n"
        "03:02 A-1 blocks CMB-0002 blocked_on=CMB-0001: waits",
        "04:00 B-1 releases CMB-0002: because",
        "role-may-not-rule",
    ),
    Case(
        "a block that is over is lifted",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 opens CMB-0002: b\n"
        "03:02 A-1 blocks CMB-0002 blocked_on=ruling:CMB-0001: waits\n"
        "03:03 STRAT-1 rules rules_on=CMB-0001: Which\n| ABSORB: CMB-0001 -> DONE (so)",
        "04:00 B-1 releases CMB-0002: because",
        "role-may-not-rule",
        speaks=False,
    ),
    Case(
        "the namespace is not private any more",
        "03:00 B-1 opens PRV-0001: by another seat",
        "04:00 A-1 opens PRV-0002: mine",
        "unreserved-ticket",
    ),
    Case(
        "the first of a series that was named before",
        "03:00 A-1 opens CMB-0001 related=DAY-2026112007: a",
        "04:00 A-1 opens DAY-2026112001: the first",
        "unreserved-ticket",
    ),
    Case(
        "the order of two claims made by hand",
        "03:00 A-1 opens CMB-0001: a\n03:09 B-1 claims CMB-0001 by hand\n03:10 STRAT-1 notes: seen\n"
        "03:05 A-1 claims CMB-0001 by hand\n03:11 STRAT-1 notes: seen",
        "04:00 B-1 finishes CMB-0001",
        "not-the-holder",
        speaks=False,
    ),
    Case(
        "a moved ticket",
        "03:00 A-1 opens CMB-0001: a\n03:01 B-1 opens CMB-0001: b\n"
        "03:02 B-1 moves CMB-0002: CMB-0001 -> CMB-0002 post:#5",
        "04:00 A-1 claims CMB-0002",
        "illegal-move",
        speaks=False,
    ),
    Case(
        "a claim that landed as a fork of the chain",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 claims CMB-0001 seq=2 prev=#1 by hand",
        "04:00 B-1 claims CMB-0001",
        "not-the-holder",
    ),
    Case(
        "a claim that is alive",
        "03:00 A-1 opens CMB-0001: a\n03:01 A-1 claims CMB-0001\n"
        f"05:02 B-1 challenges CMB-0001: post:#2 grace:10m {CLONE}\n05:03 A-1 lives: CMB-0001",
        f"06:00 B-1 sweeps CMB-0001: post:#3 {CLONE} (silent)",
        "premature-release",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_no_ticket_of_the_push_leads_to(case: Case, tmp_path: Path) -> None:
    before = f"{OTHERS}{case.landed}{LATER}"
    landed, both = feed(before).files, feed(before + case.new).files
    scene = Scene(new_repository(tmp_path / "repo"))
    old = commit(scene.store, ABSENT, {"feed/ledger.yaml": CONFIG, **landed})
    new = commit(scene.store, old, {path: data for path, data in both.items() if path not in landed})
    found = scene.findings(old, new)
    assert told(found) == told(scene.full(old, new))
    assert (case.rule in {one.rule for one in found}) is case.speaks


@dataclass(frozen=True)
class Scene:
    """A repository that is judged twice: as the guard does, and as a check of the whole feed does."""

    path: Path

    @property
    def store(self) -> LocalStore:
        place = self.path / ".git"
        return LocalStore(Repo(place, place, place, False, Git(place), ()), "main", time.sleep)

    def findings(self, old: str, new: str) -> tuple[Finding, ...]:
        return judge_pushed_posts(self.store, old, new, {}, NOW, Record(self.store.repo.git_dir)).findings

    def full(self, old: str, new: str) -> list[Finding]:
        world = Effects(lambda: NOW, time.monotonic, time.sleep, lambda: 0.0, lambda: "0" * 16, since_boot)
        return judge_range(open_ledger(GlobalOptions(self.path), world), f"{old}..{new}").findings


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
@pytest.mark.parametrize(
    ("tickets", "forging"), [(FEW, 0.0), (MANY, 0.0), (FEW, 0.05)], ids=["few", "many", "forged"]
)
def test_the_guard_says_what_a_full_check_says(
    seed: int, tickets: tuple[str, ...], forging: float, tmp_path: Path
) -> None:
    scene = Scene(new_repository(tmp_path / "repo"))
    store, writer = scene.store, Writer(Random(seed), tickets, forging)
    for n in writer.chance.sample(range(1, 5), 3):
        owner = Reservation(
            "CMB", n, f"CMB-{n:04}", writer.chance.choice(SEATS), format_timestamp(NOW), "0" * 16
        )
        git(scene.path, "update-ref", f"refs/reserve/CMB/{n}", store.write_blob(encode_reservation(owner)))
    git(scene.path, "update-ref", "refs/reserve/CMB/tip", store.write_blob(encode_tip(4, "0" * 16)))
    tip = commit(store, ABSENT, {"feed/ledger.yaml": CONFIG})
    for _ in range(20):
        fresh = push(writer, store, tip)
        assert told(scene.findings(tip, fresh)) == told(scene.full(tip, fresh))
        tip = fresh
