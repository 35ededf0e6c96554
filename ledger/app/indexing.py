"""The guard's index of a bare repository: made, brought up to a commit, and how far it is behind."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from ledger.app.load import is_post_path
from ledger.core.config import CONFIG_PATH
from ledger.core.model import Finding, Post
from ledger.core.posts import POST_LIMIT, parse_post
from ledger.store.bare import Difference, differences, has_commit, refs_at
from ledger.store.known import Fact, Fresh, Known, ask, stands_for
from ledger.store.let_in import Record
from ledger.store.local import LocalStore
from ledger.store.repo import Repo

SUBMODULE = "160000"


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
    ask(store.repo.git_dir, lambda known: bring_up(store, known, tip))


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


def bring_up(store: LocalStore, known: Known, commit: str) -> None:
    """Let the index stand for a commit; only what changed since the one it stood for is read."""
    since = known.meta("commit")
    if since == commit:
        return
    if since is not None and not has_commit(store.repo, since):
        known.clear()
        since = None
    changed = [one for one in differences(store.repo, since, commit) if _kept(one.path)]
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
