"""The board of a commit: from the index, which is brought up to it by what changed since."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ledger.core.board.board import BoardOverlay
from ledger.core.board.fold import extend_fold, fold_anew, fold_onto, fold_posts
from ledger.core.config.config import CONFIG_PATH
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import POST_LIMIT, parse_post
from ledger.core.ids import is_post_path
from ledger.core.model import Finding, Post
from ledger.store.contract import Contents, Oid, Store, TreeEntry
from ledger.store.databases import DATABASE_ERRORS, is_damaged
from ledger.store.git.bare import Difference, has_commit, list_differences
from ledger.store.git.objects import Objects
from ledger.store.index.kept import (
    Index,
    ParsedFile,
    Settings,
    Writing,
    begin_in_memory,
    begin_writing,
    open_index,
)

SUBMODULE: Final = "160000"
FEW: Final = 1000
"""Files that are taken in beside others who may be at it too; more are left to one process at a time."""
_PATIENCE: Final = 20.0
"""Seconds to wait for another process that takes in more than FEW files."""
_AT_ONCE: Final = 10_000
"""Files whose contents are in memory at a time."""


@dataclass(frozen=True)
class KeptFeed:
    """The feed at a commit (None: there is none yet): its board, and what was read of its files."""

    commit: Oid | None
    board: BoardOverlay
    """It stands on the board of the posts that have their place."""
    unseen: tuple[Post, ...] = ()
    """The posts that no post of the chain saw yet, in feed order."""
    index: Index | None = None
    """Where its posts were kept; None for a feed that could not be kept."""
    gone: frozenset[str] = frozenset()
    """Files of the index that are not there at this commit."""
    files: tuple[ParsedFile, ...] = ()
    """Files that are there beside those of the index."""
    settings: Settings | None = None
    """The file of settings; None where there is none."""
    lacks: int = 0
    """Posts that were left out of it, or of what is kept, since there are too many for now."""

    def board_with(self, posts: Sequence[Post]) -> BoardOverlay:
        """The board as it is once further posts have arrived."""
        extended = (
            extend_fold(self.board.base, [*self.unseen, *posts]) if self.board.base is not None else None
        )
        return fold_posts([*self.all_posts(), *posts]) if extended is None else extended[1]

    def all_posts(self) -> Iterator[Post]:
        """Every post that could be read, copies included."""
        kept = self.index.all_posts() if self.index is not None else ()
        yield from (post for post in kept if post.path not in self.gone)
        yield from (file.post for file in self.files if file.post is not None)

    def findings(self) -> list[Finding]:
        """What reading the files found, by path."""
        kept = self.index.findings() if self.index is not None else []
        found = [finding for finding in kept if finding.where.path not in self.gone]
        found += [finding for file in self.files for finding in file.found]
        return sorted(found, key=lambda finding: finding.where.path)


@dataclass(frozen=True)
class _Changes:
    """What differs between the commit that an index stands for and another one."""

    posts: tuple[Difference, ...]
    settings: Difference | None

    @property
    def lose_posts(self) -> bool:
        """Whether posts that are kept are not there any more."""
        return any(difference.status == "D" for difference in self.posts)


def read_kept_feed(
    objects: Objects,
    commit: Oid,
    newest: Callable[[], Oid | None] | None = None,
    keeps_many: bool = True,
    most: int | None = None,
) -> KeptFeed:
    """The feed at a commit. Only what changed since the index was written is read, and it is kept.

    `newest` gives the commit of the feed that is known here by now: where another process fetched it, and
    brought the index up to it, the answer is the feed there. (An index that stands elsewhere may stand at
    what is gone from a feed that was put back.) Unless `keeps_many`, more than FEW changes are not kept, and
    nobody is waited for. Where the index lacks more than `most` posts, the answer is the feed as it has it.
    """
    index = _open_index(objects)
    if index is not None and index.commit == commit:
        return _read_standing(index)
    since = index.commit if index is not None else None
    try:
        changes = _find_changes(objects, index, commit)
    except LedgerError:
        if since is None or has_commit(objects.repo, since):
            raise
        # nothing tells what changed since then
        index = None
        changes = _find_changes(objects, None, commit)
    if index is not None and since and newest is not None and changes.lose_posts and newest() == since:
        return _read_standing(index)
    if index is not None and most is not None and len(changes.posts) > most:
        return replace(_read_standing(index), lacks=len(changes.posts))
    # Nobody is waited for (0 s): who writes just now keeps the same, or what the next command goes on from.
    if len(changes.posts) <= FEW:
        feed, settled = _fold_changes(objects, index, commit, changes)
        return _keep_feed(objects, feed, settled, since, begin_writing(objects.repo.common_dir, 0))
    if not keeps_many:
        return replace(_fold_changes(objects, index, commit, changes)[0], lacks=len(changes.posts))
    return _take_in_many(objects, index, since, commit, changes)


def count_lacking(objects: Objects, commit: Oid) -> int:
    """How many posts the index lacks as they are at a commit."""
    index = _open_index(objects)
    if index is not None and (index.commit is None or not has_commit(objects.repo, index.commit)):
        index = None
    return len(_find_changes(objects, index, commit).posts)


def read_whole_feed(store: Contents, commit: Oid) -> KeptFeed:
    """The feed at a commit of a store that keeps nothing."""
    there = [Difference("A", entry.path, "", entry.mode, entry.oid) for entry in store.list_files(commit)]
    return _fold_changes(store, None, commit, _sort_differences(there))[0]


def read_settings(store: Store, commit: Oid) -> Settings | None:
    """The file of settings at a commit; None where there is none."""
    index = _open_index(store.objects) if store.objects is not None else None
    if index is not None and index.commit == commit:
        return index.settings
    return _read_settings(store, store.find_file(commit, CONFIG_PATH))


def _open_index(objects: Objects) -> Index | None:
    """The index as it is now; where its damage shows later, one in memory takes its place."""
    folder, memory = objects.repo.common_dir, objects.memory
    return open_index(folder, lambda commit: make_in_memory(objects, commit), memory)


def make_in_memory(objects: Objects, commit: Oid | None) -> sqlite3.Connection:
    """The tables of an index that stands for a commit, made of the posts there alone."""
    writing = begin_in_memory()
    if commit is not None:
        _write_feed(writing, *_fold_changes(objects, None, commit, _find_changes(objects, None, commit)))
    return writing.db


def _read_standing(index: Index) -> KeptFeed:
    """The feed as the index has it."""
    unseen = tuple(index.find_unseen())
    board = fold_onto(BoardOverlay(index.board), unseen, index.board.order)
    return KeptFeed(index.commit, board, unseen, index, settings=index.settings)


def _take_in_many(
    objects: Objects, index: Index | None, since: Oid | None, commit: Oid, changes: _Changes
) -> KeptFeed:
    """The feed after many changes to what the index stood for as it was read (`since`), by one process at a
    time: who waited for another finds it done."""
    writing = begin_writing(objects.repo.common_dir, _PATIENCE)
    if writing is not None and writing.commit == commit:
        writing.close()
        # The snapshot that was read before the wait stays at its commit.
        fresh = _open_index(objects)
        if fresh is not None and fresh.commit == commit:
            return _read_standing(fresh)
    feed, settled = _fold_changes(objects, index, commit, changes)
    return _keep_feed(objects, feed, settled, since, writing)


def _find_changes(objects: Objects, index: Index | None, commit: Oid) -> _Changes:
    return _sort_differences(
        list_differences(objects.repo, index.commit if index is not None else None, commit)
    )


def _sort_differences(changed: Sequence[Difference]) -> _Changes:
    posts = tuple(difference for difference in changed if is_post_path(difference.path))
    return _Changes(
        posts, next((difference for difference in changed if difference.path == CONFIG_PATH), None)
    )


def _fold_changes(
    store: Contents, index: Index | None, commit: Oid, changes: _Changes
) -> tuple[KeptFeed, BoardOverlay]:
    """The feed at a commit, and the part of its board that stays as it is whatever arrives later."""
    # A file that was changed counts twice: as it was it goes, as it is it comes.
    gone = frozenset(difference.path for difference in changes.posts if difference.status != "A")
    files = tuple(
        parse_files(store, [difference for difference in changes.posts if difference.status != "D"])
    )
    arrived = [file.post for file in files if file.post is not None]
    extended = None
    # A board that is kept can be added to, but nothing taken out: where a post went, all are folded anew.
    if index is not None and not gone:
        extended = extend_fold(index.board, [*index.find_unseen(), *arrived])
    if extended is None:
        before = index.all_posts() if index is not None else ()
        extended = fold_anew([*(post for post in before if post.path not in gone), *arrived])
    settings = index.settings if index is not None else None
    if changes.settings is not None:
        settings = _read_settings(store, changes.settings)
    settled, board = extended
    unseen = tuple(board.posts.since(len(settled.posts)))
    return KeptFeed(commit, board, unseen, index, gone, files, settings), settled


def _read_settings(store: Contents, there: TreeEntry | Difference | None) -> Settings | None:
    """The file of settings, unless it is gone (then a difference has no mode), or no plain file."""
    if there is None or not there.mode.startswith("100"):
        return None
    return Settings(there.oid, store.read_blobs([there.oid], POST_LIMIT)[there.oid])


def parse_files(store: Contents, there: Sequence[Difference]) -> Iterator[ParsedFile]:
    """Read the posts in files, some thousands at a time."""
    for start in range(0, len(there), _AT_ONCE):
        few = there[start : start + _AT_ONCE]
        blobs = store.read_blobs(
            (difference.oid for difference in few if difference.mode != SUBMODULE), POST_LIMIT
        )
        for difference in few:
            post, found = parse_post(blobs.get(difference.oid, b""), difference.path, difference.mode)
            yield ParsedFile(difference.path, difference.mode, difference.oid, post, found)


def _keep_feed(
    objects: Objects, feed: KeptFeed, settled: BoardOverlay, since: Oid | None, writing: Writing | None
) -> KeptFeed:
    """Write what was folded into the index, and give the feed from there; as it is where that fails.

    `since` is what the index stood for as it was read: where another process wrote it meanwhile, whoever asks
    next goes on from there.
    """
    if writing is None:
        return feed
    try:
        if writing.commit != since:
            return feed
        _write_feed(writing, feed, settled)
    except DATABASE_ERRORS as error:
        # a row stands where none can be
        if is_damaged(error) or isinstance(error, sqlite3.IntegrityError):
            writing.drop_index()
        return feed
    finally:
        writing.close()
    # Another process may have brought it further since: then the answer is the feed as it was folded.
    kept = _open_index(objects)
    return _read_standing(kept) if kept is not None and kept.commit == feed.commit else feed


def _write_feed(writing: Writing, feed: KeptFeed, settled: BoardOverlay) -> None:
    """Let an index stand for the commit of a feed. Raises one of DATABASE_ERRORS."""
    writing.put_files(feed.gone if feed.index is not None else None, feed.files)
    writing.put_board(feed.commit, settled, _find_unplaced(feed, settled))
    writing.put_settings(feed.settings)
    writing.commit_kept()


def _find_unplaced(feed: KeptFeed, settled: BoardOverlay) -> Iterator[Post]:
    """The posts that are not on the settled board: those that nobody saw yet, and further copies."""
    posts = feed.all_posts() if settled.base is None else (file.post for file in feed.files)
    for post in (post for post in posts if post is not None):
        placed = settled.posts.get(post.id)
        if placed is None or placed.path != post.path:
            yield post
