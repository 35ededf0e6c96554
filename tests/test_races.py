"""Seats that fight, as real processes: what was acknowledged is there, and nothing was given twice.

Processes begin together: each waits for a line once it has started. Where two writes must have seen the
same feed, a `git` in front of the real one on the path keeps each push back until both are about to push.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fleet import Seat, bare_remote, clone, fleet
from tests.gitrun import git

sizes = pytest.mark.parametrize(("count", "each"), [(3, 4), pytest.param(8, 25, marks=pytest.mark.slow)])
"""How many seats race, and for how many tickets each: in every run, and where there is time."""

SEAT_AT_WORK = """
import dataclasses, io, json, sys
from ledger.faces.cli.commands import append
from ledger.faces.cli.commands import reserve
from ledger.faces.cli.main import run
from ledger.faces.context import real_env

times, *words = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(times)):
    out = io.StringIO()
    code = run(words, dataclasses.replace(real_env(), out=out))
    print(json.dumps([code, json.loads(out.getvalue())]), flush=True)
"""
"""One process of one seat that repeats a command: each line it says is an exit code and a document."""

ONE_COMMAND = """
import sys
from ledger.__main__ import main
print("ready", file=sys.stderr, flush=True)
sys.stdin.readline()
sys.exit(main())
"""
"""A process that is one command, once its line has come."""


@dataclass(frozen=True)
class Filed:
    """One post in the feed, as plain git tells it."""

    item: str
    seat: str


def together(*processes: "subprocess.Popen[bytes]", ready: str = "stdout") -> list[tuple[int, bytes]]:
    """Let processes go at once when all are ready; the exit code and the output of each."""
    for one in processes:
        said = getattr(one, ready).readline()
        assert said == b"ready\n", (said, one.communicate())
    for one in processes:
        assert one.stdin is not None
        one.stdin.write(b"\n")
        one.stdin.flush()
    outs = [one.communicate(timeout=200)[0] for one in processes]
    return [(one.returncode, out) for one, out in zip(processes, outs, strict=True)]


def python(script: str, *words: str) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", script, *words], stdin=pipe, stdout=pipe, stderr=pipe)


def acting(seat: Seat) -> tuple[str, ...]:
    return "-C", str(seat.path), "--seat", seat.name


def at_work(seat: Seat, times: int, *words: str) -> "subprocess.Popen[bytes]":
    """A process of a seat that repeats one command with a time limit that no race here reaches."""
    return python(SEAT_AT_WORK, str(times), *acting(seat), *words, "--timeout", "120", "--json")


def one_command(seat: Seat, *words: str) -> "subprocess.Popen[bytes]":
    """A process of its own for one command."""
    return python(ONE_COMMAND, *acting(seat), *words, "--timeout", "120", "--json")


def acknowledged(outs: Sequence[tuple[int, bytes]]) -> dict[str, Filed]:
    """Post path to what was promised of it; every command must have ended well."""
    told: dict[str, Filed] = {}
    for _, out in outs:
        for line in out.splitlines():
            code, document = json.loads(line)
            assert code == 0, document
            (post,) = document["posts"]
            told[post["path"]] = Filed(post["item"], re.sub(r".*Z-(.*)-[0-9a-f]{16}", r"\1", post["post"]))
    return told


def present(authority: Path, branch: str = "main") -> dict[str, Filed]:
    """Every post at the tip of the feed branch."""
    paths = git(authority, "ls-tree", "-r", "--name-only", branch, "--", "feed/").splitlines()
    texts = git(authority, "cat-file", "--batch", stdin="".join(f"{branch}:{path}\n" for path in paths))
    items = re.findall(r"^item: (.*)$", texts, re.MULTILINE)
    seats = re.findall(r"^seat: (.*)$", texts, re.MULTILINE)
    return {path: Filed(item, seat) for path, item, seat in zip(paths, items, seats, strict=True)}


def reserved(authority: Path) -> dict[int, str]:
    """Every reserved number of CMB, and its payload."""
    listed = git(authority, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/reserve/CMB")
    numbers = [int(one) for one in listed.splitlines() if one != "tip"]
    return {n: git(authority, "cat-file", "blob", f"refs/reserve/CMB/{n}") for n in numbers}


def tip(authority: Path) -> int:
    return int(json.loads(git(authority, "cat-file", "blob", "refs/reserve/CMB/tip"))["tip"])


def number(item: str) -> int:
    return int(item.removeprefix("CMB-"))


def stands(authority: Path, promised: dict[str, Filed], count: int, branch: str = "main") -> None:
    """All that was promised is there and nothing else; numbers 1 to `count`, each its seat's own."""
    assert len(promised) == count
    assert present(authority, branch) == promised
    assert sorted(number(one.item) for one in promised.values()) == list(range(1, count + 1))
    assert tip(authority) == count
    owners = {n: json.loads(payload)["seat"] for n, payload in reserved(authority).items()}
    assert owners == {number(one.item): one.seat for one in promised.values()}


@sizes
def test_clones_file_tickets_at_once(count: int, each: int, tmp_path: Path) -> None:
    seats = fleet(tmp_path, *(f"seat-{n}" for n in range(count)))
    words = ("append", "--reserve", "CMB", "--subject", "{{ITEM_ID}}")
    promised = acknowledged(together(*(at_work(seat, each, *words) for seat in seats)))
    stands(tmp_path / "remote.git", promised, count * each)
    assert Counter(one.seat for one in promised.values()) == {seat.name: each for seat in seats}
    assert seats[0].run("drift", "--json").json["findings"] == []


@sizes
def test_worktrees_file_tickets_at_once(count: int, each: int, tmp_path: Path) -> None:
    """Without a remote: the worktrees stand on branches of the code, and the feed has one of its own."""
    (top,) = fleet(tmp_path, "seat-0")
    git(top.path, "remote", "remove", "origin")
    git(top.path, "config", "ledger.branch", "ledger")
    seats = [top]
    for n in range(1, count):
        place = tmp_path / f"tree-{n}"
        git(top.path, "worktree", "add", "-q", "-b", f"work-{n}", str(place), "main")
        seats.append(Seat(f"seat-{n}", place))
    words = ("append", "--reserve", "CMB", "--subject", "{{ITEM_ID}}")
    promised = acknowledged(together(*(at_work(seat, each, *words) for seat in seats)))
    stands(top.path, promised, count * each, "ledger")
    for seat in seats:
        assert git(seat.path, "status", "--porcelain") == ""
    git(top.path, "fsck", "--strict")


BY_HAND = """
import subprocess, sys

folder, blob, last = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for n in range(2, int(last) + 1, 2):
    pushed = subprocess.run(
        ["git", "-C", folder, "push", "-q", "origin", f"{blob}:refs/reserve/CMB/{n}"],
        stderr=subprocess.DEVNULL,
    )
    if pushed.returncode == 0:
        print(n, flush=True)
"""
"""Somebody who takes every second number by plain git, as long as it is free."""


@pytest.mark.parametrize(("each", "last"), [(3, 30), pytest.param(8, 60, marks=pytest.mark.slow)])
def test_numbers_taken_by_plain_git_are_nobodys_else(each: int, last: int, tmp_path: Path) -> None:
    *seats, hand = fleet(tmp_path, "seat-0", "seat-1", "seat-2", "hand")
    authority = tmp_path / "remote.git"
    blob = git(hand.path, "hash-object", "-w", "--stdin", stdin="mine, said by hand")
    words = ("append", "--reserve", "CMB", "--subject", "{{ITEM_ID}}")
    *outs, (_, said) = together(
        *(at_work(seat, each, *words) for seat in seats), python(BY_HAND, str(hand.path), blob, str(last))
    )
    by_hand = {int(n) for n in said.split()}
    promised = acknowledged(outs)
    given = [number(one.item) for one in promised.values()]
    assert by_hand, "the hand never won, so this was no race"
    assert present(authority) == promised
    assert len(set(given)) == len(given) == 3 * each
    assert by_hand.isdisjoint(given)
    assert sorted(by_hand | set(given)) == sorted(reserved(authority))
    assert {n for n, payload in reserved(authority).items() if payload == "mine, said by hand"} == by_hand
    assert tip(authority) == max(given)
    assert set(range(1, max(given))) <= by_hand | set(given)


def test_a_process_for_each_command(tmp_path: Path) -> None:
    """Two seats in each of four clones; half of them reserve two numbers without filing."""
    clones = fleet(tmp_path, "a", "b", "c", "d")
    filing = [one_command(seat, "append", "--reserve", "CMB", "--subject", "words") for seat in clones]
    helpers = [Seat(f"{seat.name}-helper", seat.path) for seat in clones]
    reserving = [one_command(seat, "reserve", "CMB", "--count", "2") for seat in helpers]
    ended = together(*filing, *reserving, ready="stderr")
    assert [code for code, _ in ended] == [0] * 8
    told = [json.loads(out) for _, out in ended]
    items = [one["posts"][0]["item"] for one in told[:4]]
    items += [row["item"] for one in told[4:] for row in one["reserved"]]
    assert sorted(map(number, items)) == list(range(1, 13))
    assert sorted(reserved(tmp_path / "remote.git")) == list(range(1, 13))
    assert tip(tmp_path / "remote.git") == 12


@pytest.mark.parametrize("each", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_seats_of_four_clones_claim_one_ticket(each: int, tmp_path: Path) -> None:
    clones = fleet(tmp_path, "a", "b", "c", "d")
    item = clones[0].files("CMB", "wanted by all")
    seats = [Seat(f"{one.name}-{n}", one.path) for one in clones for n in range(each)]
    ended = together(*(one_command(seat, "claim", item) for seat in seats), ready="stderr")
    won = [seat.name for seat, (code, _) in zip(seats, ended, strict=True) if code == 0]
    lost = [json.loads(out)["error"] for code, out in ended if code]
    assert len(won) == 1
    assert {(one["exit"], one["kind"], one["item"], one["holder"]["seat"]) for one in lost} == {
        (3, "held", item, won[0])
    }
    assert clones[1].queue()[item]["holder"]["seat"] == won[0]
    claims = [one for one in clones[2].ok("log")["posts"] if one.get("state") == "CLAIMED"]
    assert [one["seat"] for one in claims] == won


@pytest.mark.parametrize(("each", "tickets"), [(2, 5), pytest.param(5, 15, marks=pytest.mark.slow)])
def test_seats_close_at_once_on_fewer_tickets(each: int, tickets: int, tmp_path: Path) -> None:
    """Each takes the best that it can win: a holder for each ticket; the others hear that none is left."""
    clones = fleet(tmp_path, "a", "b", "c", "d")
    openings = "---\n".join("reserve: CMB\nsubject: wanted\n" for _ in range(tickets))
    clones[0].ok("append", "--batch", "-", stdin=openings.encode())
    seats = [Seat(f"{one.name}-{n}", one.path) for one in clones for n in range(each)]
    ended = together(*(one_command(seat, "turn", "close", "--claim") for seat in seats), ready="stderr")
    told = [json.loads(out) for _, out in ended]
    assert [code for code, _ in ended] == [0] * len(seats)
    took = {one["claimed"]["item"]: one["claimed"]["holder"]["seat"] for one in told if "claimed" in one}
    assert len(took) == len(set(took.values())) == tickets
    assert {item: row["holder"]["seat"] for item, row in clones[1].queue().items()} == took
    left = [(one["may_end"], one["why"]) for one in told if "claimed" not in one]
    assert left == [(True, "no ticket awaits a claim")] * (len(seats) - tickets)


GATE = """#!/bin/sh
# Keeps a push back until two processes are about to push, then lets them pass one after the other.
case " $* " in *" push --porcelain "*) ;; *) exec {git} "$@" ;; esac
: > "$GATE/$$"
until [ "$(ls "$GATE" | wc -l)" -ge 2 ]; do sleep 0.01; done
until mkdir "$GATE.turn" 2>&-; do sleep 0.01; done
{git} "$@"
code=$?
rmdir "$GATE.turn"
exit $code
"""


def gate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on two processes plan on one and the same feed before any of them pushes."""
    (folder / "bin").mkdir()
    (folder / "gate").mkdir()
    program = folder / "bin" / "git"
    program.write_text(GATE.replace("{git}", str(shutil.which("git"))))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("GATE", str(folder / "gate"))
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


MOVES = {
    "both close a ticket that nobody holds": (
        False,
        ("park", "--why", "later"),
        ("cancel", "--why", "never"),
    ),
    "the holder gives it back, another puts it right": (
        True,
        ("release", "--why", "no time"),
        ("reopen", "--why", "gone dark"),
    ),
    "the holder closes it, another puts it right": (True, ("done",), ("reopen", "--why", "gone dark")),
    "two change what it says": (
        False,
        ("amend", "--priority", "HIGH", "--why", "now"),
        ("amend", "--lane", "b", "--why", "its place"),
    ),
}


@pytest.mark.parametrize(("held", "first", "second"), MOVES.values(), ids=MOVES.keys())
def test_two_seats_move_one_ticket(
    held: bool,
    first: tuple[str, ...],
    second: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both saw the ticket in the same state: one move stands, the other is refused and changed nothing."""
    a, b = fleet(tmp_path, "a", "b")
    item = a.files("CMB", "one ticket")
    if held:
        a.ok("claim", item)
    before = len(a.ok("log")["posts"])
    gate(tmp_path, monkeypatch)
    ended = together(
        *(one_command(seat, words[0], item, *words[1:]) for seat, words in ((a, first), (b, second))),
        ready="stderr",
    )
    assert sorted(code for code, _ in ended) == [0, 3]
    (error,) = (json.loads(out)["error"] for code, out in ended if code)
    assert error["kind"] in ("changed", "not-the-holder")
    assert error["item"] == item
    assert len(b.ok("log")["posts"]) == before + 1


def test_a_claim_against_a_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is first decides: a claim that won makes the other's look old, one that lost is none."""
    a, b = fleet(tmp_path, "a", "b")
    item = a.files("CMB", "one ticket")
    gate(tmp_path, monkeypatch)
    (claimed, _), (cancelled, _) = together(
        one_command(a, "claim", item), one_command(b, "cancel", item, "--why", "never"), ready="stderr"
    )
    row = a.queue()[item]
    assert (claimed, cancelled, row["state"]) in ((0, 3, "CLAIMED"), (3, 0, "CANCELLED"))
    assert ("holder" in row) == (claimed == 0)


FROZEN = """
import dataclasses, sys
from datetime import UTC, datetime
from ledger.faces.cli.main import run
from ledger.faces.context import real_env

env = real_env()
world = dataclasses.replace(env.world, now=lambda: datetime(2026, 11, 20, tzinfo=UTC))
print("ready", file=sys.stderr, flush=True)
sys.stdin.readline()
sys.exit(run(sys.argv[1:], dataclasses.replace(env, world=world)))
"""


def test_one_seat_twice_in_the_same_instant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the nonce tells the two apart, and git says of an object that is there that all is well."""
    remote = bare_remote(tmp_path)
    twins = [clone(remote, tmp_path / name, "twin") for name in ("here", "there")]
    gate(tmp_path, monkeypatch)
    ended = together(
        *(python(FROZEN, *acting(twin), "reserve", "CMB", "--json") for twin in twins),
        ready="stderr",
    )
    assert [code for code, _ in ended] == [0, 0]
    assert sorted(json.loads(out)["reserved"][0]["item"] for _, out in ended) == ["CMB-0001", "CMB-0002"]
    assert sorted(reserved(remote)) == [1, 2]
