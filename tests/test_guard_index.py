"""The guard's index when it is far behind: it is brought up beside pushes, which are judged without it."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.app.guard.index import LATE
from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.store.git.process import Git
from ledger.store.git.repository import Repo
from ledger.store.index.following import FEW
from ledger.store.local import LocalStore
from tests.fleet import Seat, bare_remote, clone, plainly
from tests.gitrun import git
from tests.store.stores import commit, eventually
from tests.test_guard import install, refused

FIRST = datetime(2026, 11, 20, tzinfo=UTC)


def notes(count: int) -> dict[str, bytes]:
    """The files of this many notes of one seat."""
    files = {}
    for n in range(count):
        at = FIRST + timedelta(seconds=n)
        name = make_post_id(at, "A-1", f"{n:016x}")
        files[path_of_post(name)] = render_post(
            [("seat", "A-1"), ("at", format_timestamp(at)), ("kind", "note")], "hello"
        )
    return files


def guarded_feed(folder: Path) -> tuple[Path, Seat]:
    """A guarded remote whose feed has more posts than one push reads into the index, which is gone."""
    remote = bare_remote(folder)
    store = LocalStore(Repo(remote, remote, remote, False, Git(remote), ()), "main", time.sleep)
    tip = commit(store, git(remote, "rev-parse", "main"), notes(FEW + 1))
    git(remote, "update-ref", "refs/heads/main", tip)
    install(remote, "--branch", "main")
    assert behind(remote) == 0
    (remote / "ledger" / "index.db").unlink()
    return remote, clone(remote, folder / "clone", "B-1")


def behind(remote: Path) -> int:
    return int(json.loads(plainly(remote, "guard", "check", "--json").out)["index"]["behind"])


def test_a_push_beside_a_late_index_is_judged_and_the_index_brought_up_after_it(tmp_path: Path) -> None:
    """As if the process that brings it up were killed at first: word of it stays for the next push."""
    remote, seat = guarded_feed(tmp_path)
    index, late, after = remote / "ledger" / "index.db", remote / LATE, remote / "hooks" / "post-receive"
    after.rename(remote / "kept")
    assert seat.files("CMB", "Work") == "CMB-0001"
    seat.git("fetch", "-q")
    seat.git("checkout", "-q", "-B", "main", "origin/main")
    (post, *_) = sorted((seat.path / "feed").rglob("*.md"))
    post.write_text(post.read_text() + "more\n")
    seat.git("commit", "-q", "--no-verify", "-am", "by hand")
    assert "a landed post was edited" in refused(seat, "origin", "HEAD:main")
    assert late.exists() and behind(remote) > FEW
    (remote / "kept").rename(after)
    seat.ok("claim", "CMB-0001")
    eventually(lambda: index.exists() and not late.exists())
    assert behind(remote) <= 1
