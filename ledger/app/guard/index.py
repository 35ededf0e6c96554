"""The guard's index of a bare repository: made, brought up to a commit, and how far it is behind."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from ledger.core.board.board import BoardOverlay
from ledger.core.ids import is_post_path
from ledger.store.checkpoint_ref import EVERY, REF, is_checkpoint_due, write_commit
from ledger.store.clone.host_lock import host_lock
from ledger.store.files import replace_file
from ledger.store.git.bare import has_commit, list_differences, open_bare, resolve_refs
from ledger.store.git.repository import Repo
from ledger.store.guard.let_in import Record
from ledger.store.index.checkpoint import pack_index
from ledger.store.index.following import KeptFeed, count_lacking, read_kept_feed
from ledger.store.local import LocalStore

LATE: Final = "ledger/index-late"
"""The file that asks the guard's post-receive hook to bring the index up, beside the pushes."""
_MADE: Final = "checkpoint-made"
"""The file of the guard that has how many posts its checkpoint stands for, as old as that is."""


def open_guard_store(repo: Repo, branch: str) -> LocalStore:
    """The store of a bare repository with its feed on a branch; the guard writes no refs and never waits."""
    return LocalStore(repo, branch, lambda seconds: None)


def build_index(store: LocalStore, announce: Callable[[int], None], now: datetime) -> None:
    """Make the record and the index, or bring them up, for the feed branch as it stands; `tell` hears how
    many posts are to be read, if any are."""
    tip = _find_tip(store)
    open_record(store, tip, now)
    count = behind(store)
    if tip is not None and count:
        announce(count)
        read_kept_feed(store, tip)
    if tip is not None:
        _renew_checkpoint(store, tip, now)


def read_pushed_on(store: LocalStore, commit: str | None, now: datetime) -> KeptFeed:
    """The feed that a push goes on from (None: there is none yet).

    The few posts that the index lacks are taken in and kept. Where it lacks more than FEW, as one that is
    missing, old or was put back does, that is left to the guard's post-receive hook, beside the pushes; so is
    a checkpoint that is due.
    """
    if commit is None:
        return KeptFeed(None, BoardOverlay(BoardOverlay()))
    feed = read_kept_feed(store, commit, keeps_many=False)
    if feed.lacks or _wants_checkpoint(store, feed, now):
        with suppress(OSError):
            (store.repo.git_dir / LATE).touch()
    return feed


def renew_late(directory: Path, branch: str, now: datetime) -> None:
    """Bring up an index that was found late, and make the checkpoint that is due, unless another process is
    at it; killed, it is begun again."""
    store = open_guard_store(open_bare(directory), branch)
    folder, tip = store.repo.git_dir, _find_tip(store)
    # Without waiting: a second push that finds the index late leaves it to whoever is at it.
    with host_lock(folder, 0) as held:
        if held and tip is not None and (folder / LATE).exists():
            read_kept_feed(store, tip)
            _renew_checkpoint(store, tip, now)
            # Last, so that what a kill cut short is begun again. Whoever asked meanwhile asks again with the
            # next push that finds the index late.
            (folder / LATE).unlink(missing_ok=True)


def _wants_checkpoint(store: LocalStore, feed: KeptFeed, now: datetime) -> bool:
    """Whether a checkpoint is due, by the guard's own note of the last one."""
    # By a file and not by the ref, since each push asks this: it costs no git process.
    count, note = len(feed.board.posts), store.repo.git_dir / "ledger" / _MADE
    try:
        before, seconds = int(note.read_text()), int(note.stat().st_mtime)
    except (OSError, ValueError):
        return count >= EVERY
    return is_checkpoint_due(before, seconds, count, now)


def _renew_checkpoint(store: LocalStore, tip: str, now: datetime) -> None:
    """Make the checkpoint of this repository where one is due. No push moves its ref."""
    feed = read_kept_feed(store, tip)
    if feed.index is None or feed.commit != tip or not _wants_checkpoint(store, feed, now):
        return
    count = len(feed.board.posts)
    packed, digest = pack_index(feed.index.db)
    oid = write_commit(store, tip, packed, digest, count, int(now.timestamp()))
    # No old value: pushes of this ref are refused. Killed before the note, the next one comes early.
    if store.repo.git.run("update-ref", REF, oid).code == 0:
        replace_file(store.repo.git_dir / "ledger", _MADE, str(count).encode())


def behind(store: LocalStore) -> int:
    """How many posts the next push has to read because the index does not have them as they are."""
    tip = _find_tip(store)
    return 0 if tip is None else count_lacking(store, tip)


def open_record(store: LocalStore, tip: str | None, now: datetime) -> Record:
    """The guard's record of what landed, brought up to the feed as it stands (None: there is none yet)."""
    record = Record(store.repo.git_dir)
    if tip is not None:
        record.catch_up(tip, lambda since: _posts_since(store, since, tip), now)
    return record


def _posts_since(store: LocalStore, since: str | None, tip: str) -> Iterator[tuple[str, str, str]]:
    # After a restored backup that commit may be gone. Then every post is looked at; what is recorded stays.
    start = since if since is not None and has_commit(store.repo, since) else None
    for file in list_differences(store.repo, start, tip):
        if file.status == "A" and is_post_path(file.path):
            yield file.path, file.mode, file.oid


def _find_tip(store: LocalStore) -> str | None:
    ref = resolve_refs(store.repo, [store.feed_ref]).get(store.feed_ref)
    return ref.oid if ref else None
