"""`pool`: private working trees for the seats of one machine, warm, and without ever losing a line.

A tree is leased to a process; while that lives, nobody else touches the tree. Before a tree is set to the
base of the code, what is in it and on no branch is saved under `refs/ledger/rescue/<identity>/<time>`.
"""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.app.effects import TimeLimit
from ledger.app.ledger import Ledger
from ledger.app.pool.claim import begin_work, find_claimable
from ledger.app.pool.lease import lease_tree
from ledger.app.pool.work import PoolTree, PoolWork
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.ids import format_timestamp, is_seat
from ledger.store.contract import Oid
from ledger.store.pool.base_branch import find_branch_commit, is_in_history, move_branch
from ledger.store.pool.keep_alive import find_keep_alive
from ledger.store.pool.pool import MARKER, Tree, is_abandoned
from ledger.store.pool.processes import Process, find_asking_process, find_others_in, is_own_ancestor
from ledger.store.pool.tree_owner import Lease
from ledger.store.pool.worktrees import find_sound_git_dir, make_sound, read_branch, remove_tree


@dataclass(frozen=True, slots=True)
class PoolResult:
    """What became of trees: those concerned, the refs that keep what was saved, and words."""

    worktrees: tuple[PoolTree, ...]
    rescued: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def allocate_tree(
    ledger: Ledger,
    identity: str | None = None,
    item: str | None = None,
    wait: float = 0.0,
    pid: int | None = None,
    keep_alive: Path | None = None,
) -> PoolResult:
    """Lease a tree to the process that asks, clean and at the base of the code; with `keep_alive` to whoever
    holds the lock of that file.

    With an `item`, the ticket is claimed, the tree stands on a branch named after it, and the claim says
    both. Raises LedgerError `held` before a tree is touched, `pool-exhausted` when all trees stay taken
    for `wait` seconds, `unreachable`, and what `claim` raises; no tree is leased then.
    """
    ledger = _with_waiting_time(ledger, wait)
    work = PoolWork(ledger, _check_identity(ledger, identity))
    ticket = find_claimable(ledger, item) if item else None
    file = find_keep_alive(keep_alive) if keep_alive is not None else None
    process = find_asking_process(pid)
    # The lock alone says whether the session lives, not who ran this command.
    process = replace(process, birth="") if file is not None else process
    lease = Lease(process, format_timestamp(ledger.world.now()), item, file)
    wanted = Path(ticket.worktree) if ticket is not None and ticket.worktree else None
    tree, base, saved = lease_tree(work, lease, wanted, wait)
    words: tuple[str, ...] = ()
    if ticket is not None:
        try:
            words = begin_work(work, tree, ticket, base)
        except LedgerError as error:
            work.pool.restore_lease(tree, lease)
            raise _with_rescues(error, saved) from None
    return PoolResult((work.held(tree),), tuple(saved), words)


def release_tree(
    ledger: Ledger,
    path: Path | None = None,
    identity: str | None = None,
    pid: int | None = None,
    force: bool = False,
) -> PoolResult:
    """Give a tree back: what is on no branch is saved, HEAD is detached at the base, the files stay.

    The tree at `path`, else the one that this is, else the only one that the asking process has. `force`
    takes it from another session that may be at work in it. Raises LedgerError `not-the-holder` for a tree
    of another identity or of such a session, `usage` where none is meant.
    """
    work = PoolWork(ledger, _check_identity(ledger, identity))
    asks = find_asking_process(pid)
    tree = _find_meant_tree(work, path, asks)
    owner = work.pool.find_owner(tree)
    if owner is None or owner.identity != work.identity:
        message = f'"{tree.path}" is a tree of {tree.identity}, not of {work.identity}'
        words = shlex.join(["git", "ledger", "pool", "release", str(tree.path), "--identity", tree.identity])
        hint = f"`{words}`, if it is yours to release"
        raise LedgerError("not-the-holder", message, hint)
    here = work.pool.find_tree_at(ledger.repo.top) == tree
    if owner.lease is not None and not force and not _may_end_lease(tree, owner.lease, asks, here):
        raise _explain_other_session(tree, owner.lease)
    with work.pool.hold_tree(tree):
        # While this waited for the lock, the tree may have been released and leased to another session.
        if work.pool.find_owner(tree) != owner:
            return PoolResult((work.held(tree),), words=("it was released meanwhile, and is left as it is",))
        # The lease ends once the tree is set: nobody is given one that is half set, also after a kill.
        saved = work.set(tree, work.find_base(fresh=False))
        work.pool.restore_lease(tree, owner.lease)
    return PoolResult((work.held(tree),), tuple(saved))


def list_trees(ledger: Ledger) -> PoolResult:
    """Every tree of this repository's pool, as it is; touches nothing."""
    work = PoolWork(ledger, "")
    return PoolResult(tuple(work.held(tree) for tree in work.pool.list_trees()))


def refresh_trees(ledger: Ledger, identity: str | None = None, path: Path | None = None) -> PoolResult:
    """Mend the trees of an identity and set them to the base of the code, with what they hold saved first.

    Trees that nobody has, or whose process is gone; and the tree at `path` or that this is, unless another
    session is at work there: its branch is kept, moves to the base when it has no commits of its own, and
    stays otherwise. What cannot be mended is told as `held-back`, with words.
    """
    work = PoolWork(ledger, _check_identity(ledger, identity))
    base = work.find_base()
    here = work.pool.find_tree_at(path or ledger.repo.top)
    outcomes = [_refresh_tree(work, tree, base, tree == here) for tree in work.pool.list_trees(work.identity)]
    return PoolResult(
        tuple(held for held, _, _ in outcomes),
        tuple(ref for _, saved, _ in outcomes for ref in saved),
        tuple(words for _, _, words in outcomes if words),
    )


def refresh_here(ledger: Ledger) -> PoolResult | None:
    """As `refresh`, of this tree alone, when a runtime starts in it; None when it is no tree of a pool."""
    # A look at one file: a runtime asks this at each fresh start, also where there is no pool.
    if not (ledger.repo.top / MARKER).exists():
        return None
    work = PoolWork(ledger, "")
    tree = work.pool.find_tree_at(ledger.repo.top)
    if tree is None:
        return None
    held, saved, words = _refresh_tree(PoolWork(ledger, tree.identity), tree, work.find_base(), True)
    return PoolResult((held,), tuple(saved), (words,) if words else ())


def prune_trees(ledger: Ledger) -> PoolResult:
    """Remove every tree of the pool that nobody has, after what it holds was saved; tells those that stay."""
    work = PoolWork(ledger, "")
    base = work.find_base(fresh=False)
    saved: list[str] = []
    words: list[str] = []
    for tree in work.pool.list_trees():
        try:
            with work.pool.hold_tree(tree):
                owner = work.pool.find_owner(tree)
                if owner is None or work.is_in_use(tree):
                    continue
                saved += work.set(tree, base)
                # Leases are given under the pool's lock alone: `remove_tree` takes that and looks again.
                if remove_tree(work.pool, tree, owner.lease):
                    words.append(f"removed {tree.path}")
        except LedgerError as error:
            words.append(f"{tree.path}: {error.message}")
    return PoolResult(tuple(work.held(tree) for tree in work.pool.list_trees()), tuple(saved), tuple(words))


def _with_rescues(error: LedgerError, saved: Sequence[str]) -> LedgerError:
    """A refusal that says besides where the work is that was found in the tree."""
    if not saved:
        return error
    message = f"{error.message} (saved what was in the tree: {', '.join(saved)})"
    return replace(error, message=message, details={**error.details, "rescued": list(saved)})


def _with_waiting_time(ledger: Ledger, wait: float) -> Ledger:
    """The ledger with as much more time as somebody will wait."""
    monotonic = ledger.world.monotonic
    return replace(ledger, until=TimeLimit(monotonic, ledger.until.end + wait))


def _check_identity(ledger: Ledger, identity: str | None) -> str:
    if identity is not None and not is_seat(identity):
        raise LedgerError("usage", f'"{identity}" is no identity', "an identity is named like a seat: otto")
    return identity or ledger.seat


def _find_meant_tree(work: PoolWork, path: Path | None, process: Process) -> Tree:
    """The tree that a release is about."""
    here = work.pool.find_tree_at(path or work.ledger.repo.top)
    if here is not None:
        return here
    mine = list(_find_leased_to(work, process)) if path is None else []
    if len(mine) == 1:
        return mine[0]
    message = f'"{path}" is no tree of this pool' if path else "it is not said which tree to release"
    raise LedgerError("usage", message, "`git ledger pool list` names them: `git ledger pool release PATH`")


def _find_leased_to(work: PoolWork, process: Process) -> Iterator[Tree]:
    if not process.is_session:
        return
    for tree in work.pool.list_trees(work.identity):
        owner = work.pool.find_owner(tree)
        if owner is not None and owner.lease is not None and owner.lease.process == process:
            yield tree


def _refresh_tree(work: PoolWork, tree: Tree, base: Oid, here: bool) -> tuple[PoolTree, Sequence[str], str]:
    """One tree after it was mended and set, the refs that keep what it held, and what went wrong."""
    try:
        with work.pool.hold_tree(tree):
            owner = work.pool.find_owner(tree)
            if owner is not None and here:
                others = _describe_others_at_work(tree, owner.lease)
                return (work.held(tree), (), others) if others else _move_to_base(work, tree, base)
            if owner is None or work.is_in_use(tree):
                return work.held(tree), (), ""
            saved = work.set(tree, base)
            work.pool.restore_lease(tree, owner.lease)
            return work.held(tree), saved, ""
    except LedgerError as error:
        held = work.held(tree)
        held = replace(held, state="held-back") if held.state in ("free", "abandoned", "leased") else held
        return held, (), f"{tree.path}: {error.message}"


def _may_end_lease(tree: Tree, lease: Lease, asks: Process, here: bool) -> bool:
    """Whether who asks ends a lease of its own, or one that nobody has any more.

    A lease that is bound to no process of its session alone is ended from within the tree (`here`): nothing
    else tells whose it is.
    """
    if is_abandoned(tree, lease):
        return True
    if not lease.process.is_session:
        return here
    return lease.process == asks or is_own_ancestor(lease.process)


def _explain_other_session(tree: Tree, lease: Lease) -> LedgerError:
    """Why a tree is not released: its files would be swept away under whoever is at work in it."""
    return LedgerError(
        "not-the-holder",
        f'"{tree.path}" is leased to {lease.description}, which may be at work in it',
        "`git ledger pool release` in that session gives it back; `git ledger pool list` tells of all",
    )


def _describe_others_at_work(tree: Tree, lease: Lease | None) -> str:
    """Who but this session may have work in the tree that it stands in, in words; empty for nobody."""
    if lease is not None and not _may_end_lease(tree, lease, find_asking_process(), here=True):
        return f"{tree.path} is leased to {lease.holder}, and is left as it is"
    others = find_others_in(tree.path)
    return f"process {others[0]} is at work in {tree.path}, which is left as it is" if others else ""


def _move_to_base(work: PoolWork, tree: Tree, base: Oid) -> tuple[PoolTree, Sequence[str], str]:
    """The tree that somebody is in keeps its branch, which follows the base until it has its own commits."""
    git_dir = find_sound_git_dir(work.pool, tree)
    branch = read_branch(git_dir) if git_dir else None
    at = find_branch_commit(work.ledger.repo, branch) if branch else None
    ahead = at is not None and not is_in_history(work.ledger.repo, at, base)
    target = at if at is not None and ahead else base
    # Setting detaches HEAD, so that no index lags behind a branch that moves. Killed before the end, the tree
    # stands detached at the commit.
    saved = work.set(tree, target)
    if branch is not None and at is not None and move_branch(work.ledger.repo, branch, at, target):
        work.open_keeper(tree, make_sound(work.pool, tree, base)).begin_branch(branch)
    words = f"{branch} has commits of its own and stays where it is" if ahead else ""
    return work.held(tree), saved, words
