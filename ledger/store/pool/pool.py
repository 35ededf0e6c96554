"""The pool of working trees of one repository on this machine: places, owners, leases, locks.

```
<pool>/<repository>/pool.lock          around every taking, adding, removing and pruning
<pool>/<repository>/<identity>/1       a working tree, with its marker in it
<pool>/<repository>/<identity>/1.json  its owner and lease; the marker says the same
<pool>/<repository>/<identity>/1.lock  around what is done in the tree
```

Who needs both locks takes the tree's first. A lease is written before anything is done to a tree, so
that whoever dies at work leaves a lease that says so.
"""

import errno
import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.store.clone.host_lock import hold_file_lock
from ledger.store.contract import Deadline
from ledger.store.git.repository import Repo
from ledger.store.pool.large_files import LargeFiles
from ledger.store.pool.pool_folder import find_pool_root, remember_folder
from ledger.store.pool.processes import find_processes_in
from ledger.store.pool.tree_owner import Lease, Owner, read_marker, read_owner, write_owner

MARKER: Final = ".ledger-pool-owner"
"""The file in a tree that names its owner. `info/exclude` of the common git directory keeps it out of
`git status`: that file is shared by all working trees, and a `core.excludesFile` of one tree would take the
place of the user's own."""
SIZE: Final = 3
"""Trees an identity has, unless `ledger.pool.size` says otherwise."""
LARGEST: Final = "100m"
"""How large a file may be that a rescue's commit holds, unless `ledger.pool.largest` says otherwise."""
_UNITS: Final = {"": 0, "k": 10, "m": 20, "g": 30}
"""The units of git-config(1), as powers of two."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A place for a working tree in the pool, whether there is one or not."""

    identity: str
    number: int
    path: Path

    @property
    def name(self) -> str:
        """`otto/1`."""
        return f"{self.identity}/{self.number}"

    @property
    def lock_reason(self) -> str:
        """What `git worktree lock` is given, so that git's own prune leaves the tree."""
        return f"git-ledger pool: {self.name}, see {MARKER}"


@dataclass(frozen=True)
class Pool:
    """The pool of a repository. `root` is resolved, as git writes paths; `large` are files that go beside."""

    repo: Repo
    root: Path
    size: int
    large: LargeFiles
    until: Deadline

    def tree_numbered(self, identity: str, number: int) -> Tree:
        """The place of one tree."""
        return Tree(identity, number, self.root / identity / str(number))

    def list_trees(self, identity: str | None = None) -> list[Tree]:
        """Every tree that there is, or was and has an owner still; of one identity, or of all."""
        folder = identity or "*"
        records = [place.with_suffix("") for place in self.root.glob(f"{folder}/*.json")]
        marked = [place.parent for place in self.root.glob(f"{folder}/*/{MARKER}")]
        found = {
            (place.parent.name, int(place.name)) for place in (*records, *marked) if place.name.isdecimal()
        }
        return [self.tree_numbered(*place) for place in sorted(found)]

    def find_tree_at(self, path: Path) -> Tree | None:
        """The tree that is this folder; None when the folder is not of this pool."""
        place = path.resolve()
        return next((tree for tree in self.list_trees() if tree.path == place), None)

    def find_owner(self, tree: Tree) -> Owner | None:
        """Whose tree it is, by the record beside it, else by the marker in it; None: nobody's.

        Where there is no record and the marker is not ours, as one that came with a branch, by git.
        """
        record, marker = read_owner(_record_path(tree)), tree.path / MARKER
        for owner in (record, read_marker(marker)):
            if owner is not None and (owner.identity, owner.number) == (tree.identity, tree.number):
                return owner
        return self._locked_for(tree) if record is None and marker.exists() else None

    def _locked_for(self, tree: Tree) -> Owner | None:
        """The owner of a tree that git has locked in the words of the pool; None: somebody is at work."""
        git_dirs = [place.parent for place in self.repo.common_dir.glob("worktrees/*/locked")]
        ours = ((read_line_of(place / "gitdir"), read_line_of(place / "locked")) for place in git_dirs)
        if (str(tree.path / ".git"), tree.lock_reason) not in ours or find_processes_in(tree.path):
            return None
        return Owner(tree.identity, tree.number, tree.identity)

    def record_owner(self, tree: Tree, owner: Owner) -> None:
        """Keep whose tree it is, beside it and, where there is a tree, in it."""
        text = write_owner(owner)
        with refusing_unwritable(self.root):
            _record_path(tree).parent.mkdir(parents=True, exist_ok=True)
            _replace_record(_record_path(tree), text, _record_path(tree))
            if (tree.path / ".git").exists():
                _replace_record(tree.path / MARKER, text, _record_path(tree))

    def forget_owner(self, tree: Tree) -> None:
        """Drop the record of a tree that is no more; whoever calls holds the pool."""
        _record_path(tree).unlink(missing_ok=True)

    @contextmanager
    def hold_pool(self) -> Iterator[None]:
        """Hold the pool. Raises LedgerError `beaten`."""
        with _hold_lock(self.root / "pool.lock", self.until.remaining()):
            yield

    @contextmanager
    def hold_tree(self, tree: Tree) -> Iterator[None]:
        """Be alone in one tree. Raises LedgerError `beaten`."""
        with _hold_lock(tree.path.with_suffix(".lock"), self.until.remaining()):
            yield

    def lease_tree(
        self, identity: str, seat: str, lease: Lease, passed: Collection[int], wanted: Path | None = None
    ) -> tuple[Tree, Owner | None] | None:
        """Lease a tree to a process, and say whose it was before; None when all are taken.

        The tree at `wanted` is taken first, if it is to be had; then a warm one, then one whose holder is
        gone, then a place for a new one. Those that were `passed` are left.
        """
        with self.hold_pool():
            remember_folder(self.repo.common_dir.resolve(), self.root.name)
            places = [self.tree_numbered(identity, n) for n in range(1, self.size + 1) if n not in passed]
            owners = {tree: self.find_owner(tree) for tree in places}
            free = [tree for tree in places if _is_free_tree(tree, owners[tree])]
            for tree in sorted(
                free, key=lambda tree: (tree.path != wanted, _rank_coldness(tree, owners[tree]))
            ):
                self.record_owner(tree, Owner(identity, tree.number, seat, lease))
                return tree, owners[tree]
        return None

    def restore_lease(self, tree: Tree, mine: Lease | None, before: Lease | None = None) -> None:
        """Let a lease that is still `mine` be followed by none, or by the one before it."""
        with self.hold_pool():
            owner = self.find_owner(tree)
            # read again under the lock: a lease whose process looked dead may have been given to another
            # one meanwhile
            if owner is None or owner.lease != mine:
                return
            if tree.path.exists() or before is not None:
                self.record_owner(tree, replace(owner, lease=before))
            else:
                self.forget_owner(tree)


def read_line_of(place: Path) -> str:
    """A line that git keeps; empty where there is none, since others add and remove trees while we look."""
    try:
        return place.read_text(encoding="utf-8", errors="surrogateescape").strip()
    except OSError:
        return ""


def open_tree_pool(repo: Repo, until: Deadline) -> Pool:
    """The pool of a repository: `ledger.pool`, else below the user's state folder (XDG base directories).

    Raises LedgerError `usage` for settings that cannot be.
    """
    root = find_pool_root(repo)
    large = LargeFiles(root, _parse_bytes(repo.config("ledger.pool.largest") or LARGEST))
    return Pool(repo, root, _parse_size(repo.config("ledger.pool.size")), large, until)


def is_abandoned(tree: Tree, lease: Lease) -> bool:
    """True when the process of a lease is gone, and nobody is at work in the tree that it left."""
    return lease.is_over and not find_processes_in(tree.path)


def _is_free_tree(tree: Tree, owner: Owner | None) -> bool:
    if owner is None:
        # a folder without an owner is somebody else's
        return not tree.path.exists()
    return owner.lease is None or is_abandoned(tree, owner.lease)


def _rank_coldness(tree: Tree, owner: Owner | None) -> int:
    if not tree.path.exists():
        return 2
    return 0 if owner is None or owner.lease is None else 1


def _parse_size(setting: str | None) -> int:
    if setting is None:
        return SIZE
    if not (setting.isascii() and setting.isdecimal() and len(setting) < 3 and int(setting)):
        hint = "`git config ledger.pool.size 3`"
        raise LedgerError("usage", f'ledger.pool.size is "{setting}", which is no number from 1 to 99', hint)
    return int(setting)


def _parse_bytes(setting: str) -> int:
    digits, unit = setting.rstrip("kmgKMG"), setting[-1:].lower().strip("0123456789")
    if not (
        digits.isascii() and digits.isdecimal() and len(digits) < 10 and len(digits + unit) == len(setting)
    ):
        hint = f"`git config ledger.pool.largest {LARGEST}`"
        raise LedgerError("usage", f'ledger.pool.largest is "{setting}", which is no number of bytes', hint)
    return int(digits) << _UNITS[unit]


def _record_path(tree: Tree) -> Path:
    return tree.path.with_suffix(".json")


def _replace_record(place: Path, text: str, beside: Path) -> None:
    """Write a file whole; what is half written stands beside the record, not in a working tree."""
    # not `replace_file`: the marker itself is replaced, also where a branch brought a link of its name, and
    # what a kill leaves half written must not stand among the user's files
    fresh = beside.with_suffix(f".{os.getpid()}")
    try:
        fresh.unlink(missing_ok=True)
        # past no link that somebody put there
        with fresh.open("x", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(place)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


@contextmanager
def refusing_unwritable(folder: Path) -> Iterator[None]:
    """Say of a folder that cannot be made or written to, and of a disk that is full, what to do."""
    try:
        yield
    except OSError as error:
        message = f'the pool "{folder}" cannot be written to: {error.strerror}'
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LedgerError("held-back", message, "the same command again when there is room") from error
        hint = "`git config ledger.pool FOLDER` with one that this user may write to"
        raise LedgerError("usage", message, hint) from error


@contextmanager
def _hold_lock(place: Path, seconds: float) -> Iterator[None]:
    with ExitStack() as locks:
        with refusing_unwritable(place.parent):
            held = locks.enter_context(hold_file_lock(place, seconds))
        if not held:
            message = f"others were at work in the pool until the time was up ({place})"
            raise LedgerError("beaten", message, "the same command again, with a longer `--timeout`")
        yield
