"""The pool of a ledger's repository in the hands of one identity: its trees as they are, and setting one."""

from functools import cached_property
from pathlib import Path

from ledger.app.ledger import Ledger
from ledger.core.dataclass import dataclass
from ledger.core.ids import format_timestamp
from ledger.store.contract import Oid, Signature
from ledger.store.git.process import Git
from ledger.store.pool.base_branch import find_local_base, find_remote_base
from ledger.store.pool.pool import Pool, Tree, is_abandoned, open_tree_pool
from ledger.store.pool.rescue import Keeper
from ledger.store.pool.tree_owner import Lease
from ledger.store.pool.worktrees import (
    find_fault,
    find_left_behind,
    find_sound_git_dir,
    make_sound,
    read_branch,
)


@dataclass(frozen=True, slots=True)
class PoolTree:
    """One tree of the pool, and how it stands.

    `state` is `leased`, `free`, `abandoned` (its process is gone), `held-back`, or what is wrong with the
    tree: `missing`, `broken`, `index-locked`. `branch` is None when HEAD is on none.
    """

    path: Path
    identity: str
    branch: str | None
    state: str
    lease: Lease | None = None


@dataclass(frozen=True)
class PoolWork:
    """The pool of a ledger's repository, in the hands of one identity."""

    ledger: Ledger
    identity: str

    @cached_property
    def pool(self) -> Pool:
        """The pool; its locks are waited for as long as the ledger has time."""
        return open_tree_pool(self.ledger.repo, self.ledger.until)

    @property
    def remote(self) -> str | None:
        """The remote that the ledger lives on, if there is one."""
        return self.ledger.store.authority.remote

    @property
    def seat(self) -> str:
        """Who acts in the trees."""
        return self.ledger.options.seat or self.ledger.repo.config("ledger.seat") or self.identity

    def find_base(self, fresh: bool = True) -> Oid:
        """The base of the code, fetched unless that is not wanted or offline."""
        if self.remote is None:
            return find_local_base(self.ledger.repo)
        offline = self.ledger.offline or not fresh
        return find_remote_base(
            self.ledger.repo, self.remote, self.ledger.until, self.ledger.world.wait, offline
        )

    def set(self, tree: Tree, base: Oid) -> list[str]:
        """Make a tree sound and set it to the base; gives the refs that keep what was in it."""
        # Before the tree is made anew: git then replaces the registration, with the HEAD and the index in it.
        gone = find_left_behind(self.pool, tree)
        saved = [] if gone is None else self.open_keeper(tree, gone, files=False).keep_staged()
        git_dir = make_sound(self.pool, tree, base)
        return saved + self.open_keeper(tree, git_dir).set_to_commit(base)

    def open_keeper(self, tree: Tree, git_dir: Path, files: bool = True) -> Keeper:
        """Who saves what is in a tree; without files, by its git directory alone."""
        git = self.ledger.repo.git.in_other_tree(tree.path)
        if not files:
            git = Git(self.ledger.repo.common_dir, {**git.env, "GIT_DIR": str(git_dir)})
        time = format_timestamp(self.ledger.world.now()).translate({ord(mark): None for mark in "-:."})
        # By the millisecond: a second rescue in the same one gets a number behind it.
        name = f"refs/ledger/rescue/{tree.identity}/{time}"
        who = Signature(tree.identity, f"{tree.identity}@git-ledger.invalid")
        who = self.ledger.repo.find_identity() or who
        return Keeper(
            git, git_dir, who, lambda count: name if count == 1 else f"{name}-{count}", self.pool.large
        )

    def is_in_use(self, tree: Tree) -> bool:
        """True while a tree is leased to a process that may live, and for a folder without an owner."""
        owner = self.pool.find_owner(tree)
        return owner is None or (owner.lease is not None and not is_abandoned(tree, owner.lease))

    def held(self, tree: Tree) -> PoolTree:
        """A tree as it is now."""
        owner = self.pool.find_owner(tree)
        lease = owner.lease if owner else None
        git_dir = find_sound_git_dir(self.pool, tree)
        state = find_fault(self.pool, tree) or _name_state(tree, lease)
        return PoolTree(tree.path, tree.identity, read_branch(git_dir) if git_dir else None, state, lease)


def _name_state(tree: Tree, lease: Lease | None) -> str:
    if lease is None:
        return "free"
    return "abandoned" if is_abandoned(tree, lease) else "leased"
