"""Leases and records of the pool: who gets a tree, and that nobody's lease is ended by another."""

import errno
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.app.effects import TimeLimit
from ledger.core.errors import LedgerError
from ledger.store.git.repository import open_repository
from ledger.store.pool.pool import MARKER, Pool, Tree, open_tree_pool, refusing_unwritable
from ledger.store.pool.processes import find_process
from ledger.store.pool.tree_owner import Lease, Owner, write_owner
from ledger.store.pool.worktrees import find_fault, find_sound_git_dir, make_sound, read_branch, remove_tree
from tests.gitrun import commit_file, git, new_repository
from tests.pools import session


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.txt")
    return open_tree_pool(open_repository(repo), TimeLimit(time.monotonic, time.monotonic() + 30))


def test_a_disk_that_is_full_is_no_fault_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="No space left") as raised, refusing_unwritable(tmp_path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert raised.value.kind == "held-back" and "room" in raised.value.hint


def lease(pid: int, since: str = "2026-11-20T03:57:00.000Z") -> Lease:
    return Lease(find_process(pid), since)


def made(pool: Pool, tree: Tree) -> Tree:
    make_sound(pool, tree, git(pool.repo.top, "rev-parse", "HEAD"))
    git(tree.path, "checkout", "-q", "--detach", "HEAD")
    return tree


def test_a_new_tree_a_warm_one_and_one_that_was_left(pool: Pool) -> None:
    """A warm tree is taken first, then one whose holder is gone, then a new place."""
    with session() as child:
        mine, dead = lease(1), lease(child.pid)
        for number, held in ((1, dead), (3, None)):
            pool.record_owner(
                made(pool, pool.tree_numbered("otto", number)), Owner("otto", number, "otto", held)
            )
    taken = [pool.lease_tree("otto", "otto", mine, ()) for _ in range(4)]
    assert [one and (one[0].number, one[1] and one[1].lease) for one in taken] == [
        (3, None),
        (1, dead),
        (2, None),
        None,
    ]


def test_the_tree_that_is_wanted_is_taken_before_a_warm_one(pool: Pool) -> None:
    pool.record_owner(made(pool, pool.tree_numbered("otto", 1)), Owner("otto", 1, "otto"))
    wanted = pool.tree_numbered("otto", 2)
    taken = pool.lease_tree("otto", "otto", lease(1), (), wanted.path)
    assert taken is not None and taken[0] == wanted


def test_trees_that_were_passed_are_left(pool: Pool) -> None:
    taken = pool.lease_tree("otto", "otto", lease(1), {1, 2})
    assert taken is not None and taken[0].number == 3
    assert pool.lease_tree("otto", "otto", lease(1), {1, 2}) is None


def test_what_is_written_is_read_again_from_record_and_marker(pool: Pool) -> None:
    tree = made(pool, pool.tree_numbered("otto", 1))
    owner = Owner("otto", 1, "otto-cli", replace(lease(1), item="CMB-0107"))
    pool.record_owner(tree, owner)
    assert pool.find_owner(tree) == owner
    tree.path.with_suffix(".json").write_text("{half")
    assert pool.find_owner(tree) == owner


FOREIGN = replace(find_process(1), host="elsewhere")
UNBOUND = replace(find_process(1), birth="")
MARKERS = {
    "a list": "[]",
    "nested too deep": "[" * 100_000,
    "of a process elsewhere": write_owner(Owner("otto", 1, "otto", Lease(FOREIGN, "2026"))),
    "of no process at all": write_owner(Owner("otto", 1, "otto", Lease(UNBOUND, "2026"))),
    "of another tree": write_owner(Owner("eve", 7, "eve", lease(1))),
}


@pytest.mark.parametrize("text", MARKERS.values(), ids=MARKERS)
def test_a_marker_that_a_branch_brought_leases_the_tree_to_nobody(text: str, pool: Pool) -> None:
    """The record beside the tree is gone, and a branch that is checked out has a file of the marker's name.
    Git has the tree locked for the pool still, and that is out of the branch's reach."""
    tree = made(pool, pool.tree_numbered("otto", 1))
    (tree.path / MARKER).write_text(text)
    assert pool.find_owner(tree) == Owner("otto", 1, "otto")
    taken = pool.lease_tree("otto", "otto", lease(1), (), tree.path)
    assert (
        taken is not None and taken[0] == tree and pool.find_owner(tree) == Owner("otto", 1, "otto", lease(1))
    )


def test_a_tree_without_a_record_in_which_somebody_is_at_work_is_left(pool: Pool) -> None:
    tree = made(pool, pool.tree_numbered("otto", 1))
    (tree.path / MARKER).write_text(MARKERS["of a process elsewhere"])
    with session(tree.path):
        taken = pool.lease_tree("otto", "otto", lease(1), (), tree.path)
    assert taken is not None and taken[0] != tree


@pytest.mark.parametrize("mine", [lease(1, "earlier"), None], ids=["an earlier lease", "no lease"])
def test_a_lease_is_ended_by_whoever_has_it_alone(mine: Lease | None, pool: Pool) -> None:
    taken = pool.lease_tree("otto", "otto", lease(1), ())
    assert taken is not None
    tree = taken[0]
    pool.restore_lease(tree, mine)
    owner = pool.find_owner(tree)
    assert owner is not None and owner.lease == lease(1)
    pool.restore_lease(tree, lease(1))
    assert pool.find_owner(tree) is None  # there never was a tree


def test_a_tree_that_was_leased_meanwhile_is_not_removed(pool: Pool) -> None:
    """Who takes a tree waits for who is at work in it, and finds it there."""
    tree = made(pool, pool.tree_numbered("otto", 1))
    pool.record_owner(tree, Owner("otto", 1, "otto", lease(1)))
    assert not remove_tree(pool, tree, None)
    assert find_fault(pool, tree) is None
    assert remove_tree(pool, tree, lease(1))
    assert (find_fault(pool, tree), pool.list_trees()) == ("missing", [])


def test_a_tree_with_changes_is_not_removed(pool: Pool) -> None:
    tree = made(pool, pool.tree_numbered("otto", 1))
    pool.record_owner(tree, Owner("otto", 1, "otto"))
    (tree.path / "new.txt").write_text("line-a\n")
    with pytest.raises(LedgerError) as raised:
        remove_tree(pool, tree, None)
    assert raised.value.kind == "held-back"
    assert "otto/1" in git(pool.repo.top, "worktree", "list", "--porcelain")


def test_a_tree_that_a_peer_is_removing_is_told_and_stops_nobody(pool: Pool) -> None:
    """What git leaves for a moment: a folder of its own without the files that say which tree it is."""
    tree = made(pool, pool.tree_numbered("otto", 1))
    git_dir = find_sound_git_dir(pool, tree)
    assert git_dir is not None
    (git_dir / "gitdir").unlink()
    (git_dir / "HEAD").unlink()
    assert (find_fault(pool, tree), read_branch(git_dir)) == ("broken", None)
    assert find_fault(pool, made(pool, pool.tree_numbered("otto", 2))) is None


def test_the_exclude_of_the_user_is_kept(pool: Pool) -> None:
    exclude = pool.repo.common_dir / "info" / "exclude"
    exclude.write_text("*.swp")
    made(pool, pool.tree_numbered("otto", 1))
    made(pool, pool.tree_numbered("otto", 2))
    assert exclude.read_text() == f"*.swp\n/{MARKER}\n"


def test_who_waits_too_long_is_told(pool: Pool) -> None:
    tree = pool.tree_numbered("otto", 1)
    late = replace(pool, until=TimeLimit(time.monotonic, time.monotonic()))
    with pool.hold_pool(), pytest.raises(LedgerError, match="at work in the pool"), late.hold_pool():
        pass
    with pool.hold_tree(tree), pytest.raises(LedgerError, match="at work in the pool"), late.hold_tree(tree):
        pass
