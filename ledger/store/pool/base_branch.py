"""The base of the code, and names for branches that nobody has.

With a remote, the base is one of its branches: `ledger.pool.base`, else its HEAD. Without one it is the
branch of that name here, else what the main working tree has checked out.
"""

from collections.abc import Callable, Iterator
from typing import Final

from ledger.core.errors import LedgerError
from ledger.store.contract import Deadline, Oid
from ledger.store.git.process import Git
from ledger.store.git.repository import Repo

_PAUSES: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.0)
"""Seconds between tries of a fetch: another one that moves the same ref makes git give up."""
_NONE: Final = 2
"""The exit code of `git ls-remote --exit-code` where the remote answers, and has no such ref."""
_NOWHERE: Final = "0" * 40


def find_local_base(repo: Repo) -> Oid:
    """The base in a repository without a remote. Raises LedgerError `no-branch`."""
    git = repo.git.in_other_tree(repo.common_dir)
    name = repo.config("ledger.pool.base")
    oid = _find_commit(git, f"refs/heads/{name}" if name else "HEAD")
    if oid is None:
        raise _no_branch(name or "HEAD", "this repository")
    return oid


def find_remote_base(
    repo: Repo, remote: str, until: Deadline, wait: Callable[[float], None], offline: bool
) -> Oid:
    """The base as the remote has it now; with `offline`, as it had it last.

    Raises LedgerError `unreachable`, and `no-branch` where the remote has none of that name.
    """
    git = repo.git.in_other_tree(repo.common_dir)
    name = _find_base_name(git, repo, remote, until, offline)
    tracking = f"refs/remotes/{remote}/{name}"
    if not offline:
        _fetch_base(git, remote, f"+refs/heads/{name}:{tracking}", until, wait)
    oid = _find_commit(git, tracking)
    if oid is None:
        raise _no_branch(name, f'remote "{remote}"')
    return oid


def create_branch(
    repo: Repo, remote: str | None, wanted: str, at: Oid, until: Deadline, offline: bool
) -> str:
    """Make a branch at a commit, of the wanted name or the nearest that is free here and on the remote."""
    git = repo.git.in_other_tree(repo.common_dir)
    folder = wanted.partition("/")[0]
    there = set() if remote is None or offline else _list_remote_names(git, remote, folder, until)
    taken = there | _list_local_names(git, remote, folder)
    for name in _name_candidates(wanted, folder in taken):
        clashes = name in taken or any(taken_name.startswith(f"{name}/") for taken_name in taken)
        # created with the old value of a ref that is not there: of two who want one name git gives it to
        # one
        if not clashes and git.run("update-ref", f"refs/heads/{name}", at, _NOWHERE).code == 0:
            return name
    raise LedgerError("no-branch", f'no branch can be named like "{wanted}"', "`git branch --list`")


def drop_branch(repo: Repo, name: str, at: Oid) -> None:
    """Take back a branch that nothing was committed on."""
    repo.git.in_other_tree(repo.common_dir).run("update-ref", "-d", f"refs/heads/{name}", at)


def move_branch(repo: Repo, name: str, old: Oid, new: Oid) -> bool:
    """Let a branch follow to a commit; False where it is not at `old` any more."""
    git = repo.git.in_other_tree(repo.common_dir)
    return git.run("update-ref", f"refs/heads/{name}", new, old).code == 0


def find_branch_commit(repo: Repo, branch: str) -> Oid | None:
    """The commit that a branch of this repository is at; None when there is none of that name."""
    return _find_commit(repo.git.in_other_tree(repo.common_dir), f"refs/heads/{branch}")


def is_in_history(repo: Repo, commit: Oid, later: Oid) -> bool:
    """True when a commit is in the history of a later one, or is it."""
    git = repo.git.in_other_tree(repo.common_dir)
    return git.run("merge-base", "--is-ancestor", commit, later).code == 0


def _name_candidates(wanted: str, clashing: bool) -> Iterator[str]:
    """The name, then with numbers. A branch named like the folder leaves no room below it."""
    if clashing:
        folder, _, rest = wanted.partition("/")
        wanted = f"{folder}-pool/{rest}"
    yield wanted
    yield from (f"{wanted}-{n}" for n in range(2, 100))


def _list_local_names(git: Git, remote: str | None, folder: str) -> set[str]:
    tracking = f"refs/remotes/{remote}/"
    patterns = [f"refs/heads/{folder}", *([f"{tracking}{folder}"] if remote else [])]
    listed = git.check_output("for-each-ref", "--format=%(refname)", *patterns).decode("utf-8", "replace")
    return {ref.removeprefix("refs/heads/").removeprefix(tracking) for ref in listed.splitlines()}


def _list_remote_names(git: Git, remote: str, folder: str, until: Deadline) -> set[str]:
    patterns = (f"refs/heads/{folder}", f"refs/heads/{folder}/*", f"refs/heads/{folder}-pool/*")
    ran = git.run("ls-remote", "--heads", "--", remote, *patterns, timeout=until.remaining())
    if ran.code:
        raise ran.local_fault or _unreachable(remote, ran.complaint)
    lines = ran.out.decode("utf-8", "replace").splitlines()
    return {line.partition("\t")[2].removeprefix("refs/heads/") for line in lines}


def _find_base_name(git: Git, repo: Repo, remote: str, until: Deadline, offline: bool) -> str:
    named = repo.config("ledger.pool.base")
    if named:
        return named.removeprefix(f"{remote}/")
    head = git.run("symbolic-ref", "-q", f"refs/remotes/{remote}/HEAD")
    if head.code == 0:
        return head.out.decode().strip().removeprefix(f"refs/remotes/{remote}/")
    if offline:
        raise _no_branch("HEAD", f'remote "{remote}", as far as is known here,')
    ran = git.run("ls-remote", "--symref", "--", remote, "HEAD", timeout=until.remaining())
    if ran.code:
        raise ran.local_fault or _unreachable(remote, ran.complaint)
    first = ran.out.decode("utf-8", "replace").partition("\t")[0]
    if not first.startswith("ref: refs/heads/"):
        raise _no_branch("HEAD", f'remote "{remote}"')
    name = first.removeprefix("ref: refs/heads/")
    git.run("symbolic-ref", f"refs/remotes/{remote}/HEAD", f"refs/remotes/{remote}/{name}")  # as a clone does
    return name


def _fetch_base(git: Git, remote: str, spec: str, until: Deadline, wait: Callable[[float], None]) -> None:
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=")
    for pause in _PAUSES:
        words = ("fetch", *options, "--no-auto-maintenance", "--", remote, spec)
        ran = git.run(*words, timeout=until.remaining())
        if ran.code == 0:
            return
        wait(pause)
    branch = spec.partition(":")[0].removeprefix("+")
    if git.run("ls-remote", "--exit-code", "--", remote, branch, timeout=until.remaining()).code == _NONE:
        raise _no_branch(branch.removeprefix("refs/heads/"), f'remote "{remote}"')
    raise ran.local_fault or _unreachable(remote, ran.complaint)


def _find_commit(git: Git, name: str) -> Oid | None:
    return git.run("rev-parse", "--verify", "-q", f"{name}^{{commit}}").out.decode().strip() or None


def _unreachable(remote: str, complaint: str) -> LedgerError:
    hint = "`--offline` takes what was fetched last"
    return LedgerError("unreachable", f'remote "{remote}" cannot be read: {complaint}', hint)


def _no_branch(name: str, where: str) -> LedgerError:
    hint = "`git config ledger.pool.base BRANCH`"
    return LedgerError("no-branch", f'{where} has no branch "{name}" to base the trees of the pool on', hint)
