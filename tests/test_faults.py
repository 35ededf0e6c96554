"""Locks that stay, full disks and folders that cannot be written: named as what they are, and no bug."""

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet import Ran, Seat, fleet, refs, standing
from tests.gitrun import git, hook, new_repository

_DROP_FROM_BOUNDING_SET = 24
_OVERRIDE_MODES = 1


def _obey_modes() -> None:
    """Have the modes of files hold for root too (prctl(2), capabilities(7)). Others need not, and cannot."""
    ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDING_SET, _OVERRIDE_MODES)


def run(seat: Seat, *words: str, stdin: bytes = b"") -> Ran:
    """Run the command for one who may write only what modes allow."""
    ran = subprocess.run(seat.command(*words), input=stdin, capture_output=True, preexec_fn=_obey_modes)
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def error_of(ran: Ran) -> tuple[int, str, str, str]:
    error = ran.json["error"]
    return ran.code, error["kind"], error["message"], error["hint"]


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    """Two seats, and a ticket that both have seen."""
    return standing(_build_seats, tmp_path)


def _build_seats(folder: Path) -> list[Seat]:
    otto, anna = fleet(folder, "otto", "anna")
    otto.files("CMB", "Work")
    anna.ok("queue")
    return [otto, anna]


@pytest.fixture
def read_only(seats: list[Seat]) -> Iterator[Seat]:
    """A seat whose `.git` cannot be written."""
    folders = [seats[1].path / ".git", *(one for one in (seats[1].path / ".git").rglob("*") if one.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield seats[1]
    for folder in folders:
        folder.chmod(0o755)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere root writes whatever modes say")
def test_what_is_read_only_is_read_and_not_written(
    read_only: Seat, seats: list[Seat], tmp_path: Path
) -> None:
    """Nothing new is on the remote, so that the answer is the remote's; a write says why it cannot be."""
    before = refs(tmp_path / "remote.git")
    for words in (("queue",), ("show", "CMB-0001"), ("turn", "open")):
        ran = run(read_only, *words)
        assert (ran.code, "CMB-0001" in ran.out, "last" in ran.err) == (0, True, False), ran.err
    for words in (("claim", "CMB-0001"), ("note", "hello"), ("reserve", "CMB")):
        code, kind, message, hint = error_of(run(read_only, *words, "--json"))
        assert (code, kind) == (4, "read-only"), message
        assert str(read_only.path) in message and "Permission denied" in message and hint
    assert refs(tmp_path / "remote.git") == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere root writes whatever modes say")
def test_what_cannot_be_fetched_is_told_as_it_was(read_only: Seat, seats: list[Seat]) -> None:
    """Something new is on the remote, and there is no place to keep it: a turn does not close on that."""
    seats[0].files("CMB", "More")
    ran = run(read_only, "queue")
    assert (ran.code, "CMB-0001" in ran.out, "CMB-0002" in ran.out) == (0, True, False)
    assert "this is as it was fetched last" in ran.err
    for words in (("drift",), ("check",), ("check", "--all")):
        ran = run(read_only, *words)
        assert (ran.code, ran.err.count("fetched last")) == (0, words != ("check",)), ran.out
    assert error_of(run(read_only, "drift", "--fix", "--json"))[:2] == (4, "read-only")
    assert run(read_only, "turn", "open", "--json").json["verified"] is False
    assert error_of(run(read_only, "turn", "close", "--json"))[:2] == (4, "read-only")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere root writes whatever modes say")
@pytest.mark.parametrize("news", [False, True])
def test_a_runtime_is_answered_where_nothing_can_be_written(
    news: bool, read_only: Seat, seats: list[Seat]
) -> None:
    """At its start it is told the queue; its stop is not held up, since nothing can be claimed there."""
    if news:
        seats[0].files("CMB", "More")
    document = json.dumps({"session_id": "1", "cwd": str(read_only.path), "stop_hook_active": False}).encode()
    words = [sys.executable, "-m", "ledger", "hook", "claude"]
    env = {**os.environ, "LEDGER_SEAT": read_only.name}

    def answered(event: str) -> str:
        command = [*words, event]
        ran = subprocess.run(command, input=document, env=env, capture_output=True, preexec_fn=_obey_modes)
        assert ran.returncode == 0
        return ran.stdout.decode()

    assert "CMB-0001" in answered("start")
    assert json.loads(answered("stop")) == {}


FULL = """#!/bin/sh
# What git says and does on a disk without space, when it is to write an object or a ref that it fetched.
case " $* " in *" fetch "*) ;; *) exec {git} "$@" ;; esac
echo "error: {said}" >&2
exit 1
"""


@pytest.mark.parametrize(
    "said",
    [
        "unable to write file .git/objects/ab/cdef: No space left on device",
        "cannot update ref 'refs/heads/x': couldn't write '/x/.git/refs/heads/x.lock'",
    ],
)
def test_a_full_disk_is_no_bug_and_no_dead_remote(
    said: str, seats: list[Seat], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    found = subprocess.check_output(["which", "git"], text=True).strip()
    program.write_text(FULL.replace("{git}", found).replace("{said}", said))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    code, kind, message, hint = error_of(seats[1].run("claim", "CMB-0001", "--json"))
    assert (code, kind) == (4, "disk-full")
    assert said.split(": ")[1] in message and "space" in hint
    told = seats[1].run("queue")
    assert (told.code, "this is as it was fetched last" in told.err) == (0, True)


def test_an_object_that_no_space_is_left_for(seats: list[Seat]) -> None:
    """A limit on the length of files, which the disk of a container may have too, is met by libgit2."""
    body = os.urandom(40_000).hex()
    command = seats[1].command("append", "--reserve", "CMB", "--subject", "Long", "--body", "-", "--json")
    command = ["sh", "-c", 'trap "" XFSZ; ulimit -f 60; exec "$@"', "sh", *command[:-3], "-", "--json"]
    ran = subprocess.run(command, input=body.encode(), capture_output=True)
    error = json.loads(ran.stdout)["error"]
    assert (ran.returncode, error["kind"]) == (4, "disk-full"), error


@pytest.mark.parametrize("name", ["heads/main", "reserve/CMB/tip"])
def test_a_lock_that_stays_on_the_server_is_told_with_its_ref(
    name: str, seats: list[Seat], tmp_path: Path
) -> None:
    """Whatever refs were refused beside it: no word of numbers that the remote would not take."""
    lock = tmp_path / "remote.git" / "refs" / f"{name}.lock"
    lock.touch()
    code, kind, message, hint = error_of(
        seats[1].run("append", "--reserve", "CMB", "--subject", "x", "--json")
    )
    assert (code, kind) == (4, "locked")
    assert (f"`refs/{name}`" in message and "main.lock" in message) or "tip.lock" in message
    assert message.endswith("nothing was written") and "provisional" not in hint
    lock.unlink()
    assert seats[1].files("CMB", "x") == "CMB-0002"


def test_a_full_disk_of_the_server(seats: list[Seat], tmp_path: Path) -> None:
    said = "error: unable to write file ./objects/ab/cd: No space left on device"
    hook(tmp_path / "remote.git", "pre-receive", f'echo "{said}" >&2; exit 1')
    code, kind, message, hint = error_of(seats[1].run("reserve", "CMB", "--json"))
    assert (code, kind) == (4, "disk-full")
    assert message.startswith("the remote ") and "the remote's disk" in hint


def test_a_lock_that_stays_here_is_no_dead_remote(seats: list[Seat]) -> None:
    lock = seats[1].path / ".git" / "refs" / "remotes" / "origin" / "main.lock"
    lock.touch()
    seats[0].files("CMB", "More")
    code, kind, message, hint = error_of(seats[1].run("queue", "--json"))
    assert (code, kind) == (4, "locked")
    assert f'"{lock}"' in message and "left over" in hint
    git(seats[1].path, "status")
    lock.unlink()
    assert "CMB-0002" in seats[1].queue()


def test_a_lock_that_stays_in_a_repository_of_its_own(tmp_path: Path) -> None:
    """Without a remote: the words are not about one."""
    seat = Seat("otto", new_repository(tmp_path / "alone"))
    seat.ok("init", "--seat", "otto")
    seat.files("ORA", "first")
    branch = seat.git("config", "ledger.branch")
    lock = seat.path / ".git" / "refs" / "heads" / f"{branch}.lock"
    lock.touch()
    code, kind, message, hint = error_of(seat.run("note", "hello", "--json"))
    assert (code, kind) == (4, "locked")
    assert str(lock) in message and "remote" not in message + hint
