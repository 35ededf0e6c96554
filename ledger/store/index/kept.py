"""The file of the index: opened as a snapshot, and written in transactions.

One SQLite file in the common git directory, which stands for one commit of the feed. It follows from the
feed, may be deleted at any time, and is made anew where it is damaged or of another format. Readers keep the
snapshot that they began with while another process writes (SQLite's write-ahead log).
"""

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from ledger.core.board import BoardOverlay
from ledger.core.dataclass import dataclass
from ledger.core.model import Finding, Post
from ledger.core.order import sort_copies
from ledger.store.databases import DATABASE_ERRORS, is_damaged
from ledger.store.index.board import IndexBoard, Reader
from ledger.store.index.codec import FINDING, POST
from ledger.store.index.tables import FORMAT, clear_board, make_tables, write_board, write_meta
from ledger.store.swap import Oid

BUSY_SECONDS: Final = 5.0
"""How long a question waits where the file is locked whole, as while it is made."""


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

    def __init__(self, db: sqlite3.Connection, folder: Path) -> None:
        self._db = db
        self._reader = Reader(db, folder)
        self.commit = _read_meta(db, "commit")
        """The commit that it stands for; None where it holds nothing yet."""
        self.undisturbed = _read_meta(db, "undisturbed")
        """A commit whose history did nothing to posts but add them; None where none is known."""

    @cached_property
    def board(self) -> IndexBoard:
        """The board of the posts that have their place."""
        return IndexBoard(self._reader)

    def close(self) -> None:
        """Let go of the snapshot."""
        self._db.close()

    def find_unseen(self) -> list[Post]:
        """The posts that no post of the chain saw yet, in feed order."""
        found: list[Post] = []
        for name in self.board.order.unseen:
            question = "SELECT record FROM unplaced WHERE id = ?"
            found += sort_copies(self._reader.ask(POST.decode, question, name))
        return found

    def all_posts(self) -> Iterator[Post]:
        """Every post that could be read, copies included."""
        for table in ("posts", "unplaced"):
            yield from self._reader.walk(POST.decode, f"SELECT record FROM {table}")

    def findings(self) -> list[Finding]:
        """What reading the files found, by path."""
        return [
            FINDING.decode(row[0]) for row in self._db.execute("SELECT record FROM found ORDER BY path, n")
        ]

    @property
    def settings(self) -> Settings | None:
        """The file of settings; None where there is none."""
        return self._reader.first(Settings, "SELECT oid, data FROM settings")


def open_index(folder: Path) -> Index | None:
    """The index of a repository as it is now; None where there is none that is whole and of this format.

    A damaged one is removed. One that can only be read is read from a copy.
    """
    place = _place(folder)
    if not place.is_file():
        return None
    try:
        return _begin(_connect(place), folder)
    except (OSError, *DATABASE_ERRORS) as error:
        if isinstance(error, DATABASE_ERRORS) and is_damaged(error):
            drop_index(folder)
            return None
    return _copied(place, folder)


def drop_index(folder: Path) -> None:
    """Remove the index, so that it is made anew."""
    for name in ("", "-wal", "-shm"):
        with suppress(OSError):
            _place(folder).with_name(f"index.db{name}").unlink(missing_ok=True)


def _begin(db: sqlite3.Connection, folder: Path) -> Index | None:
    """Begin a snapshot; None for an index of another format. Raises one of DATABASE_ERRORS."""
    with ExitStack() as stack:
        stack.callback(db.close)
        db.execute("BEGIN")
        if not _is_ours(db):
            return None
        index = Index(db, folder)
        stack.pop_all()
        return index


def _is_ours(db: sqlite3.Connection) -> bool:
    """Whether the tables are of this format."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return "meta" in tables and _read_meta(db, "format") == FORMAT


def _connect(place: Path) -> sqlite3.Connection:
    _refuse_cut(place)
    db = sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None)
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def _refuse_cut(place: Path) -> None:
    """Raise sqlite3.DatabaseError for a file that lacks pages: SQLite tells it only when one is asked for.

    The header has the size of a page and their number (sqlite.org/fileformat2.html, "The Database Header");
    while a log stands beside the file, pages may be in that alone.
    """
    with place.open("rb") as file:
        header, size = file.read(32), os.fstat(file.fileno()).st_size
    log = place.with_name(place.name + "-wal")
    if size == 0 or (log.exists() and log.stat().st_size):
        return
    page = int.from_bytes(header[16:18], "big")
    whole = int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page)
    if len(header) < 32 or size < whole:
        raise sqlite3.DatabaseError("the index lacks pages")


def _copied(place: Path, folder: Path) -> Index | None:
    """The index from a copy: where nothing can be written beside it, SQLite cannot read what has a log."""
    import tempfile

    try:
        with tempfile.TemporaryDirectory() as aside:
            for name in (place.name, f"{place.name}-wal"):
                if (source := place.with_name(name)).exists():
                    (Path(aside) / name).write_bytes(source.read_bytes())
            with closing(_connect(Path(aside) / place.name)) as kept:
                db = sqlite3.connect(":memory:", isolation_level=None)
                kept.backup(db)
        return _begin(db, folder)
    except (OSError, *DATABASE_ERRORS):
        return None


class Writing:
    """A transaction that writes the index; nobody else writes it meanwhile."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @property
    def commit(self) -> Oid | None:
        """The commit that the index stands for; None where it holds nothing yet."""
        return _read_meta(self._db, "commit")

    def put_files(self, gone: Collection[str], files: Sequence[ParsedFile]) -> None:
        """Let files go and come; what they hold has no place in the order yet."""
        paths = [(_raw(path),) for path in gone]
        for table in ("found", "unplaced"):
            self._db.executemany(f"DELETE FROM {table} WHERE path = ?", paths)
        found = (
            (_raw(file.path), n, FINDING.encode(one)) for file in files for n, one in enumerate(file.found)
        )
        self._db.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", found)

    def put_board(self, commit: Oid | None, board: BoardOverlay, unplaced: Iterable[Post]) -> None:
        """Let the index stand for a commit. `unplaced` are the posts that got no place on the board.

        What `board` has comes on top of what is kept, or in its place where the board stands on nothing.
        """
        if board.base is None:
            clear_board(self._db)
        write_board(self._db, board)
        self._db.executemany("DELETE FROM unplaced WHERE id = ?", ((name,) for name in board.posts.own))
        rows = ((_raw(post.path), post.id, POST.encode(post)) for post in unplaced)
        self._db.executemany("INSERT OR REPLACE INTO unplaced VALUES (?, ?, ?)", rows)
        write_meta(self._db, "commit", commit or "")

    def put_settings(self, settings: Settings | None) -> None:
        """Keep the file of settings."""
        self._db.execute("DELETE FROM settings")
        if settings is not None:
            self._db.execute("INSERT INTO settings VALUES (?, ?)", (settings.oid, settings.data))

    def put_undisturbed(self, commit: Oid) -> None:
        """Keep that the history of a commit did nothing to posts but add them."""
        write_meta(self._db, "undisturbed", commit)

    def keep(self) -> None:
        """Put what was written into force."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Let others write; what was not kept is gone."""
        self._db.close()


def begin_writing(folder: Path, seconds: float) -> Writing | None:
    """Begin to write the index, making it where there is none of this format.

    None where that is not possible: others write for longer than so many seconds, the disk is full or only
    read. What fails later raises one of DATABASE_ERRORS.
    """
    place = _place(folder)
    with suppress(OSError, *DATABASE_ERRORS), ExitStack() as stack:
        place.parent.mkdir(exist_ok=True)
        db = sqlite3.connect(place, timeout=seconds, isolation_level=None)
        stack.callback(db.close)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        if not _is_ours(db):
            make_tables(db)
        stack.pop_all()
        return Writing(db)
    return None


def _read_meta(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def _place(folder: Path) -> Path:
    return folder / "ledger" / "index.db"


def _raw(path: str) -> bytes:
    """A path as git has it: bytes, which need not be text."""
    return path.encode("utf-8", "surrogateescape")
