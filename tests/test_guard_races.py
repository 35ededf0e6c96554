"""Pushes that are each fine and together not, and pushes of which one part fails: no half of them stands."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fleet import Seat, bare_remote, clone, refs, standing
from tests.gitrun import commit_file, git, hook
from tests.rawpush import Command, receive, request
from tests.test_guard import install

MAIN, NUMBER, NONE = "refs/heads/main", "refs/reserve/CMB/41", "0" * 40


def _landed(folder: Path) -> list[Seat]:
    """A guarded remote with one ticket, and the clones of two seats."""
    remote = bare_remote(folder)
    install(remote, "--branch", "main")
    seats = [clone(remote, folder / name, name) for name in ("mallory", "victim")]
    seats[0].files("CMB", "Work")
    for seat in seats:
        seat.git("fetch", "-q")
        seat.git("checkout", "-q", "-B", "main", "origin/main")
    return seats


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Seat, Seat]:
    mallory, victim = standing(_landed, tmp_path)
    return mallory, victim


@pytest.fixture
def remote(pair: tuple[Seat, Seat], tmp_path: Path) -> Path:
    return tmp_path / "remote.git"


def payload(seat: Seat) -> str:
    """The blob with which a seat reserves by hand."""
    record = {"format": 1, "seat": seat.name, "at": "2026-11-21T14:00:00.000Z", "nonce": seat.name}
    return seat.blob(json.dumps(record))


def opens(seat: Seat) -> tuple[str, str]:
    """The feed as it stands, and a commit on top of it that opens CMB-0041 in the seat's name."""
    old = seat.git("rev-parse", "HEAD")
    seat.writes(item="CMB-0041", state="AWAITING_CLAIM", subject=f"Work of {seat.name}")
    seat.git("add", "feed")
    seat.git("commit", "-q", "--no-verify", "-m", "opened")
    return old, seat.git("rev-parse", "HEAD")


def between(remote: Path, data: bytes) -> None:
    """Let this push in, whole, once the next one is judged and before git has moved any of its refs."""
    (remote / "second").write_bytes(data)
    push = 'unset GIT_DIR; git receive-pack "$PWD" <pushed >answered'
    hook(remote, "update", f"test -e second || exit 0; mv second pushed; {push}")


ORDERS = [(NUMBER, MAIN), (MAIN, NUMBER)]


@pytest.mark.parametrize("order", ORDERS, ids=["number first", "feed first"])
def test_a_ticket_does_not_land_under_a_number_that_another_push_took_meanwhile(
    order: Sequence[str], pair: tuple[Seat, Seat], remote: Path
) -> None:
    """The number of the first push fails, and git would go on with the post that was judged by it."""
    mallory, victim = pair
    old, new = opens(mallory)
    theirs = payload(victim)
    between(remote, request(victim.path, [(NONE, theirs, NUMBER)]))
    commands: dict[str, Command] = {
        NUMBER: (NONE, payload(mallory), NUMBER),
        MAIN: (old, new, MAIN),
    }
    receive(remote, request(mallory.path, [commands[ref] for ref in order]))
    assert b"ok refs/reserve/CMB/41" in (remote / "answered").read_bytes()
    assert (git(remote, "rev-parse", MAIN), git(remote, "rev-parse", NUMBER)) == (old, theirs)


def test_a_push_that_says_that_a_reserved_number_is_free_lands_no_ticket_there(
    pair: tuple[Seat, Seat], remote: Path
) -> None:
    """What a ref was is the pusher's word. Git looks when it moves that ref, and goes on with the next."""
    mallory, victim = pair
    victim.git("push", "-q", "origin", f"{payload(victim)}:{NUMBER}")
    old, new = opens(mallory)
    before = refs(remote)
    commands = [(NONE, payload(mallory), NUMBER), (old, new, MAIN)]
    for wrong in (commands, commands[::-1]):
        said = receive(remote, request(mallory.path, wrong))
        assert b"pre-receive hook declined" in said
        assert refs(remote) == before


def test_settings_do_not_land_without_the_branch_that_they_name(
    pair: tuple[Seat, Seat], remote: Path
) -> None:
    """The branch is pushed beside them, in a way that git refuses when it comes to it."""
    mallory, _ = pair
    old = mallory.git("rev-parse", "HEAD")
    new = commit_file(mallory.path, "feed/ledger.yaml", "format: 1\nbranch: elsewhere\n")
    before = refs(remote)
    receive(remote, request(mallory.path, [(old, new, MAIN), (old, new, "refs/heads/elsewhere")]))
    assert refs(remote) == before
    receive(remote, request(mallory.path, [(NONE, new, "refs/heads/elsewhere"), (old, new, MAIN)]))
    assert git(remote, "rev-parse", MAIN) == git(remote, "rev-parse", "elsewhere") == new


def test_a_post_and_its_number_by_plain_git_are_pushed_atomically(
    pair: tuple[Seat, Seat], remote: Path
) -> None:
    """Otherwise nobody knows yet whether the number comes into force, and the pusher is told what does."""
    seat, _ = pair
    old, _ = opens(seat)
    specs = ("HEAD:main", f"{payload(seat)}:{NUMBER}")
    said = seat.git_refuses("push", "--no-verify", "origin", *specs)
    assert f"{NUMBER} is not in force as it was pushed together with {MAIN}" in said
    assert "git push --atomic" in said
    assert git(remote, "rev-parse", MAIN) == old
    seat.git("push", "-q", "--no-verify", "--atomic", "origin", *specs)
    assert seat.queue()["CMB-0041"]["subject"] == "Work of mallory"


def test_a_number_that_stands_first_needs_no_atomic_push(pair: tuple[Seat, Seat], remote: Path) -> None:
    seat, _ = pair
    old, new = opens(seat)
    commands = [(NONE, payload(seat), NUMBER), (old, new, MAIN)]
    receive(remote, request(seat.path, commands))
    assert git(remote, "rev-parse", MAIN) == new


def test_a_transaction_hook_that_was_there_runs_first_and_may_refuse(
    tmp_path: Path, pair: tuple[Seat, Seat]
) -> None:
    other = bare_remote(tmp_path, "other.git")
    hook(other, "reference-transaction", 'grep -q refs/heads/closed && [ "$1" = prepared ] && exit 1; exit 0')
    install(other, "--branch", "main")
    seat = clone(other, tmp_path / "clone-other", "A-1")
    assert seat.files("CMB", "Work") == "CMB-0001"
    seat.git_refuses("push", "origin", "HEAD:refs/heads/closed")


def test_packing_and_collecting_goes_on_as_without_a_guard(pair: tuple[Seat, Seat], remote: Path) -> None:
    """Both move refs, from one place of the disk to another."""
    seat, _ = pair
    seat.files("CMB", "More")
    before = refs(remote)
    git(remote, "pack-refs", "--all")
    git(remote, "gc", "-q", "--prune=now")
    assert refs(remote) == before
    assert seat.files("CMB", "Still more") == "CMB-0003"


def test_what_cannot_be_kept_of_a_judgement_lets_nothing_in(pair: tuple[Seat, Seat], remote: Path) -> None:
    """A file stands where the folder must be: a full or closed disk ends the same way."""
    seat, _ = pair
    judged = remote / "ledger" / "judged"
    subprocess.run(["rm", "-rf", str(judged)], check=True)
    judged.write_text("no folder\n")
    before = refs(remote)
    ran = seat.run("append", "--reserve", "CMB", "--subject", "Work", "--timeout", "5")
    assert ran.code != 0 and refs(remote) == before
    assert "ledger/judged" in (remote / "ledger" / "guard-failure.txt").read_text()
    judged.unlink()
    assert seat.files("CMB", "Work") == "CMB-0002"
