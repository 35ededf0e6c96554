"""The store without a remote: refs move whole or not at all, and never under a working tree."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.contract import ABSENT, Applied, Conflict, Oid, RefUpdate, Refused, Unreached
from ledger.store.git.repository import open_repository
from ledger.store.local import LocalStore
from tests.fleet import Seat
from tests.gitrun import commit_file, git, hook, new_repository
from tests.store.stores import LEDGER, commit, land, local_store, reserve, within
from tests.store.test_hostlock import holder


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository at work on `main`, with a linked tree, and a feed of one post on `ledger`."""
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.py", "1\n")
    git(repo, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    land(local_store(repo), ABSENT, {"feed/a.md": b"a\n"})
    return repo


def status(tree: Path) -> list[str]:
    return git(tree, "status", "--porcelain").splitlines()


def tip(top: Path) -> Oid:
    return git(top, "rev-parse", "ledger")


def post(store: LocalStore, path: str = "feed/b.md") -> RefUpdate:
    """The edit that lands one post more."""
    base = tip(store.repo.top)
    return RefUpdate(LEDGER, base, commit(store, base, {path: b"b\n"}))


def refusal(store: LocalStore, edit: RefUpdate) -> LedgerError:
    before = tip(store.repo.top)
    with pytest.raises(LedgerError) as caught:
        store.compare_and_swap([edit], within(30))
    assert (caught.value.kind, tip(store.repo.top)) == ("needs-own-branch", before)
    return caught.value


def follow(error: LedgerError) -> None:
    """Type the first command of a hint."""
    command = error.hint.split("`")[1]
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command}: {ran.stderr}"


def test_no_working_tree_is_touched(top: Path, tmp_path: Path) -> None:
    (top / "code.py").write_text("2\n")
    (top / "staged.py").write_text("staged\n")
    git(top, "add", "staged.py")
    before = status(top)
    new = land(local_store(tmp_path / "linked"), tip(top), {"feed/b.md": b"b\n"})
    assert (tip(top), status(top), status(tmp_path / "linked")) == (new, before, [])
    assert not (top / "feed").exists()


def test_the_first_post_makes_the_branch(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    (top / "staged.py").write_text("staged\n")
    git(top, "add", "staged.py")
    store = local_store(top)
    new = land(store, ABSENT, {"feed/a.md": b"a\n"})
    assert store.read_refs([], within(30)) == {LEDGER: new}
    assert (status(top), git(top, "symbolic-ref", "HEAD")) == (["A  staged.py"], "refs/heads/main")


def test_from_a_detached_checkout_of_the_feed(top: Path, tmp_path: Path) -> None:
    """As people look at it; it stays where it is."""
    git(top, "worktree", "add", "-q", "--detach", str(tmp_path / "feed"), "ledger")
    old = tip(top)
    land(local_store(top), old, {"feed/b.md": b"b\n"})
    assert (git(tmp_path / "feed", "rev-parse", "HEAD"), status(tmp_path / "feed")) == (old, [])


# What holds the branch, and how it lets go.


def checked_out(top: Path, tree: Path) -> None:
    git(top, "worktree", "add", "-q", str(tree), "ledger")


def being_rebased(top: Path, tree: Path) -> None:
    """Stopped at a conflict: git calls this tree detached, and writes the branch when it ends."""
    checked_out(top, tree)
    git(tree, "switch", "-q", "-c", "other")
    commit_file(tree, "feed/a.md", "theirs\n")
    git(tree, "switch", "-q", "ledger")
    commit_file(tree, "feed/a.md", "ours\n")
    assert subprocess.run(["git", "rebase", "other"], cwd=tree, capture_output=True, check=False).returncode
    (tree / "feed/a.md").write_text("both\n")
    git(tree, "add", "feed/a.md")


def being_rebased_by_apply(top: Path, tree: Path) -> None:
    being_rebased(top, tree)
    git(tree, "rebase", "--abort")
    ran = subprocess.run(["git", "rebase", "--apply", "other"], cwd=tree, capture_output=True, check=False)
    assert ran.returncode
    (tree / "feed/a.md").write_text("both\n")
    git(tree, "add", "feed/a.md")


def being_bisected(top: Path, tree: Path) -> None:
    land(local_store(top), tip(top), {"feed/b.md": b"b\n"})
    checked_out(top, tree)
    git(tree, "bisect", "start", "ledger", "ledger~1")
    git(tree, "checkout", "-q", "--detach")


HOLDERS = (checked_out, being_rebased, being_rebased_by_apply, being_bisected)


@pytest.mark.parametrize("hold", HOLDERS)
def test_a_branch_that_a_tree_holds_is_not_moved_until_it_lets_go(
    hold: Callable[[Path, Path], None], top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", ":")
    tree = tmp_path / "a tree"
    hold(top, tree)
    store = local_store(top)
    error = refusal(store, post(store))
    assert (
        f'"{tree}"' in error.message
        and hold.__name__.removesuffix("_by_apply").replace("_", " ") in error.message
    )
    follow(error)
    if "rebase" in error.message:  # it is done, and stands on the branch as any checkout
        follow(refusal(store, post(store)))
    assert store.compare_and_swap([post(store)], within(30)) == Applied()
    assert status(tree) == []


def test_numbers_are_given_whatever_is_checked_out(top: Path, tmp_path: Path) -> None:
    checked_out(top, tmp_path / "tree")
    store = local_store(top)
    assert store.compare_and_swap([reserve(store, 1, b"1")], within(30)) == Applied()


def test_a_tree_whose_folder_is_away_holds_it_too(top: Path, tmp_path: Path) -> None:
    """When its disk is back, its index stands where it stood."""
    checked_out(top, tmp_path / "tree")
    (tmp_path / "tree").rename(tmp_path / "away")
    store = local_store(top)
    assert "git worktree prune" in refusal(store, post(store)).hint


def test_a_branch_not_born_yet_that_is_checked_out(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    git(top, "symbolic-ref", "HEAD", LEDGER)
    store = local_store(top)
    with pytest.raises(LedgerError) as caught:
        store.compare_and_swap(
            [RefUpdate(LEDGER, ABSENT, commit(store, ABSENT, {"feed/a.md": b"a"}))], within(30)
        )
    assert caught.value.kind == "needs-own-branch"
    follow(caught.value)
    land(store, ABSENT, {"feed/a.md": b"a"})


@pytest.mark.parametrize("moment", ["prepared", "committed"])
def test_a_checkout_at_the_very_moment_is_told_how_to_come_along(
    moment: str, top: Path, tmp_path: Path
) -> None:
    """Somebody checks the branch out between the look and the swap; its index may then stand behind."""
    tree = tmp_path / "linked"
    checkout = f"unset GIT_DIR; git -C {shlex.quote(str(tree))} checkout -q ledger"
    hook(top / ".git", "reference-transaction", f'if test "$1" = {moment}; then {checkout}; fi; exit 0')
    store = local_store(top)
    outcome = store.compare_and_swap([post(store)], within(30))
    (top / ".git" / "hooks" / "reference-transaction").unlink()
    assert isinstance(outcome, Applied)
    (warning,) = outcome.warnings
    assert status(tree) == (["D  feed/b.md"] if moment == "prepared" else [])
    step, _, detach = warning.partition("back: ")[2].partition(", then ")
    for command in (step, detach):
        subprocess.run(["sh", "-c", command], check=True, capture_output=True)
    assert status(tree) == []
    assert store.compare_and_swap([post(store, "feed/c.md")], within(30)) == Applied()


# Locks and hooks.


def test_readers_do_not_wait_for_a_writer(top: Path) -> None:
    with holder(top / ".git") as process:
        assert local_store(top).read_refs([], within(0.2)) == {LEDGER: tip(top)}
        process.kill()


def test_a_writer_that_was_stopped_in_its_turn_stops_nobody(top: Path) -> None:
    """It is somewhere in a debugger, with the lock: refs are compared as they are swapped, lock or not."""
    store = local_store(top)
    edit = post(store)
    with holder(top / ".git") as process:
        process.send_signal(signal.SIGSTOP)
        assert store.compare_and_swap([edit], within(30)) == Applied()
        process.kill()
    assert tip(top) == edit.new


PRUNER = """#!/bin/sh
# Prunes at the worst moment: when all objects of a write are there, and no ref names them yet. Once.
case " $* " in *" update-ref "*) mkdir {folder}/pruned 2>&- && {git} -C {top} {gc} ;; esac
exec {git} "$@"
"""


@pytest.mark.parametrize("gc", ["gc --quiet --prune=now", "prune --expire=now"])
def test_a_gc_between_building_and_swapping(
    gc: str, top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    words = {"folder": str(tmp_path), "git": str(shutil.which("git")), "top": str(top), "gc": gc}
    program.write_text(PRUNER.format(**words))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    store = local_store(top)
    edits = [post(store), reserve(store, 1, b"1")]
    assert store.compare_and_swap(edits, within(60)) == Applied()
    assert (tmp_path / "pruned").exists()
    git(top, "fsck", "--strict", "--no-dangling")
    assert tip(top) == edits[0].new


def test_the_git_that_moves_refs_flushes_them(top: Path, tmp_path: Path) -> None:
    """By what it tells itself; the objects were flushed as they were written, before it began."""
    trace = tmp_path / "trace"
    store = LocalStore(open_repository(top), "ledger", lambda _: None)
    store.repo.git.env = {**store.repo.git.env, "GIT_TRACE2_EVENT": str(trace)}
    assert store.compare_and_swap([post(store), reserve(store, 1, b"1")], within(30)) == Applied()
    told = [json.loads(line) for line in trace.read_text().splitlines()]
    flushed = [int(one["value"]) for one in told if one.get("key") == "fsync/hardware-flush"]
    flushed += [one["count"] for one in told if one.get("name") == "hardware-flush"]  # so git 2.47 writes it
    assert sum(flushed) >= 2, "one for each ref"


_TRACED = re.compile(
    r"(?P<call>fsync|link|rename)"
    r"\((?:\d+<(?P<flushed>[^>]*)>|\"(?P<old>[^\"]*)\", \"(?P<new>[^\"]*)\")(?:\)| <unfinished)"
)
"""A call in what strace writes; one that lasts while another process calls is told in two halves."""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace, which tells what is flushed, is not here")
def test_what_was_acknowledged_is_on_the_disk_objects_before_refs(tmp_path: Path) -> None:
    """By the system calls of a whole command: each object and its folder, each ref and its folders."""
    repo = new_repository(tmp_path / "repo").resolve()
    seat = Seat("otto", repo)
    seat.ok("init", "--branch", "ledger")
    before = set(git(repo, "rev-list", "--all", "--objects", "--no-object-names").split())
    log = tmp_path / "log"
    words = ("strace", "-f", "-y", "-e", "trace=fsync,link,rename", "-o", str(log))
    subprocess.run([*words, *seat.command("append", "--reserve", "CMB", "--subject", "one")], check=True)
    calls = [found for line in log.read_text().splitlines() if (found := _TRACED.search(line))]
    git_dir = repo / ".git"

    def place(call: str, path: str, after: int = -1) -> int:
        """Where a path was flushed (or what was renamed to it), after another call."""
        group = "flushed" if call == "fsync" else "new"
        rows = [n for n, one in enumerate(calls) if one["call"] == call and one[group] == path and n > after]
        assert rows, f"no {call} of {path} after {after}"
        return rows[0]

    refs = {
        name: git_dir / name for name in ("refs/heads/ledger", "refs/reserve/CMB/1", "refs/reserve/CMB/tip")
    }
    named = {name: place("rename", str(path)) for name, path in refs.items()}
    objects = set(git(repo, "rev-list", "--all", "--objects", "--no-object-names").split()) - before
    objects -= set(git(repo, "for-each-ref", "--format=%(objectname)", "refs/ledger").split()) & before
    assert len(objects) > 8
    for oid in objects:
        folder = git_dir / "objects" / oid[:2]
        linked = place("link", str(folder / oid[2:]))
        place("fsync", str(calls[linked]["old"]))
        flushed = place("fsync", str(folder), linked)
        assert place("fsync", str(folder.parent), flushed) < min(named.values())
    for name, path in refs.items():
        assert place("fsync", f"{path}.lock") < named[name]
        place("fsync", str(path.parent), named[name])
        place("fsync", str(path.parent.parent), named[name])


def test_a_lost_swap_moves_nothing(top: Path) -> None:
    store = local_store(top)
    late = post(store, "feed/late.md")
    land(store, tip(top), {"feed/b.md": b"b\n"})
    assert store.compare_and_swap([late], within(30)) == Conflict((LEDGER,))
    stale = RefUpdate("refs/reserve/CMB/1", reserve(store, 1, b"x").new, ABSENT)
    before = tip(top)
    assert store.compare_and_swap([post(store, "feed/c.md"), stale], within(30)) == Conflict((stale.ref,))
    assert tip(top) == before


def test_a_hook_that_refuses_refs(top: Path) -> None:
    hook(
        top / ".git", "reference-transaction", "grep -q refs/reserve && { echo closed >&2; exit 1; }; exit 0"
    )
    store = local_store(top)
    edit = post(store)
    outcome = store.compare_and_swap([edit, reserve(store, 1, b"1")], within(30))
    assert isinstance(outcome, Refused) and "closed" in outcome.why
    assert tip(top) == edit.old


def test_a_ref_that_somebody_locks_for_a_moment(top: Path) -> None:
    lock = top / ".git" / "refs" / "heads" / "ledger.lock"
    lock.touch()
    store = LocalStore(open_repository(top), "ledger", lambda _: lock.unlink())
    land(store, tip(top), {"feed/b.md": b"b\n"})


def test_a_ref_that_stays_locked_is_refused(top: Path) -> None:
    (top / ".git" / "refs" / "heads" / "ledger.lock").touch()
    store = LocalStore(open_repository(top), "ledger", lambda _: None)
    outcome = store.compare_and_swap([post(store)], within(30))
    assert isinstance(outcome, Refused) and "ledger.lock" in outcome.why


def test_a_hook_that_hangs_is_ended_and_nothing_was_written(top: Path) -> None:
    store = local_store(top)
    number = reserve(store, 1, b"1")
    hook(top / ".git", "reference-transaction", "sleep 60")
    assert isinstance(store.compare_and_swap([number], within(1)), Unreached)
    (top / ".git" / "hooks" / "reference-transaction").unlink()
    assert store.read_refs(["refs/reserve/"], within(30)) == {LEDGER: tip(top)}
    assert store.compare_and_swap([number], within(30)) == Applied()
