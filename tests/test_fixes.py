"""Every fix that the gallery prints, and every hint behind it, followed to the letter: nothing is lost by it.

The commands in back-ticks are run as the seat that the text names, else as the seat that was told, on a
repository that holds the feed of the case, at the gallery's own time.
"""

import io
import re
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ledger.app.effects import Effects
from ledger.core.config.config import CONFIG_PATH
from ledger.core.model import Finding, State, Where
from ledger.core.write.numbers import Reservation, Series, encode_reservation, encode_tip
from ledger.faces.cli.main import run
from ledger.faces.context import Context, since_boot
from ledger.rules import RULES, judge
from ledger.rules.view import View
from ledger.store.contract import ABSENT
from tests.faces.envs import Said, said_by
from tests.feeds import feed, moment
from tests.fleet import refs
from tests.gitrun import git, new_repository
from tests.rules.test_gallery import GALLERY
from tests.rules.views import NOW, view
from tests.store.stores import LEDGER, commit, local_store

COMMAND = re.compile(r"`git ledger ([^`]*)`(?: by ([A-Za-z0-9._-]*[A-Za-z0-9]))?")
DEPTH = 2
"""A hint of a refused command is followed too, and the hint of that."""


@dataclass(frozen=True)
class Scene:
    """A repository that holds a feed, in which commands run in this process at the gallery's time."""

    path: Path
    nonces: Iterator[int] = field(default_factory=count)
    heard: dict[tuple[str, str, tuple[str, ...]], Said] = field(default_factory=dict)
    """What commands that changed nothing answered, by the refs that they found: they would again."""

    def run(self, seat: str, *words: str) -> Said:
        """What a command answers; one that changes nothing runs once for each state of the repository."""
        before = refs(self.path)
        if found := self.heard.get((before, seat, words)):
            return found
        answer = self._run_command(seat, words)
        if refs(self.path) == before:
            self.heard[before, seat, words] = answer
        return answer

    def put_back(self, before: str) -> None:
        """Give every ref what it was, as `refs` has them: what this clone saw since then is forgotten."""
        if (now := refs(self.path)) != before:
            gone = [f"delete {line.split()[0]}" for line in now.splitlines()]
            made = [f"create {line}" for line in before.splitlines()]
            git(self.path, "update-ref", "--stdin", stdin="\n".join([*gone, ""]))
            git(self.path, "update-ref", "--stdin", stdin="\n".join([*made, ""]))

    def _run_command(self, seat: str, words: tuple[str, ...]) -> Said:
        world = Effects(lambda: moment(NOW), time.monotonic, time.sleep, lambda: 0.0, self._nonce, since_boot)
        env = Context(world, {}, self.path, io.BytesIO(), io.StringIO(), io.StringIO())
        return said_by(env, run(("--seat", seat, *words), env))

    def _nonce(self) -> str:
        return f"{next(self.nonces) + (1 << 60):016x}"

    def rows(self) -> dict[str, dict[str, Any]]:
        """Each ticket as it stands."""
        import json

        told = self.run("READER-1", "queue", "--all", "--json")
        assert told.code == 0, told
        return {one["item"]: one for one in json.loads(told.out)["items"]}

    def paths(self) -> set[str]:
        """The files of the feed."""
        return set(git(self.path, "ls-tree", "-r", "--name-only", LEDGER).splitlines())


def scene(folder: Path, text: str, config: str, series: dict[str, Series]) -> Scene:
    """A repository with a feed, its settings and its reservations."""
    place = new_repository(folder)
    store = local_store(place)
    files = feed(text).files | ({CONFIG_PATH: config.encode()} if config else {})
    git(place, "update-ref", LEDGER, commit(store, ABSENT, {"feed/README.md": b"The feed.\n", **files}))
    for one in series.values():
        tip = max([one.tip, *one.taken])
        git(place, "update-ref", f"refs/reserve/{one.name}/tip", store.write_blob(encode_tip(tip, "0" * 16)))
        for n in one.taken:
            owner = one.owners.get(n) or Reservation(one.name, n, f"{one.name}-{n:04}", "?", "", "0" * 16)
            git(
                place,
                "update-ref",
                f"refs/reserve/{one.name}/{n}",
                store.write_blob(encode_reservation(owner)),
            )
    return Scene(place)


def text_of(case: Path, name: str) -> str:
    return (case / name).read_text() if (case / name).exists() else ""


def told(case: Path, whole: bool) -> tuple[View, str]:
    """What the case is judged by, and the feed that stands when its fixes are followed: what has landed, or,
    for the findings on the whole, all of it."""
    landed, new = text_of(case, "feed.txt"), text_of(case, "new.txt")
    config, series = text_of(case, "ledger.yaml"), text_of(case, "series.txt")
    if whole:
        landed, new = f"{landed}\n{new}", ""
    judged = view(landed, new or None, config=config, series=series or None)
    return replace(judged, lenient_history=whole), landed


FILLED = {
    "--why": "since it is so",
    "--subject": "What is to be done",
    "--after": "none",
}


def working_seat(view: View) -> str:
    """A seat that may claim: the first that is listed, else any."""
    listed = (
        seat for seat, row in (view.config.seats or {}).items() if row.role == "code" and not row.surfaces
    )
    return next(listed, "CAMBER-09")


def words_of(command: str, finding: Finding, view: View) -> list[str]:
    """The words of a command with every placeholder filled in."""
    tickets = [one.id for one in view.board.open_tickets()] or ["CMB-0001"]
    item = finding.item or tickets[0]
    words = shlex.split(command.replace("[", "").replace("]", ""))
    filled: list[str] = []
    for word in words:
        option = filled[-1] if filled else ""
        if word == "…" and option.startswith("--"):
            word = "ruling:" + tickets[-1] if option == "--on" else FILLED[option]
        elif word == "…":
            filled += {"append": ["--subject", FILLED["--subject"]], "rule": ["--on", item]}.get(
                filled[0], ["hm"]
            )
            continue
        word = word.replace("ruling:ID", f"ruling:{tickets[-1]}")
        named = {
            "SEAT": working_seat(view),
            "ID": item,
            "TEXT": "It is so.",
            "NAME": "CAMBER-09",
            "RULE": finding.rule,
        }
        filled.append(named.get(word, word))
    return filled


def follow(scene: Scene, text: str, seat: str, finding: Finding, view: View, depth: int = DEPTH) -> None:
    """Run each command of a fix or hint, and those of the hints where one is refused."""
    for command, by in COMMAND.findall(text):
        before, files = scene.rows(), scene.paths()
        words = words_of(command, finding, view)
        said = scene.run(by or seat, *words)
        where = f"{words} by {by or seat}, told {text!r}: {said}"
        assert said.code not in (2, 70), where
        harmless(before, scene.rows(), where)
        assert files <= scene.paths(), where
        hint = "".join(line for line in said.err.splitlines() if line.startswith("hint:"))
        if depth and said.code and hint:
            follow(scene, hint, by or seat, finding, view, depth - 1)


def harmless(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], where: str) -> None:
    """Nothing was closed, lost or taken, and no number given twice."""
    for item, row in before.items():
        assert item in after, where
        now = after[item]
        closed = {State.DONE, State.CANCELLED}
        assert now["state"] not in closed or row["state"] in closed, where
        holder, was = now.get("holder"), row.get("holder")
        assert was is None or holder is None or holder["seat"] == was["seat"], where
        assert len(now.get("collision", ())) <= len(row.get("collision", ())), where
        assert now["subject"] == row["subject"] or row.get("collision"), where


@pytest.mark.parametrize("whole", [False, True], ids=["as it is told", "on the whole feed"])
@pytest.mark.parametrize("name", [rule.name for rule in RULES])
def test_a_fix_followed_to_the_letter_loses_nothing(name: str, whole: bool, tmp_path: Path) -> None:
    case = GALLERY / name
    seen, text = told(case, whole)
    findings = [one for one in judge(seen) if COMMAND.search(one.fix)]
    for n, finding in enumerate(findings):
        post = seen.board.posts.get(finding.post or "")
        place = scene(tmp_path / str(n), text, text_of(case, "ledger.yaml"), dict(seen.series))
        follow(place, finding.fix, post.seat if post else "SHEPHERD-1", finding, seen)


ROLES = "seats: {S: {role: strat}, A: {role: code}, B: {role: code}, C: {role: code}}\n"
FEED = """
    03:50 A opens CMB-0001: Open
    03:50 A opens CMB-0002: Held
    03:51 B claims CMB-0002
    03:52 A opens CMB-0003 owner=awaiting-S-ruling: Asked
    03:53 A opens CMB-0004 owner=B: Offered
    03:54 A opens CMB-0005 after=CMB-0002: Gated
    03:55 A opens CMB-0006 state=BLOCKED blocked_on=ruling:CMB-0001: Blocked
    03:56 A opens CMB-0007: Done
    03:57 A claims CMB-0007
    03:58 A finishes CMB-0007
    03:59 A opens CMB-0008: Provisional
    | CONFIRM-PENDING: CMB-0008
    04:00 C opens CMB-0001 by hand: Lost
    04:01 A opens CMB-0009: Parked
    04:02 A parks CMB-0009: later
    05:50 B notes CMB-0002: hm
    05:59 S opens CMB-0010: Ruled
    05:59 S rules rules_on=CMB-0010: That
    | ABSORB: CMB-0010 -> DONE (so)
"""
DEEDS = (
    *(f"claim CMB-00{n:02}" for n in range(1, 12)),
    *(f"done CMB-00{n:02}" for n in range(1, 12)),
    *(f"release CMB-00{n:02} --why so" for n in range(1, 12)),
    *(f"append --item CMB-00{n:02} --state AWAITING_CLAIM" for n in (1, 2, 6, 7)),
    *(f"append --item CMB-00{n:02} --subject Mine" for n in (1, 7, 12)),
    *(f"block CMB-00{n:02} --on ruling:CMB-0010" for n in (1, 4)),
    *(f"block CMB-0001 --on {on}" for on in ("CMB-0099", "CMB-12", "ruling:CMB-0099", "CMB-0005")),
    *(f"park CMB-00{n:02}" for n in range(1, 9)),
    *(f"reopen CMB-00{n:02} --why so" for n in range(1, 9)),
    *(f"confirm CMB-00{n:02}" for n in (1, 2, 8, 9, 11)),
    *(f"handoff CMB-00{n:02} --to C --why so" for n in (1, 2, 7, 11)),
    "amend CMB-0004 --owner open --why so",
    "amend CMB-0002 --after CMB-0005 --why so",
    "rule --on CMB-0001",
    "rule --on CMB-0001 --absorb 'CMB-0002 -> DONE (so)'",
    "rule --on CMB-0001 --absorb 'CMB-0099 -> DONE (so)'",
    "reserve",
    "claim",
)


@pytest.mark.parametrize(("seat", "config"), [("A", ROLES), ("B", ""), ("C", ROLES), ("S", ROLES)])
def test_the_hint_of_a_refusal_followed_to_the_letter_loses_nothing(
    seat: str, config: str, tmp_path: Path
) -> None:
    """Every deed is tried on the feed as it is; only those that are refused have a hint to follow."""
    seen = view(FEED, config=config)
    place = scene(tmp_path / "repo", FEED, config, dict(seen.series))
    place.rows()  # what the clone keeps of what it read is there from here on
    begun = refs(place.path)
    told = 0
    for deed in DEEDS:
        said = place.run(seat, *shlex.split(deed))
        if said.code:
            told += 1
            found = re.search(r"CMB-[0-9]+", deed)
            finding = Finding("none", Where("feed"), deed, item=found[0] if found else None)
            hint = "".join(line for line in said.err.splitlines() if line.startswith("hint:"))
            assert hint, said
            follow(place, hint, seat, finding, seen)
        place.put_back(begun)
    assert told > 20


@pytest.mark.parametrize("name", [rule.name for rule in RULES])
def test_no_fix_closes_a_ticket_that_its_writer_did_not_mean_to_close(name: str) -> None:
    for whole in (False, True):
        for finding in judge(told(GALLERY / name, whole)[0]):
            closes = "-> DONE" in finding.fix or "-> CANCELLED" in finding.fix
            assert not closes or finding.rule == "bad-directive", finding
