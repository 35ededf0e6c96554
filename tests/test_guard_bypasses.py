"""Ways past the guard that need no git client: doubled refs, lost connections, deaf pushers."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.core.push_status import FAILED
from ledger.store.processes import at_work_in
from tests.fleet import Seat, bare_remote, clone, refs, standing
from tests.gitrun import commit_file, git
from tests.rawpush import Command, orphan, push_and_hang_up, receive, request
from tests.store.servers import serving
from tests.store.stores import eventually
from tests.test_guard import install

MAIN = "refs/heads/main"
SIDE_BAND = "report-status side-band-64k"


def _landed(folder: Path) -> list[Seat]:
    """A guarded remote with one ticket, and a clone."""
    remote = bare_remote(folder)
    install(remote)
    seat = clone(remote, folder / "clone", "mallory")
    seat.files("CMB", "Work")
    seat.git("fetch", "-q")
    seat.git("checkout", "-q", "-B", "main", "origin/main")
    return [seat]


@pytest.fixture
def seat(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Seat:
    (seat,) = standing(_landed, tmp_path_factory, tmp_path)
    return seat


@pytest.fixture
def remote(seat: Seat, tmp_path: Path) -> Path:
    return tmp_path / "remote.git"


def honest(seat: Seat) -> tuple[str, str]:
    """The feed as it stands, and a commit on top of it that the guard lets in."""
    return seat.git("rev-parse", "HEAD"), commit_file(seat.path, "more.txt")


@pytest.mark.parametrize("name", [MAIN, "refs/heads/other", "refs/reserve/CMB/40"])
def test_no_ref_is_changed_twice_in_one_push(name: str, seat: Seat, remote: Path) -> None:
    """Git does one after the other, so that what is judged is not what stands in the end."""
    old, good = honest(seat)
    start = old if name == MAIN else "0" * 40
    second = orphan(seat.path) if not name.startswith("refs/reserve") else seat.blob("somebody else's\n")
    first = good if not name.startswith("refs/reserve") else seat.blob("mine\n")
    before = refs(remote)
    receive(remote, request(seat.path, [(start, first, name), (first, second, name)]))
    assert refs(remote) == before


def test_a_symbolic_name_does_not_hide_the_second_change(seat: Seat, remote: Path) -> None:
    git(remote, "symbolic-ref", "refs/heads/trunk", MAIN)
    old, good = honest(seat)
    before = refs(remote)
    commands = [(old, good, MAIN), (good, orphan(seat.path), "refs/heads/trunk")]
    receive(remote, request(seat.path, commands))
    assert refs(remote) == before


@pytest.mark.parametrize("name", ["refs/heads/MAIN", "refs/HEADS/main"])
def test_no_ref_differs_from_the_feed_branch_only_in_case(name: str, seat: Seat, remote: Path) -> None:
    """On a disk that tells no case apart, it is the feed branch."""
    before = refs(remote)
    receive(remote, request(seat.path, [("0" * 40, orphan(seat.path), name)]))
    assert refs(remote) == before


@pytest.mark.parametrize("capabilities", ["report-status", SIDE_BAND])
def test_a_pusher_that_hears_nothing_is_refused_all_the_same(
    capabilities: str, seat: Seat, remote: Path
) -> None:
    before = refs(remote)
    command = (seat.git("rev-parse", "HEAD"), orphan(seat.path), MAIN)
    receive(remote, request(seat.path, [command], capabilities), deaf=True)
    assert refs(remote) == before


def test_an_honest_push_passes_by_the_same_raw_protocol(seat: Seat, remote: Path) -> None:
    """Without it the tests above could pass by a request that is malformed."""
    old, good = honest(seat)
    assert b"ok refs/heads/main" in receive(remote, request(seat.path, [(old, good, MAIN)]))
    assert git(remote, "rev-parse", "main") == good


def test_a_connection_that_is_reset_while_the_refusal_is_told_lets_nothing_in(
    seat: Seat, remote: Path
) -> None:
    """More is said than a pipe holds, and nobody is there to read it."""
    junk = seat.blob("junk\n")
    old = seat.git("rev-parse", "HEAD")
    commands: list[Command] = [(old, orphan(seat.path), MAIN)]
    commands += [("0" * 40, junk, f"refs/reserve/no-series-{n}/x") for n in range(1500)]
    before = refs(remote)
    data = request(seat.path, commands, SIDE_BAND)
    with serving("git", remote) as url:
        push_and_hang_up(url, data)
        eventually(lambda: not at_work_in(remote))
    assert refs(remote) == before


def test_what_a_pusher_is_told_is_bounded(seat: Seat, remote: Path) -> None:
    junk = seat.blob("junk\n")
    specs = [f"{junk}:refs/reserve/no-series-{n}/x" for n in range(300)]
    said = seat.git_refuses("push", "origin", *specs)
    assert said.count("below refs/reserve stand <series>/<number>") == 100
    assert "and 200 more" in said
    assert "refused: nothing of this push is in force" in said


def test_a_judgement_that_crashes_lets_nothing_in_and_tells_no_path(tmp_path: Path) -> None:
    """Here it runs where there is no repository; the hook lets only one status pass."""
    line = f"{'0' * 40} {'1' * 40} refs/heads/main\n"
    words = [sys.executable, "-P", "-m", "ledger.faces.receive", "main"]
    ran = subprocess.run(words, cwd=tmp_path, input=line, capture_output=True, text=True)
    assert ran.returncode == FAILED
    assert ran.stderr == "git-ledger: the push cannot be judged (no-repository)\n"


def test_what_kept_a_push_from_being_judged_is_kept_for_whoever_keeps_the_server(
    seat: Seat, remote: Path
) -> None:
    """A post that the server has under a name of no commit: the repository itself is broken."""
    old, good = honest(seat)
    tree = git(remote, "rev-parse", f"{old}^{{tree}}")
    (remote / "objects" / tree[:2] / tree[2:]).unlink()
    said = seat.git_refuses("push", "origin", f"{good}:{MAIN}")
    assert "the push cannot be judged" in said
    assert str(remote) not in said.replace(f"'{remote}'", "").replace(f"To {remote}", "")
    assert "Traceback" not in said
    assert "Traceback" in (remote / "ledger" / "guard-failure.txt").read_text()
