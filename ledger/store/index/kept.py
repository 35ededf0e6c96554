"""An index: opened as a snapshot, and written in transactions.

It stands for one commit of the feed, follows from that, may be deleted at any time, and is made anew where it
is damaged or of another format. Readers keep the snapshot that they began with while another process writes
(SQLite's write-ahead log).
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from ledger.core.board.board import BoardOverlay
from ledger.core.dataclass import dataclass
from ledger.core.feed.order import sort_copies_by_path
from ledger.core.model import Finding, Post
from ledger.store.contract import Memory, Oid
from ledger.store.databases import DATABASE_ERRORS, is_damaged
from ledger.store.index.board import IndexBoard, Reader
from ledger.store.index.codec import FINDING, POST, RecordError
from ledger.store.index.file import (
    BUSY_SECONDS,
    begin_snapshot,
    copy_snapshot,
    drop_index_file,
    find_index_file,
    make_index_file,
    open_index_file,
)
from ledger.store.index.tables import (
    WORDS,
    clear_board,
    clear_files,
    fill_words,
    has_our_tables,
    make_tables,
    read_meta_value,
    write_board,
    write_meta_value,
)

TAKEN: Final = "taken"
"""The name under which an index keeps the checkpoint that it was made of."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file of the feed: where it stands, its mode and object, the post in it and what reading it found."""

    path: str
    mode: str
    oid: Oid
    post: Post | None = None
    found: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The file of settings of a feed: its object and what stands in it."""

    oid: Oid
    data: bytes


class Index:
    """The index as one snapshot, which stays as it is until it is closed."""

    def __init__(
        self,
        db: sqlite3.Connection,
        replace: Callable[[bool, Oid | None], sqlite3.Connection],
        memory: Memory | None = None,
    ) -> None:
        commit = read_meta_value(db, "commit")
        self.commit = commit
        """The commit that it stands for; None where it holds nothing yet."""
        self.undisturbed = read_meta_value(db, "undisturbed")
        """A commit whose history did nothing to posts but add them; None where none is known."""
        self.taken = read_meta_value(db, TAKEN) or None
        """The checkpoint that it was made of, until that was compared with the posts."""
        self.db = db
        self._reader = Reader(db, lambda damaged: replace(damaged, commit))
        # What a checkpoint says is not remembered for the indexes to come until it was compared.
        self._memory = memory if memory is not None and not self.taken else Memory()

    @cached_property
    def board(self) -> IndexBoard:
        """The board of the posts that have their place."""
        return IndexBoard(self._reader, self._memory.of(self.commit))

    def find_unseen(self) -> list[Post]:
        """The posts that no post of the chain saw yet, in feed order."""
        found: list[Post] = []
        for name in self.board.order.unseen:
            self._reader.fetch_named(str, "SELECT id FROM unplaced WHERE id = ?", name)
            question = "SELECT record FROM unplaced WHERE id = ?"
            found += sort_copies_by_path(self._reader.fetch_rows(POST.decode, question, name))
        return found

    def all_posts(self) -> Iterator[Post]:
        """Every post that could be read, copies included."""
        for table in ("posts", "unplaced"):
            yield from self._reader.iterate_rows(POST.decode, f"SELECT record FROM {table}")

    def findings(self) -> list[Finding]:
        """What reading the files found, by path."""
        return self._reader.fetch_rows(FINDING.decode, "SELECT record FROM found ORDER BY path, n")

    @property
    def settings(self) -> Settings | None:
        """The file of settings; None where there is none."""
        return self._reader.fetch_first(Settings, "SELECT oid, data FROM settings")


def make_empty(commit: Oid | None) -> sqlite3.Connection:
    """Tables with nothing in them, for who asks an index for no more than it says of itself."""
    return begin_in_memory().db


def open_index(
    folder: Path,
    make_anew: Callable[[Oid | None], sqlite3.Connection] = make_empty,
    memory: Memory | None = None,
) -> Index | None:
    """The index of a repository as it is now; None where there is none that is whole and of this format.

    Any other is removed. One that can only be read is read from a copy. `make_anew` gives the tables of a
    commit, made without the file: for one whose damage shows later. `memory` has what was read of it before.
    """
    place = find_index_file(folder)
    if place is None:
        return None

    def replace(damaged: bool, commit: Oid | None) -> sqlite3.Connection:
        if damaged:
            drop_index_file(place)
        return make_anew(commit)

    with suppress(OSError, *DATABASE_ERRORS):
        try:
            db = begin_snapshot(place)
            harmed = db is None
        except DATABASE_ERRORS as error:
            harmed = is_damaged(error)
            db = None if harmed else copy_snapshot(place)
        if harmed:
            drop_index_file(place)
        return None if db is None else Index(db, replace, memory)
    return None


class Writing:
    """A transaction that writes the index; nobody else writes it meanwhile.

    `place` is that of the file; None for an index in memory.
    """

    def __init__(self, db: sqlite3.Connection, place: Path | None = None) -> None:
        self.db = db
        self._place = place

    @property
    def commit(self) -> Oid | None:
        """The commit that the index stands for; None where it holds nothing yet."""
        return read_meta_value(self.db, "commit")

    def put_files(self, gone: Collection[str] | None, files: Sequence[ParsedFile]) -> None:
        """Let files go (None: all that are kept) and come; what they hold has no place in the order yet."""
        if gone is None:
            clear_files(self.db)
        paths = [(_encode_path(path),) for path in gone or ()]
        for table in ("found", "unplaced"):
            self.db.executemany(f"DELETE FROM {table} WHERE path = ?", paths)
        found = (
            (_encode_path(file.path), n, FINDING.encode(finding))
            for file in files
            for n, finding in enumerate(file.found)
        )
        self.db.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", found)

    def put_board(self, commit: Oid | None, board: BoardOverlay, unplaced: Iterable[Post]) -> None:
        """Let the index stand for a commit. `unplaced` are the posts that got no place on the board.

        What `board` has comes on top of what is kept, or in its place where the board stands on nothing.
        """
        if board.base is None:
            clear_board(self.db)
        write_board(self.db, board)
        # Before others come: a further copy of a post has its id, and stays without a place.
        self.db.executemany("DELETE FROM unplaced WHERE id = ?", ((name,) for name in board.posts.own))
        rows = ((_encode_path(post.path), post.id, POST.encode(post)) for post in unplaced)
        self.db.executemany("INSERT OR REPLACE INTO unplaced VALUES (?, ?, ?)", rows)
        write_meta_value(self.db, "commit", commit or "")

    def complete_words(self) -> None:
        """Keep the words of all posts for searches. Raises RecordError for a damaged post."""
        fill_words(self.db)

    def put_settings(self, settings: Settings | None) -> None:
        """Keep the file of settings."""
        self.db.execute("DELETE FROM settings")
        if settings is not None:
            self.db.execute("INSERT INTO settings VALUES (?, ?)", (settings.oid, settings.data))

    def put_undisturbed(self, commit: Oid) -> None:
        """Keep that the history of a commit did nothing to posts but add them."""
        write_meta_value(self.db, "undisturbed", commit)

    def trust_checkpoint(self) -> None:
        """Let the index pass for one that was made of posts: what it was made of says what they say."""
        write_meta_value(self.db, TAKEN, "")

    def commit_kept(self) -> None:
        """Put what was written into force."""
        self.db.execute("COMMIT")

    def drop_index(self) -> None:
        """Remove the file, so that it is made anew."""
        if self._place is not None:
            drop_index_file(self._place)

    def close(self) -> None:
        """Let others write; what was not kept is gone."""
        self.db.close()


def begin_writing(folder: Path, seconds: float) -> Writing | None:
    """Begin to write the index, making it where there is none of this format.

    None where that is not possible: others write for longer than so many seconds, the disk is full or only
    read. What fails later raises one of DATABASE_ERRORS.
    """
    with suppress(OSError, *DATABASE_ERRORS), ExitStack() as stack:
        place = find_index_file(folder) or make_index_file(folder)
        if place is None:
            return None
        db = stack.enter_context(closing(open_index_file(place, seconds)))
        # The right to write at once: a transaction that reads first and writes later fails, without a wait,
        # where another process wrote in between (SQLITE_BUSY_SNAPSHOT).
        db.execute("BEGIN IMMEDIATE")
        # harmed or dropped since it was read
        if not has_our_tables(db) or not place.exists():
            return None
        stack.pop_all()
        return Writing(db, place)
    return None


def complete_words(folder: Path) -> None:
    """Let the index have the words of all posts, where it was made without, as of a checkpoint, and can be
    written now."""
    with suppress(OSError, RecordError, *DATABASE_ERRORS), ExitStack() as stack:
        place = find_index_file(folder)
        if place is None:
            return
        db = stack.enter_context(closing(open_index_file(place, BUSY_SECONDS)))
        # Asked without the right to write, for which others wait; `fill_words` asks again with it.
        if read_meta_value(db, WORDS) != "lacking":
            return
        writing = begin_writing(folder, BUSY_SECONDS)
        if writing is not None:
            stack.callback(writing.close)
            writing.complete_words()
            writing.commit_kept()


def begin_in_memory() -> Writing:
    """Begin to write an index that no other process sees."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.execute("BEGIN")
    make_tables(db)
    return Writing(db)


def _encode_path(path: str) -> bytes:
    """A path as git has it: bytes, which need not be text."""
    return path.encode("utf-8", "surrogateescape")
