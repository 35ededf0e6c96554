"""What the guard knows to have landed: by it a mend passes that would not otherwise, and nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fleet import Seat, bare_remote, clone, standing
from tests.gitrun import commit_file, git
from tests.rawpush import receive, request
from tests.test_guard import install
from tests.test_guard_races import between, payload
from tests.test_seen import posts

SETTINGS = "seats:\n  otto: {role: code}\n  hands: {role: code}\n  ruth: {role: strat}\n"


THIRD = "refs/reserve/CMB/3"


def _landed(folder: Path) -> list[Seat]:
    """A guarded remote that is told who pushes, with two tickets, and the clones of three seats."""
    remote = bare_remote(folder)
    install(remote, "--branch", "main")
    seats = [clone(remote, folder / name, name) for name in ("otto", "hands", "ruth")]
    for subject in ("the first", "the second"):
        as_pusher(seats[0], "append", "--reserve", "CMB", "--subject", subject)
    return seats


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(_landed, tmp_path)


def as_pusher(seat: Seat, *words: str, pusher: str | None = None) -> object:
    """Run the command, the transport telling who pushes: the seat itself, unless another is named."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LEDGER_PUSHER", pusher or seat.name)
        ran = seat.run(*words, "--json")
    assert ran.code in (0, 1), (words, ran.out, ran.err)
    return ran.json


def restore(remote: Path, backup: Path, *, record: bool) -> None:
    """Put the repository back, with the guard's record of today or with that of the backup."""
    kept = remote.parent / "kept"
    shutil.copytree(remote / "ledger", kept)
    shutil.rmtree(remote)
    shutil.copytree(backup, remote)
    if record:
        shutil.rmtree(remote / "ledger")
        shutil.move(kept, remote / "ledger")


@pytest.mark.parametrize("late", [False, True], ids=["noted", "taken in"])
def test_a_mend_passes_after_others_wrote_on_a_restored_server(
    late: bool, seats: list[Seat], tmp_path: Path
) -> None:
    """Foreign posts, forks of the chain, and a number below the tip come back, whoever brings them."""
    otto, hands, ruth = seats
    remote, backup = tmp_path / "remote.git", tmp_path / "backup.git"
    shutil.copytree(remote, backup)
    as_pusher(otto, "claim", "CMB-0001")
    as_pusher(otto, "append", "--reserve", "CMB", "--subject", "the third")
    as_pusher(hands, "append", "--reserve", "CMB", "--subject", "the fourth")
    lost, number = posts(remote), git(remote, "rev-parse", THIRD)
    ruth.git("fetch", "-q", "origin", f"{THIRD}:refs/kept/3")
    if late:
        as_pusher(ruth, "note", "CMB-0002", "seen by ruth")
    ruth.ok("queue")
    restore(remote, backup, record=True)
    if not late:
        assert list((remote / "ledger" / "landed").iterdir())
    git(hands.path, "update-ref", "-d", "refs/ledger/seen/remotes/origin/heads/main")
    git(hands.path, "update-ref", "-d", "refs/ledger/seen/remotes/origin/reserve/CMB/tip")
    as_pusher(hands, "claim", "CMB-0001")
    assert lost.items() - posts(remote).items()
    fixed = as_pusher(ruth, "drift", "--fix")
    assert lost.items() <= posts(remote).items(), fixed
    assert ruth.queue()["CMB-0001"]["holder"]["seat"] == "otto"
    other = ruth.blob("another one's\n")
    for blob, passes in ((other, False), (number, True)):
        assert pushes(ruth, f"{blob}:{THIRD}") is passes
    assert git(remote, "rev-parse", THIRD) == number


def pushes(seat: Seat, *specs: str) -> bool:
    """Whether a push by plain git passes, of which the transport tells that the seat makes it."""
    words = ["git", "push", "-q", "--no-verify", "origin", *specs]
    env = {**os.environ, "LEDGER_PUSHER": seat.name}
    return subprocess.run(words, cwd=seat.path, env=env, capture_output=True).returncode == 0


def test_what_passed_and_never_came_into_force_is_judged_like_anything_new(
    seats: list[Seat], tmp_path: Path
) -> None:
    """Judged as fine, and beaten by another push: it did not land, and no record says that it did."""
    otto, hands, _ = seats
    remote = tmp_path / "remote.git"
    for seat in (otto, hands):
        seat.git("fetch", "-q")
        seat.git("checkout", "-q", "-B", "main", "origin/main")
    otto.writes(item="CMB-0001", state="CLAIMED")
    otto.git("add", "feed")
    otto.git("commit", "-q", "--no-verify", "-m", "claimed")
    old, new = otto.git("rev-parse", "HEAD~1", "HEAD").split()
    hands.writes(item="CMB-0001", state="CLAIMED")
    hands.git("add", "feed")
    hands.git("commit", "-q", "--no-verify", "-m", "claimed")
    between(remote, request(hands.path, [(old, hands.git("rev-parse", "HEAD"), "refs/heads/main")]))
    said = receive(remote, request(otto.path, [(old, new, "refs/heads/main")]))
    assert b"ng refs/heads/main" in said
    otto.git("pull", "-q", "--rebase", "origin", "main")
    assert not pushes(otto, "HEAD:main")


def test_settings_are_never_brought_back_by_who_may_not_change_them(
    seats: list[Seat], tmp_path: Path
) -> None:
    """They landed once, and were changed since by somebody who may."""
    otto, _, ruth = seats
    for seat in (ruth, otto):
        seat.git("fetch", "-q")
        seat.git("checkout", "-q", "-B", "main", "origin/main")
    commit_file(ruth.path, "feed/ledger.yaml", "seats:\n  otto: {role: strat}\n  ruth: {role: strat}\n")
    assert pushes(ruth, "HEAD:main")
    commit_file(ruth.path, "feed/ledger.yaml", SETTINGS)
    assert pushes(ruth, "HEAD:main")
    otto.git("pull", "-q", "--rebase", "origin", "main")
    otto.git("checkout", "-q", "HEAD~1", "--", "feed/ledger.yaml")
    otto.git("commit", "-q", "--no-verify", "-m", "as it was")
    assert not pushes(otto, "HEAD:main")


def test_a_post_comes_back_as_it_landed_and_not_otherwise(seats: list[Seat], tmp_path: Path) -> None:
    otto, _, ruth = seats
    remote, backup = tmp_path / "remote.git", tmp_path / "backup.git"
    shutil.copytree(remote, backup)
    as_pusher(otto, "note", "CMB-0001", "said once")
    (path,) = posts(remote).keys() - posts(backup).keys()
    restore(remote, backup, record=True)
    ruth.git("fetch", "-q")
    ruth.git("checkout", "-q", "-B", "main", "origin/main")
    text = otto.git("show", f"refs/ledger/seen/remotes/origin/heads/main:{path}") + "\n"
    for words, passes in (("said otherwise", False), ("said once", True)):
        commit_file(ruth.path, path, text.replace("said once", words))
        assert pushes(ruth, "HEAD:main") is passes
        ruth.git("reset", "-q", "--hard", "origin/main")
    assert path in posts(remote)


@pytest.mark.parametrize("harm", ["damaged", "a folder", "read-only"])
def test_without_a_record_that_can_be_written_pushes_go_on(
    harm: str, seats: list[Seat], tmp_path: Path
) -> None:
    """What the guard then knows of its own is less; what it lets in is judged by the rules as before."""
    otto, _, ruth = seats
    record = tmp_path / "remote.git" / "ledger" / "let-in.db"
    if harm == "damaged":
        record.write_bytes(b"no database" * 1000)
    elif harm == "a folder":
        record.unlink()
        record.mkdir()
    else:
        record.chmod(0o400)
    as_pusher(otto, "claim", "CMB-0001")
    as_pusher(otto, "note", "CMB-0001", "at it")
    assert not pushes(ruth, f"{payload(otto)}:refs/reserve/CMB/50"), "in another's name"
    assert pushes(ruth, f"{payload(ruth)}:refs/reserve/CMB/50")
    if harm == "damaged":
        assert record.read_bytes().startswith(b"SQLite format 3")
        assert record.with_name("let-in.damaged").read_bytes().startswith(b"no database")


def test_a_file_whose_name_is_no_text_keeps_no_push_out(tmp_path: Path) -> None:
    """It landed before there was a guard: git takes any bytes for a name."""
    remote = bare_remote(tmp_path)
    otto = clone(remote, tmp_path / "otto", "otto")
    otto.ok("append", "--reserve", "CMB", "--subject", "one")
    git(otto.path, "pull", "-q")
    place = os.fsencode(otto.path / "feed") + b"/\xff.md"
    Path(os.fsdecode(place)).write_bytes(b"x\n")
    git(otto.path, "add", "feed")
    git(otto.path, "commit", "-qm", "odd")
    git(otto.path, "push", "-q", "--no-verify")
    install(remote, "--branch", "main")
    otto.ok("append", "--reserve", "CMB", "--subject", "two")
