"""Checkpoints that nobody asks for: a guard's host makes those that are due, and so does `drift --fix`."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.store.checkpoint_ref import EVERY, REF
from tests.fleet import Seat, bare_remote, clone, standing
from tests.gitrun import git
from tests.store.stores import eventually
from tests.test_checkpoint import fresh, taken
from tests.test_guard import install

FIRST = datetime(2026, 11, 20, tzinfo=UTC)
DAY = 86400


def chain(count: int) -> Iterator[tuple[str, str]]:
    """The files of a chain of so many notes of one seat."""
    links: tuple[tuple[str, str], ...] = ()
    for n in range(1, count + 1):
        at = FIRST + timedelta(seconds=n)
        name = make_post_id(at, "A-1", f"{n:016x}")
        head = (("seat", "A-1"), ("at", format_timestamp(at)), ("kind", "note"), ("seq", str(n)), *links)
        yield path_of_post(name), render_post(head, "hello").decode()
        links = (("prev", name),)


def build(folder: Path) -> list[Seat]:
    """A remote whose feed is one post short of a checkpoint, and a clone of it."""
    bare = bare_remote(folder)
    lines = ["commit refs/heads/ledger", "committer A <a@example.invalid> 1790000000 +0000", "data 0"]
    for path, text in chain(EVERY - 1):
        lines += [f"M 100644 inline {path}", f"data {len(text)}", text]
    git(bare, "fast-import", "--quiet", stdin="\n".join(lines) + "\n")
    seat = clone(bare, folder / "clone-otto", "otto", None)
    seat.ok("queue")
    return [seat]


@pytest.fixture
def otto(tmp_path: Path) -> Seat:
    return standing(build, tmp_path)[0]


@pytest.fixture
def remote(otto: Seat) -> Path:
    return otto.path.parent / "remote.git"


def find_checkpoint(remote: Path) -> str:
    """The commit of the feed that the checkpoint stands for; "" where there is none."""
    return git(remote, "for-each-ref", "--format=%(parent)", REF)


def find_tip(remote: Path) -> str:
    return git(remote, "rev-parse", "ledger")


def mend(seat: Seat) -> list[str]:
    """The commits of the feed for which `drift --fix` made a checkpoint."""
    fixed = seat.ok("drift", "--fix")["fixed"]
    return [row["by"] for row in fixed if row["rule"] == "checkpoint"]


def test_drift_makes_a_checkpoint_when_one_is_due_and_no_other_until_a_day_later(
    otto: Seat, remote: Path
) -> None:
    assert mend(otto) == []
    assert find_checkpoint(remote) == ""
    otto.files("CMB", "Work")
    assert mend(otto) == [find_tip(remote)] == [find_checkpoint(remote)]
    zoe = fresh(remote)
    assert zoe.queue() == otto.queue()
    assert taken(zoe)

    otto.files("CMB", "More work")
    assert mend(otto) == []
    at = git(remote, "show", "-s", "--format=%ct", REF)
    old = git(remote, "cat-file", "commit", REF).replace(f" {at} ", f" {int(at) - DAY} ") + "\n"
    git(remote, "update-ref", REF, git(remote, "hash-object", "-t", "commit", "-w", "--stdin", stdin=old))
    assert mend(otto) == [find_tip(remote)] == [find_checkpoint(remote)]


def test_the_host_of_a_guard_makes_a_checkpoint_beside_the_pushes_when_one_is_due(
    otto: Seat, remote: Path
) -> None:
    install(remote, "--branch", "ledger")
    assert find_checkpoint(remote) == ""
    otto.files("CMB", "The post with which one is due")
    assert otto.files("CMB", "The push that finds it due") == "CMB-0002"
    eventually(lambda: find_checkpoint(remote) == find_tip(remote))
    zoe = fresh(remote)
    assert zoe.queue() == otto.queue()
    assert taken(zoe)

    made, before = remote / "ledger" / "checkpoint-made", find_tip(remote)
    otto.files("CMB", "Too early for another")
    assert find_checkpoint(remote) == before
    os.utime(made, (made.stat().st_mtime - DAY,) * 2)
    otto.files("CMB", "A day later")
    eventually(lambda: find_checkpoint(remote) == find_tip(remote))


def test_a_guard_that_is_put_before_a_long_feed_makes_its_checkpoint_at_once(
    otto: Seat, remote: Path
) -> None:
    otto.files("CMB", "Work")
    install(remote, "--branch", "ledger")
    assert find_checkpoint(remote) == find_tip(remote)
