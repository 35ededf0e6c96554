"""What branches a remote has, asked of it: for a clone that was made before there was a feed."""

from collections.abc import Callable
from typing import Final

from ledger.core.errors import LedgerError
from ledger.store.contract import Deadline, Oid
from ledger.store.feed_branch import OWN_BRANCH, SHARED_BRANCH
from ledger.store.git.process import split_lines
from ledger.store.git.repository import Repo

_HEADS: Final = "refs/heads/"


_PAUSES: Final = (0.1, 0.2, 0.4, 0.8)
"""Seconds between tries: a neighbour that fetches moves a tracking ref, and git gives the fetch up."""


def fetch_candidates(repo: Repo, remote: str, until: Deadline, wait: Callable[[float], None]) -> str | None:
    """Bring the branches that may hold a feed to their tracking refs; give why that failed, else None.

    Tracking refs of branches that are gone go too; `refs/remotes/<remote>/HEAD` is set where it is missing.
    """
    for pause in _PAUSES:
        trouble = _fetch_once(repo, remote, until.remaining())
        if trouble is None or until.remaining() < pause:
            break
        wait(pause)
    return trouble


def _fetch_once(repo: Repo, remote: str, seconds: float) -> str | None:
    tracking = f"refs/remotes/{remote}/"
    listed = repo.git.run("ls-remote", "--symref", "--", remote, "HEAD", f"{_HEADS}*", timeout=seconds)
    if listed.code:
        return listed.complaint
    rows = [line.split("\t") for line in split_lines(listed.out)]
    head = next((first.removeprefix("ref: ") for first, name in rows if name == "HEAD" and ":" in first), "")
    heads = {name.removeprefix(_HEADS) for _, name in rows if name.startswith(_HEADS)}
    wanted = {OWN_BRANCH, SHARED_BRANCH, head.removeprefix(_HEADS)} - {""}
    specs = [f"+{_HEADS}{name}:{tracking}{name}" for name in sorted(wanted & heads)]
    if specs:
        words = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=")
        ran = repo.git.run("fetch", *words, "--", remote, *specs, timeout=seconds)
        if ran.code:
            return ran.complaint
    # only of the names that were asked for: other branches of the remote are the user's to prune
    for name in wanted - heads:
        repo.git.run("update-ref", "-d", tracking + name)
    if head and repo.git.run("symbolic-ref", "-q", f"{tracking}HEAD").code:
        repo.git.run("symbolic-ref", f"{tracking}HEAD", tracking + head.removeprefix(_HEADS))
    return None


def fetch_branch(repo: Repo, remote: str, name: str, until: Deadline) -> Oid | None:
    """Where a branch of the remote stands, its objects fetched; None where it is not.

    Raises LedgerError `unreachable`.
    """
    ref = f"{_HEADS}{name}"
    listed = repo.git.run("ls-remote", "--heads", "--", remote, ref, timeout=until.remaining())
    found = next((oid for oid, at in (row.split("\t") for row in split_lines(listed.out)) if at == ref), None)
    if listed.code == 0 and found is None:
        return None
    words = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=")
    ran = (
        listed if listed.code else repo.git.run("fetch", *words, "--", remote, ref, timeout=until.remaining())
    )
    if ran.code:
        message = f'remote "{remote}" cannot be read: {ran.complaint}'
        raise LedgerError("unreachable", message, "the same command again, when it can be")
    return found
