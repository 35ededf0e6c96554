"""Working trees of the pool as git registers them: adding, finding faults, mending, removing.

Git keeps a folder for each working tree in `worktrees/` of the common git directory, and in the tree a file
`.git` that names it (gitrepository-layout(5), git-worktree(1) "Details"). Whoever calls holds the tree.
"""

from pathlib import Path

from ledger.store.contract import Oid
from ledger.store.files import replace_file
from ledger.store.git.process import Git
from ledger.store.pool.pool import MARKER, Pool, Tree, read_line_of
from ledger.store.pool.processes import can_see_processes, find_processes_in
from ledger.store.pool.tree_owner import Lease
from ledger.store.pool.tree_status import SLOW_SECONDS, tree_held_back


def find_sound_git_dir(pool: Pool, tree: Tree) -> Path | None:
    """The git directory of a tree that is sound: it and the tree name each other; else None."""
    words = read_line_of(tree.path / ".git").removeprefix("gitdir: ")
    registered = _find_registration(pool, tree)
    return registered if registered is not None and (tree.path / words).resolve() == registered else None


def find_fault(pool: Pool, tree: Tree) -> str | None:
    """What is wrong with a tree: `missing`, `broken` (its link to the repository) or `index-locked`."""
    if not tree.path.exists():
        return "missing"
    git_dir = find_sound_git_dir(pool, tree)
    if git_dir is None:
        return "broken"
    return "index-locked" if _list_stale_locks(tree, git_dir) else None


def read_branch(git_dir: Path) -> str | None:
    """The branch that a tree has checked out; None when detached, or when it is being removed."""
    head = read_line_of(git_dir / "HEAD")
    return head.removeprefix("ref: refs/heads/") if head.startswith("ref: ") else None


def find_left_behind(pool: Pool, tree: Tree) -> Path | None:
    """The git directory of a tree whose files are gone, which still has its HEAD and its index."""
    return None if tree.path.exists() else _find_registration(pool, tree)


def make_sound(pool: Pool, tree: Tree, base: Oid) -> Path:
    """See that there is a working tree which is whole and locked, and give its git directory.

    One that is new holds no files yet. Raises LedgerError `held-back` for what cannot be mended.
    """
    git_dir = find_sound_git_dir(pool, tree)
    if git_dir is None:
        with pool.hold_pool():
            _exclude_marker(pool)
            git_dir = _make_tree(pool, tree, base)
    if _find_held_lock(tree, git_dir):
        raise tree_held_back(f"{_find_held_lock(tree, git_dir)} is there, and may be in use")
    for lock in _list_stale_locks(tree, git_dir):
        lock.unlink(missing_ok=True)
    if not (git_dir / "locked").exists():
        git_in_common_dir(pool).run("worktree", "lock", "--reason", tree.lock_reason, str(tree.path))
    return git_dir


def remove_tree(pool: Pool, tree: Tree, lease: Lease | None) -> bool:
    """Remove a tree that is clean, as git judges, and still has this lease; never by force.

    Raises LedgerError `held-back`.
    """
    git = git_in_common_dir(pool)
    with pool.hold_pool():
        owner = pool.find_owner(tree)
        if owner is None or owner.lease != lease:
            # somebody has leased it since, and waits for us to be done
            return False
        # git removes no locked tree; where it refuses for another reason the lock is put back, so that no
        # `prune` takes the registration
        git.run("worktree", "unlock", str(tree.path))
        (tree.path / MARKER).unlink(missing_ok=True)
        ran = git.run("worktree", "remove", str(tree.path), timeout=SLOW_SECONDS)
        if ran.code:
            git.run("worktree", "lock", "--reason", tree.lock_reason, str(tree.path))
            raise tree_held_back(f"git worktree remove: {ran.complaint}")
        pool.forget_owner(tree)
        return True


def git_in_common_dir(pool: Pool) -> Git:
    """Git in the common git directory: no working tree of anybody's is asked or needed."""
    return pool.repo.git.in_other_tree(pool.repo.common_dir)


def _make_tree(pool: Pool, tree: Tree, base: Oid) -> Path:
    """A new tree, or the old one with its link to the repository made anew."""
    if not tree.path.exists():
        _add_tree(pool, tree.path, base)
    elif (tree.path / ".git").is_dir():
        raise tree_held_back(f"{tree.path} is a repository of its own")
    else:
        git_in_common_dir(pool).run("worktree", "repair", str(tree.path))
        if find_sound_git_dir(pool, tree) is None:
            _relink_tree(pool, tree, base)
    git_dir = find_sound_git_dir(pool, tree)
    if git_dir is None:
        raise tree_held_back(f"{tree.path / '.git'} does not name a working tree, and git cannot repair it")
    return git_dir


def _add_tree(pool: Pool, place: Path, base: Oid) -> None:
    """Add a tree without files. Twice forced: over the registration of one that is gone, though locked."""
    options = ("--quiet", "--force", "--force", "--no-checkout", "--detach")
    ran = git_in_common_dir(pool).run("worktree", "add", *options, str(place), base)
    if ran.code:
        raise tree_held_back(f"git worktree add: {ran.complaint}")


def _relink_tree(pool: Pool, tree: Tree, base: Oid) -> None:
    """Register the files of a tree that git knows nothing of any more, as changes to the base."""
    beside = tree.path.with_name(f"{tree.number}.new")
    # else one that died here has added it
    if not (beside / ".git").exists():
        _add_tree(pool, beside, base)
    # the new registration names the folder beside; `repair` makes it name this one. Killed in between, the
    # next one finds `.new` and goes on
    (beside / ".git").replace(tree.path / ".git")
    beside.rmdir()
    git_in_common_dir(pool).run("worktree", "repair", str(tree.path))


def _find_registration(pool: Pool, tree: Tree) -> Path | None:
    """The folder by which git knows this tree."""
    wanted = str(tree.path / ".git")
    folders = (pool.repo.common_dir.resolve() / "worktrees").glob("*")
    return next((folder for folder in folders if read_line_of(folder / "gitdir") == wanted), None)


def _list_stale_locks(tree: Tree, git_dir: Path) -> list[Path]:
    """Locks that nobody holds: git works in the tree that it locks, and nobody is there."""
    there = _list_locks(git_dir)
    return there if there and can_see_processes() and not find_processes_in(tree.path, "git") else []


def _find_held_lock(tree: Tree, git_dir: Path) -> Path | None:
    """A lock that somebody may hold."""
    stale = _list_stale_locks(tree, git_dir)
    return next((lock for lock in _list_locks(git_dir) if lock not in stale), None)


def _list_locks(git_dir: Path) -> list[Path]:
    """What git locks of a tree alone: its index and HEAD, its settings, the index by which it is saved."""
    return sorted(git_dir.glob("*.lock"))


def _exclude_marker(pool: Pool) -> None:
    """Keep the marker out of `git status`, in all working trees."""
    place = pool.repo.common_dir / "info" / "exclude"
    lines = place.read_bytes().splitlines(keepends=True) if place.exists() else []
    line = f"/{MARKER}\n".encode()
    if line.strip() not in map(bytes.strip, lines):
        end = b"\n" if lines and not lines[-1].endswith(b"\n") else b""
        replace_file(pool.repo.common_dir, "info/exclude", b"".join([*lines, end, line]))
