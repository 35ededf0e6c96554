"""Leasing a tree of the pool: the first that can be had and set, or who has them all."""

from pathlib import Path

from ledger.app.pool.work import PoolTree, PoolWork
from ledger.core.errors import HeldBackError, LedgerError
from ledger.store.contract import Oid
from ledger.store.pool.pool import Tree
from ledger.store.pool.tree_owner import Lease

POLL = 0.2
"""Seconds between looks while all trees are taken."""


def lease_tree(work: PoolWork, lease: Lease, wanted: Path | None, wait: float) -> tuple[Tree, Oid, list[str]]:
    """Lease a tree and set it to the base: the tree, that base, and the refs that keep what was in it.

    One that cannot be set stays whose it was, and the next is tried; while there is none, again for `wait`
    seconds. Raises LedgerError `pool-exhausted`.
    """
    world, pool = work.ledger.world, work.pool
    end, base, waited = world.monotonic() + wait, work.find_base(), False
    passed: dict[int, str] = {}
    while True:
        taken = pool.lease_tree(work.identity, work.seat, lease, passed, wanted)
        if taken is None:
            if world.monotonic() >= end:
                raise _explain_exhausted(work, passed)
            world.wait(POLL)
            # Whatever held a tree back may be mended by now, and the base may have moved.
            passed.clear()
            waited = True
            continue
        tree, before = taken
        try:
            base, waited = work.find_base() if waited else base, False
            # A `prune` or `refresh` that began before may still be at work here; it looks at the lease once
            # more before it removes or releases anything.
            with pool.hold_tree(tree):
                saved = work.set(tree, base)
                _mark_owner(work, tree)
            return tree, base, saved
        except (LedgerError, OSError) as error:
            # With the lease before it, so that an abandoned tree is still told as abandoned.
            pool.restore_lease(tree, lease, before.lease if before else None)
            if not isinstance(error, HeldBackError):
                raise
            passed[tree.number] = error.message


def _mark_owner(work: PoolWork, tree: Tree) -> None:
    """Bring the marker up, and tell the tree who acts in it, where trees can have settings of their own."""
    owner = work.pool.find_owner(tree)
    assert owner is not None
    # A tree that is new had no folder for its marker when the lease was written.
    work.pool.record_owner(tree, owner)
    # Without that setting git refuses `--worktree` in a repository of several working trees.
    if work.ledger.repo.config("extensions.worktreeConfig") == "true":
        git = work.ledger.repo.git.in_other_tree(tree.path)
        git.check_output("config", "--worktree", "ledger.seat", owner.seat)


def _explain_exhausted(work: PoolWork, passed: dict[int, str]) -> LedgerError:
    """Who has what, since when."""
    trees = [work.held(tree) for tree in work.pool.list_trees(work.identity)]
    lessees = "; ".join(_describe_lessee(held, passed.get(int(held.path.name))) for held in trees)
    message = f"all {work.pool.size} trees of {work.identity} are taken: {lessees}"
    hint = "`--wait SECONDS`; a session that is done gives its tree back with `git ledger pool release`"
    return LedgerError("pool-exhausted", message, hint, {"worktrees": trees})


def _describe_lessee(tree: PoolTree, passed: str | None) -> str:
    name = f"{tree.identity}/{tree.path.name}"
    if passed is not None:
        return f"{name}: {passed}"
    if tree.lease is None:
        return f"{name} is {tree.state}"
    item = f" for {tree.lease.item}" if tree.lease.item else ""
    return f"{name} by {tree.lease.description}{item}"
