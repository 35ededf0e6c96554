"""The guard's index of a bare repository: made, brought up to a commit, and how far it is behind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from ledger.app.load import is_post_path
from ledger.core.config import CONFIG_PATH
from ledger.core.model import Finding, Post
from ledger.core.posts import POST_LIMIT, parse_post
from ledger.store.bare import Difference, differences, has_commit, open_bare, refs_at
from ledger.store.hostlock import host_lock
from ledger.store.known import Fact, Fresh, Known, ask, ask_aside, renew, stands_for
from ledger.store.let_in import Record
from ledger.store.local import LocalStore
from ledger.store.repo import Repo

SUBMODULE = "160000"
FEW: Final = 1000
"""Posts that one push takes into the index: reading them takes a third of a second."""
LATE: Final = "ledger/index-late"
"""The file that asks the guard's post-receive hook to bring the index up, beside the pushes."""
T = TypeVar("T")


class LateIndexError(Exception):
    """The index lacks so much that it is not brought up inside of a push."""


def store_of(repo: Repo, branch: str) -> LocalStore:
    """The store of a bare repository with its feed on a branch; the guard writes no refs and never waits."""
    return LocalStore(repo, branch, lambda seconds: None)


def make(store: LocalStore, tell: Callable[[int], None], now: datetime) -> None:
    """Make the record and the index, or bring them up, for the feed branch as it stands; `tell` hears how
    many posts are to be read, if any are."""
    tip = _tip(store)
    open_record(store, tip, now)
    count = behind(store)
    if tip is None or not count:
        return
    tell(count)
    renew(store.repo.git_dir, lambda known: bring_up(store, known, tip))


def ask_index(store: LocalStore, commit: str | None, question: Callable[[Known], T]) -> T:
    """Put a question to the index as it stands for a commit, None: for no feed.

    The few posts that it lacks are taken in and kept. Where it lacks more than FEW, as one that is missing,
    old or was put back does, a copy in memory is brought up for this once: that takes as long as reading
    those posts, keeps nobody waiting, and leaves word that the index is late.
    """
    folder = store.repo.git_dir

    def ask_at(known: Known, most: int | None) -> T:
        if commit is not None:
            bring_up(store, known, commit, most)
        return question(known)

    try:
        return ask(folder if commit else None, lambda known: ask_at(known, FEW))
    except LateIndexError:
        with suppress(OSError):
            (folder / LATE).touch()
        return ask_aside(folder, lambda known: ask_at(known, None))


def renew_late(directory: Path, branch: str) -> None:
    """Bring up an index that was found late, unless another process is at it; killed, it is begun again."""
    store = store_of(open_bare(directory), branch)
    folder, tip = store.repo.git_dir, _tip(store)
    with host_lock(folder, 0) as held:
        if held and tip is not None and (folder / LATE).exists():
            renew(folder, lambda known: bring_up(store, known, tip))
            (folder / LATE).unlink(missing_ok=True)


def behind(store: LocalStore) -> int:
    """How many posts the next push has to read because the index does not have them as they are."""
    tip, since = _tip(store), stands_for(store.repo.git_dir)
    if tip is None or tip == since:
        return 0
    known = since if since is not None and has_commit(store.repo, since) else None
    return sum(is_post_path(one.path) for one in differences(store.repo, known, tip))


def open_record(store: LocalStore, tip: str | None, now: datetime) -> Record:
    """The guard's record of what landed, brought up to the feed as it stands (None: there is none yet)."""
    record = Record(store.repo.git_dir)
    if tip is not None:
        record.bring_up(tip, lambda since: _posts_since(store, since, tip), now)
    return record


def _posts_since(store: LocalStore, since: str | None, tip: str) -> Iterator[tuple[str, str, str]]:
    start = since if since is not None and has_commit(store.repo, since) else None
    for file in differences(store.repo, start, tip):
        if file.status == "A" and is_post_path(file.path):
            yield file.path, file.mode, file.oid


def _tip(store: LocalStore) -> str | None:
    ref = refs_at(store.repo, [store.feed_ref]).get(store.feed_ref)
    return ref.oid if ref else None


def bring_up(store: LocalStore, known: Known, commit: str, most: int | None = None) -> None:
    """Let the index stand for a commit; only what changed since the one it stood for is read.

    Raises LateIndexError, and reads nothing, where that is more than `most` files.
    """
    since = known.meta("commit")
    if since == commit:
        return
    if since is not None and not has_commit(store.repo, since):
        known.clear()
        since = None
    changed = [one for one in differences(store.repo, since, commit) if _kept(one.path)]
    if most is not None and len(changed) > most:
        raise LateIndexError
    there = [one for one in changed if one.status != "D"]
    blobs = store.blobs((one.oid for one in there if one.mode != SUBMODULE), POST_LIMIT)
    fresh = [
        Fresh(one.path, one.oid, one.mode, parsed_file(one, blobs)[0] if is_post_path(one.path) else None)
        for one in there
    ]
    known.take_in(commit, [one.path for one in changed if one.status != "A"], fresh)


def _kept(path: str) -> bool:
    return is_post_path(path) or path == CONFIG_PATH


def parsed_file(
    one: Difference | Fact, blobs: Mapping[str, bytes]
) -> tuple[Post | None, tuple[Finding, ...]]:
    """The post in a file whose object is among these, and what reading it found."""
    return parse_post(blobs.get(one.oid, b""), one.path, one.mode)
