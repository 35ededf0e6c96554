import os
import subprocess
import time
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.local import LocalStore
from ledger.store.repo import open_repository
from ledger.store.swap import ABSENT, Edit, Lost, Oid, Refused, Unreached, Won
from ledger.store.trees import Trees
from tests.gitrun import commit_file, git, hook, new_repository
from tests.store.stores import MAIN, commit, land, local_store, reserve, within
from tests.store.test_hostlock import holder


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository on `main` with one commit, and a linked tree on another branch."""
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.py", "1\n")
    git(repo, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    return repo


def status(tree: Path) -> list[str]:
    return git(tree, "status", "--porcelain").splitlines()


def journal(top: Path) -> Path:
    return top / ".git" / "ledger" / "journal"


def tip(top: Path) -> Oid:
    return git(top, "rev-parse", "main")


def moved_without_trees(store: LocalStore, path: str = "feed/a.md") -> Oid:
    """A crash between the move of the ref and that of the trees."""
    old = tip(store.repo.top)
    new = commit(store, old, {path: b"a\n"})
    Trees(store.repo, "main").note(old)
    git(store.repo.top, "update-ref", MAIN, new, old)
    return new


def swap_in(store: LocalStore, path: str, seconds: float = 30.0) -> Won:
    base = tip(store.repo.top)
    new = commit(store, base, {path: b"b\n"})
    outcome = store.swap([Edit(MAIN, base, new)], within(seconds))
    assert isinstance(outcome, Won)
    return outcome


def test_a_clean_tree_follows(top: Path) -> None:
    new = land(local_store(top), tip(top), {"feed/a.md": b"a\n"})
    assert (tip(top), status(top), (top / "feed/a.md").read_text()) == (new, [], "a\n")
    assert not journal(top).exists()


def test_dirty_staged_and_untracked_files_stay(top: Path) -> None:
    (top / "code.py").write_text("2\n")
    (top / "staged.py").write_text("staged\n")
    git(top, "add", "staged.py")
    (top / "untracked").write_text("mine\n")
    land(local_store(top), tip(top), {"feed/a.md": b"a\n"})
    assert status(top) == [" M code.py", "A  staged.py", "?? untracked"]
    git(top, "commit", "-q", "-m", "mine")
    assert git(top, "ls-tree", "-r", "--name-only", "HEAD").split() == ["code.py", "feed/a.md", "staged.py"]


def test_an_unborn_branch_keeps_what_is_staged(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    (top / "staged.py").write_text("staged\n")
    git(top, "add", "staged.py")
    land(local_store(top), ABSENT, {"feed/a.md": b"a\n"})
    assert status(top) == ["A  staged.py"]
    assert (top / "feed/a.md").exists()


def test_from_a_linked_tree_the_tree_on_the_branch_follows(top: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    land(local_store(linked), tip(top), {"feed/a.md": b"a\n"})
    assert (status(top), status(linked)) == ([], [])
    assert (top / "feed/a.md").exists() and not (linked / "feed").exists()


def test_inside_a_hook_of_another_tree(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook of a linked tree names its own index; the tree on the branch must not be mended into it."""
    linked = tmp_path / "linked"
    monkeypatch.setenv("GIT_DIR", str(top / ".git" / "worktrees" / "linked"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(top / ".git" / "worktrees" / "linked" / "index"))
    monkeypatch.chdir(linked)
    store = local_store(linked)
    base = git(linked, "rev-parse", "main")
    new = commit(store, base, {"feed/a.md": b"a\n"})
    assert store.swap([Edit(MAIN, base, new)], within(30)) == Won()
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert (status(top), status(linked)) == ([], [])


def test_a_branch_that_nobody_has_checked_out(top: Path) -> None:
    store = local_store(top, "feed")
    new = land(store, ABSENT, {"feed/a.md": b"a\n"})
    assert store.read([], within(30)) == {"refs/heads/feed": new}
    assert (status(top), (top / "feed").exists()) == ([], False)


def test_an_edited_file_that_was_only_touched_follows(top: Path) -> None:
    land(local_store(top), tip(top), {"feed/ledger.yaml": b"format: 1\n"})
    os.utime(top / "feed/ledger.yaml", (1, 1))
    land(local_store(top), tip(top), {"feed/ledger.yaml": b"format: 1\nbranch: main\n"})
    assert status(top) == []


def test_where_git_refuses_the_win_stands_and_is_mended_later(top: Path) -> None:
    (top / "feed").mkdir()
    (top / "feed/a.md").write_text("mine\n")
    store = local_store(top)
    base = tip(top)
    (warning,) = swap_in(store, "feed/a.md").warnings
    new = tip(top)
    command = f"git -C {top} read-tree -m -u --no-recurse-submodules {base} {new}"
    assert warning.endswith(command) and "feed/a.md" in warning
    assert (top / "feed/a.md").read_text() == "mine\n"
    (again,) = swap_in(store, "feed/b.md").warnings
    assert base in again and tip(top) in again
    (top / "feed/a.md").unlink()
    store.read([], within(30))
    assert (status(top), journal(top).exists()) == ([], False)


def test_the_named_command_mends_and_is_not_undone(top: Path) -> None:
    (top / "feed").mkdir()
    (top / "feed/a.md").write_text("mine\n")
    (warning,) = swap_in(local_store(top), "feed/a.md").warnings
    (top / "feed/a.md").unlink()
    subprocess.run(warning.rpartition("or: ")[2].split(), check=True)
    (top / "more").write_text("staged\n")
    git(top, "add", "more")
    assert local_store(top).recover(1.0) == ()
    assert (status(top), journal(top).exists()) == (["A  more"], False)


def test_a_locked_index_is_mended_by_the_next_command(top: Path) -> None:
    lock = top / ".git" / "index.lock"
    lock.touch()
    (warning,) = swap_in(local_store(top), "feed/a.md").warnings
    assert "index.lock" in warning
    lock.unlink()
    assert swap_in(local_store(top), "feed/b.md") == Won()
    assert status(top) == []


def test_a_crash_after_the_ref_moved_is_mended_first(top: Path) -> None:
    store = local_store(top)
    moved_without_trees(store)
    assert status(top) == ["D  feed/a.md"]
    store.read([], within(30))
    assert (status(top), journal(top).exists()) == ([], False)


def test_a_crash_is_mended_by_a_swap_in_another_tree(top: Path, tmp_path: Path) -> None:
    moved_without_trees(local_store(top))
    land(local_store(tmp_path / "linked"), tip(top), {"feed/b.md": b"b\n"})
    assert status(top) == []
    assert sorted(file.name for file in (top / "feed").iterdir()) == ["a.md", "b.md"]


def test_a_crash_is_mended_by_a_swap_that_leaves_the_branch_alone(top: Path) -> None:
    store = local_store(top)
    moved_without_trees(store)
    assert store.swap([reserve(store, 1, b"1")], within(30)) == Won()
    assert status(top) == []


def test_a_crash_before_the_ref_moved_is_nothing(top: Path) -> None:
    (top / "code.py").write_text("2\n")
    git(top, "add", "code.py")
    Trees(open_repository(top), "main").note(tip(top))
    local_store(top).read([], within(30))
    assert (status(top), journal(top).exists()) == (["M  code.py"], False)


def test_a_tree_that_was_switched_away_is_left_alone(top: Path) -> None:
    store = local_store(top)
    base = tip(top)
    moved_without_trees(store)
    git(top, "checkout", "-q", "-f", "-b", "mine", base)
    store.read([], within(30))
    assert (status(top), journal(top).exists()) == ([], False)


def test_a_tree_whose_folder_is_away_is_mended_when_it_is_back(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    commit_file(top, "code.py")
    git(top, "switch", "-q", "-c", "topic")
    git(top, "worktree", "add", "-q", str(tmp_path / "linked"), "main")
    (tmp_path / "linked").rename(tmp_path / "away")
    land(local_store(top), tip(top), {"feed/a.md": b"a\n"})
    (tmp_path / "away").rename(tmp_path / "linked")
    local_store(top).read([], within(30))
    assert (status(tmp_path / "linked"), journal(top).exists()) == ([], False)


def test_readers_do_not_wait_for_a_writer(top: Path) -> None:
    store = local_store(top)
    new = moved_without_trees(store)
    with holder(top / ".git") as process:
        assert store.read([], within(0.2)) == {MAIN: new}
        assert status(top) == ["D  feed/a.md"]
        process.kill()
    assert store.read([], within(30)) == {MAIN: new}
    assert status(top) == []


def test_without_the_lock_it_is_beaten_and_nothing_is_written(top: Path) -> None:
    store = local_store(top)
    base = tip(top)
    edit = Edit(MAIN, base, commit(store, base, {"feed/a.md": b"a\n"}))
    with holder(top / ".git") as process:
        with pytest.raises(LedgerError) as caught:
            store.swap([edit], within(0.1))
        process.kill()
    assert (caught.value.kind, "--timeout" in caught.value.hint) == ("beaten", True)
    assert (tip(top), journal(top).exists()) == (base, False)


def test_a_lost_swap_leaves_trees_and_journal_alone(top: Path) -> None:
    store = local_store(top)
    base = tip(top)
    late = commit(store, base, {"feed/late.md": b"late\n"})
    land(store, base, {"feed/a.md": b"a\n"})
    git(top, "rm", "-q", "feed/a.md")
    assert store.swap([Edit(MAIN, base, late)], within(30)) == Lost((MAIN,))
    stale = Edit("refs/reserve/CMB/1", reserve(store, 1, b"x").new, ABSENT)
    fresh = commit(store, tip(top), {"feed/b.md": b"b\n"})
    assert store.swap([Edit(MAIN, tip(top), fresh), stale], within(30)) == Lost((stale.ref,))
    assert (status(top), journal(top).exists()) == (["D  feed/a.md"], False)


def test_a_hook_that_refuses_refs(top: Path) -> None:
    hook(
        top / ".git", "reference-transaction", "grep -q refs/reserve && { echo closed >&2; exit 1; }; exit 0"
    )
    store = local_store(top)
    base = tip(top)
    edits = [Edit(MAIN, base, commit(store, base, {"feed/a.md": b"a\n"})), reserve(store, 1, b"1")]
    outcome = store.swap(edits, within(30))
    assert isinstance(outcome, Refused) and "closed" in outcome.why
    assert (tip(top), status(top), journal(top).exists()) == (base, [], False)


def test_a_ref_that_somebody_locks_for_a_moment(top: Path) -> None:
    lock = top / ".git" / "refs" / "heads" / "main.lock"
    lock.touch()
    store = LocalStore(open_repository(top), "main", lambda _: lock.unlink())
    land(store, tip(top), {"feed/a.md": b"a\n"})
    assert status(top) == []


def test_a_ref_that_stays_locked_is_refused(top: Path) -> None:
    (top / ".git" / "refs" / "heads" / "main.lock").touch()
    store = LocalStore(open_repository(top), "main", lambda _: None)
    base = tip(top)
    outcome = store.swap([Edit(MAIN, base, commit(store, base, {"feed/a.md": b"a\n"}))], within(30))
    assert isinstance(outcome, Refused) and "main.lock" in outcome.why


def test_a_hook_that_hangs_is_ended_and_nothing_was_written(top: Path) -> None:
    store = local_store(top)
    number = reserve(store, 1, b"1")
    hook(top / ".git", "reference-transaction", "sleep 60")
    assert isinstance(store.swap([number], within(1)), Unreached)
    (top / ".git" / "hooks" / "reference-transaction").unlink()
    assert store.read(["refs/reserve/"], within(30)) == {MAIN: tip(top)}
    assert store.swap([number], within(30)) == Won()


def test_the_journal_is_there_before_the_ref_moves(top: Path) -> None:
    """Seen from a hook that runs while the refs are about to move."""
    hook(
        top / ".git", "reference-transaction", f'test "$1" = prepared && cp {journal(top)} {top}/seen; exit 0'
    )
    base = tip(top)
    land(local_store(top), base, {"feed/a.md": b"a\n"})
    assert (top / "seen").read_text() == f"{base}\0{top}\0"


def test_users_commits_and_swaps_take_turns(top: Path) -> None:
    """Somebody commits by hand on the branch, all the while that posts land on it; both are kept."""
    store = LocalStore(open_repository(top), "main", time.sleep)
    script = "for i in 1 2 3 4 5 6 7 8; do git commit -q --allow-empty -m $i || echo lost; done"
    user = subprocess.Popen(["sh", "-c", script], cwd=top, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    landed = 0
    while user.poll() is None or not landed:
        base = tip(top)
        new = commit(store, base, {f"feed/{landed}.md": b"x\n"})
        outcome = store.swap([Edit(MAIN, base, new)], within(30))
        landed += isinstance(outcome, Won)
    said, _ = user.communicate()
    store.read([], within(30))
    subjects = git(top, "log", "--format=%s").splitlines()
    assert subjects.count("post") == landed
    assert sum(subject.isdigit() for subject in subjects) == 8 - said.count(b"lost")
