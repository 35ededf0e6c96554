"""Machines that start fresh take a checkpoint of the remote, and what it says is held to the posts."""

import os
import subprocess
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import Seat, clone, fleet, standing
from tests.gitrun import git, hook
from tests.test_guard import install

REF = "refs/ledger/checkpoint"
FRESH = {
    "partial and shallow": ("--depth=1", "--filter=blob:none", "--no-checkout"),
    "of one branch": ("--single-branch",),
    "shallow": ("--depth=1",),
    "partial": ("--filter=blob:none",),
    "whole": (),
}


def build(folder: Path) -> Sequence[Seat]:
    """A feed with some tickets and a checkpoint, and two more tickets behind it."""
    otto, anna = fleet(folder, "otto", "anna", branch=None)
    git(folder / "remote.git", "config", "uploadpack.allowFilter", "true")
    otto.ok("init")
    for n in range(3):
        otto.files("CMB", f"Work {n}")
    otto.ok("claim", "CMB-0002")
    otto.ok("checkpoint")
    otto.files("CMB", "Later")
    otto.ok("done", "CMB-0002", "--why", "it is done")
    return otto, anna


@pytest.fixture
def otto(tmp_path: Path) -> Seat:
    return standing(build, tmp_path)[0]


@pytest.fixture
def remote(otto: Seat) -> Path:
    return otto.path.parent / "remote.git"


def fresh(remote: Path, *options: str, trusts: bool = True) -> Seat:
    """A machine that starts now."""
    place = remote.parent / "fresh"
    trust = ("-c", "ledger.checkpoint=trust") if trusts else ()
    git(remote.parent, "clone", "-q", *options, *trust, f"file://{remote}", str(place))
    return Seat("zoe", place)


def shown(seat: Seat, item: str) -> dict[str, Any]:
    """What `show` says, without when that was read, and commits, which a shallow clone does not have."""
    answer = {**seat.ok("show", item), "as_of": 0}
    history = [{**event, "commit": 0} for event in answer["history"]]
    return {**answer, "history": history}


def taken(seat: Seat) -> bool:
    """Whether the index of a clone was made of a checkpoint that nobody compared yet."""
    import sqlite3

    folder = seat.git("rev-parse", "--git-common-dir")
    with sqlite3.connect(seat.path / folder / "ledger" / "index.db") as db:
        row = db.execute("SELECT value FROM meta WHERE name = 'taken'").fetchone()
    db.close()
    return bool(row and row[0])


def forge(seat: Seat, how: Callable[[bytes], bytes], onto: str | None = None) -> None:
    """Put another text into the checkpoint of the remote, by plain git, as a stranger would."""
    seat.git("fetch", "-q", "origin", REF)
    old = onto or seat.git("rev-parse", "FETCH_HEAD^")
    words = seat.git("show", "-s", "--format=%B", "FETCH_HEAD")
    packed = subprocess.check_output(["git", "show", "FETCH_HEAD:checkpoint"], cwd=seat.path)
    file = seat.path.parent / "forged"
    file.write_bytes(zlib.compress(how(zlib.decompress(packed))))
    blob = seat.git("hash-object", "-w", str(file))
    env = {**os.environ, "GIT_INDEX_FILE": str(seat.path.parent / "forged-index")}
    for words_of_git in (
        ("read-tree", old),
        ("update-index", "--add", "--cacheinfo", f"100644,{blob},checkpoint"),
    ):
        subprocess.run(["git", *words_of_git], cwd=seat.path, env=env, check=True)
    tree = subprocess.check_output(["git", "write-tree"], cwd=seat.path, env=env, text=True).strip()
    commit = seat.git("commit-tree", tree, "-p", old, "-m", words)
    seat.git("push", "-q", "--force", "origin", f"{commit}:{REF}")


def cancel_all(text: bytes) -> bytes:
    return text.replace(b'"state":"AWAITING_CLAIM"', b'"state":"CANCELLED"')


@pytest.mark.parametrize("options", FRESH.values(), ids=FRESH)
def test_a_fresh_clone_starts_by_the_checkpoint_and_answers_as_all_others(
    otto: Seat, remote: Path, options: Sequence[str]
) -> None:
    zoe = fresh(remote, *options)
    assert zoe.queue() == otto.queue()
    assert taken(zoe)
    for item in ("CMB-0001", "CMB-0002", "CMB-0004"):
        assert shown(zoe, item) == shown(otto, item)
    zoe.ok("claim", "CMB-0004")
    assert otto.queue()["CMB-0004"]["holder"]["seat"] == "zoe"
    assert zoe.ok("drift")["findings"] == []
    assert zoe.queue() == otto.queue()


def test_a_clone_that_does_not_trust_the_remote_reads_the_posts(otto: Seat, remote: Path) -> None:
    forge(otto, cancel_all)
    zoe = fresh(remote, trusts=False)
    assert zoe.queue() == otto.queue()
    assert not taken(zoe)


def test_a_forged_checkpoint_is_named_by_the_first_ticket_that_differs_until_it_is_made_anew(
    otto: Seat, remote: Path
) -> None:
    forge(otto, cancel_all)
    error, *rest = otto.run("drift", "--json").json["findings"]
    assert (error["rule"], error["severity"], rest) == ("forged-checkpoint", "error", [])
    assert "first in ticket CMB-0001" in error["message"]
    otto.ok("checkpoint")
    assert otto.ok("drift")["findings"] == []


def test_a_clone_that_took_a_forged_checkpoint_finds_it_and_is_right_from_then_on(
    otto: Seat, remote: Path
) -> None:
    forge(otto, cancel_all)
    zoe = fresh(remote)
    assert zoe.queue()["CMB-0001"]["state"] == "CANCELLED"
    otto.ok("checkpoint")
    (error,) = zoe.run("drift", "--json").json["findings"]
    assert (error["rule"], "ticket CMB-0001" in error["message"]) == ("forged-checkpoint", True)
    assert zoe.queue() == otto.queue()
    assert zoe.ok("drift")["findings"] == []


def test_no_checkpoint_is_made_of_one_that_nobody_compared(otto: Seat, remote: Path) -> None:
    forge(otto, cancel_all)
    zoe = fresh(remote)
    assert zoe.queue()["CMB-0001"]["state"] == "CANCELLED"
    assert zoe.ok("checkpoint")["checkpoint"]["written"]
    assert otto.ok("drift")["findings"] == []


def test_a_checkpoint_of_another_feed_is_left_alone(otto: Seat, remote: Path) -> None:
    """It has posts that the feed does not have, as after a rewind, or by a stranger."""
    forge(otto, cancel_all, onto=otto.git("rev-parse", "origin/main"))
    zoe = fresh(remote)
    assert zoe.queue() == otto.queue()
    assert not taken(zoe)


def test_a_checkpoint_whose_posts_the_feed_lacks_is_left_alone_by_a_shallow_clone_too(
    otto: Seat, remote: Path
) -> None:
    tip = otto.git("rev-parse", "origin/ledger")
    otto.ok("checkpoint")
    git(remote, "update-ref", "refs/heads/ledger", f"{tip}~2")
    zoe = fresh(remote, "--depth=1", "--filter=blob:none", "--no-checkout")
    assert zoe.queue()["CMB-0002"]["state"] == "CLAIMED"
    assert not taken(zoe)


@pytest.mark.parametrize("how", [lambda text: b"", lambda text: text[:-9], lambda text: b"x" + text])
def test_a_damaged_checkpoint_is_left_alone_and_found(
    otto: Seat, remote: Path, how: Callable[[bytes], bytes]
) -> None:
    forge(otto, how)
    zoe = fresh(remote)
    assert zoe.queue() == otto.queue()
    assert not taken(zoe)
    assert [one["rule"] for one in otto.run("drift", "--json").json["findings"]] == ["forged-checkpoint"]


def test_of_writers_at_once_one_wins_and_none_fails(otto: Seat, remote: Path, tmp_path: Path) -> None:
    anna = Seat("anna", tmp_path / "clone-anna")
    anna.queue()
    started = [seat.start("checkpoint", "--json") for seat in (otto, anna) for _ in range(2)]
    ended = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 4, ended
    assert fresh(remote).queue() == otto.queue()


def test_the_same_feed_is_not_put_there_twice_and_the_older_checkpoint_has_no_ref(
    otto: Seat, remote: Path
) -> None:
    before = git(remote, "rev-parse", REF)
    assert otto.ok("checkpoint")["checkpoint"]["written"]
    assert not otto.ok("checkpoint")["checkpoint"]["written"]
    assert before not in git(remote, "rev-list", "--all").split()


def test_a_remote_that_takes_no_such_ref_is_said_and_nothing_changes(otto: Seat, remote: Path) -> None:
    hook(remote, "update", 'case $1 in refs/ledger/*) echo "no such refs" >&2; exit 1 ;; esac')
    before = git(remote, "rev-parse", REF)
    assert otto.refused("checkpoint")["kind"] == "refused-by-remote"
    assert git(remote, "rev-parse", REF) == before


def test_a_repository_without_a_remote_needs_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "alone")
    seat = Seat("otto", tmp_path / "alone")
    seat.ok("init")
    assert seat.refused("checkpoint")["kind"] == "usage"


def test_a_guarded_remote_refuses_a_checkpoint_of_a_seat(otto: Seat, remote: Path) -> None:
    install(remote, "--branch", "ledger")
    assert "makes the checkpoint itself" in otto.refused("checkpoint")["message"]
    assert clone(remote, remote.parent / "ben", "ben", None).queue() == otto.queue()
