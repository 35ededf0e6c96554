"""What the guard of a bare repository knows to have landed: its own record, and not what a commit claims.

SQLite in `<git dir>/ledger/let-in.db`: a row for each post (by its path) and each ref below `refs/reserve`,
with the object as which it came into force, and when, by the clock of the server. It stands beside the index
and is not part of it, since it cannot be made anew from the feed. The guard's post-receive hook notes what
came into force in `ledger/landed/`, a file a push; the next judgement takes the notes in.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.store.contract import Oid
from ledger.store.databases import DATABASE_ERRORS, is_damaged

DAMAGED: Final = "let-in.damaged"
"""A record that could not be read, beside the one that was begun after it."""
REF_MODE: Final = "ref"
"""Stands where a post has the mode of its file."""
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS landed (name TEXT PRIMARY KEY, mode TEXT, oid TEXT, at REAL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
)
_BUSY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class LetIn:
    """As what a post or a ref came into force, and when; None: before the guard was there to see it."""

    mode: str
    oid: Oid
    at: datetime | None

    @property
    def content(self) -> tuple[str, Oid]:
        """Mode and object, by which two are the same."""
        return self.mode, self.oid


is_oid = re.compile("[0-9a-f]{40}").fullmatch
Row = tuple[str, str, Oid, float | None]
"""Name (path or ref), mode, object, time."""
Since = Callable[[Oid | None], Iterable[tuple[str, str, Oid]]]
"""Gives path, mode and object of the posts that the feed has and did not have at a commit (None: all)."""


class Record:
    """What landed, as the guard of one repository knows it. Rows that could not be written down are known to
    this object alone; their notes stay for the next one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "ledger"
        self._unsaved: dict[str, Row] = {}

    def catch_up(self, tip: Oid, since: Since, now: datetime) -> None:
        """Take in what was noted, and what else the feed has at its tip: where no hook could note it.

        A record that is damaged is set aside, and begun anew.
        """
        try:
            self._write_down(tip, since, now)
        except (*DATABASE_ERRORS, OSError) as error:
            if not isinstance(error, OSError) and is_damaged(error):
                with suppress(OSError):
                    self._database_path.replace(self._folder / DAMAGED)
            # and the next push writes it down
            self._keep_in_memory(tip, since, now)

    def add_rows(self, tip: Oid | None, rows: Iterable[Row]) -> None:
        """Write down what is known to have landed by other ways; what is known already stays as it is.

        Raises sqlite3.Error or OSError where that is not possible.
        """
        self._folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(self._database_path, timeout=_BUSY_SECONDS)) as db, db:
            _insert_rows(db, rows)
            if tip is not None:
                db.execute("INSERT OR REPLACE INTO meta VALUES ('tip', ?)", (tip,))

    def find_let_in(self, names: Iterable[str]) -> dict[str, LetIn]:
        """Those of these paths and refs that landed."""
        names = [name for name in names if _is_valid_text(name)]
        found = {name: self._unsaved[name] for name in names if name in self._unsaved}
        with suppress(*DATABASE_ERRORS), closing(self._open_to_read()) as db:
            query = "SELECT name, mode, oid, at FROM landed WHERE name = ?"
            for name in names:
                row = db.execute(query, (name,)).fetchone()
                if row is not None:
                    found[name] = row
        return {name: _parse_row(row) for name, row in found.items()}

    @property
    def _database_path(self) -> Path:
        return self._folder / "let-in.db"

    def _open_to_read(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._database_path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)

    def _write_down(self, tip: Oid, since: Since, now: datetime) -> None:
        notes = self._read_notes()
        recorded = self._read_tip()
        noted = _follow_moves(recorded, notes)
        if notes or noted != tip:
            self.add_rows(tip, [*_rows_of_notes(notes), *_find_unnoted(noted, tip, since, now)])
        # only after the rows are written: a guard that is killed between the two reads the notes again, and
        # the same rows change nothing
        for note in notes:
            with suppress(OSError):
                note.file.unlink()

    def _keep_in_memory(self, tip: Oid, since: Since, now: datetime) -> None:
        notes = self._read_notes()
        with suppress(*DATABASE_ERRORS):
            recorded = _follow_moves(self._read_tip(), notes)
            rows = [*_rows_of_notes(notes), *_find_unnoted(recorded, tip, since, now)]
            self._unsaved = {row[0]: row for row in reversed(rows)}

    def _read_tip(self) -> Oid | None:
        """The commit that the record stands for; None where there is no record yet."""
        if not self._database_path.exists() or not self._database_path.stat().st_size:
            return None
        with closing(self._open_to_read()) as db:
            row = db.execute("SELECT value FROM meta WHERE name = 'tip'").fetchone()
        return str(row[0]) if row and is_oid(str(row[0])) else None

    def _read_notes(self) -> list["_Note"]:
        files = (file for file in (self._folder / "landed").glob("[!.]*"))
        return sorted(filter(None, map(_parse_note, files)), key=lambda note: note.at)


@dataclass(frozen=True, slots=True)
class _Note:
    """What one push brought into force: moves as (old, new, ref), posts as (path, mode, object)."""

    file: Path
    at: float
    moves: tuple[tuple[Oid, Oid, str], ...]
    posts: tuple[tuple[str, str, Oid], ...]


def _parse_note(file: Path) -> _Note | None:
    """Read a note; None where another process has just taken it in."""
    try:
        at, text = file.stat().st_mtime, file.read_text(errors="replace")
    except OSError:
        return None
    moves, posts = [], []
    for line in text.splitlines():
        words = line.split("\t")[0].split(" ")
        if line.startswith(":") and len(words) == 5 and "\t" in line:
            posts.append((line.partition("\t")[2], words[1], words[3]))
        elif len(words) == 3:
            moves.append((words[0], words[1], words[2]))
    return _Note(file, at, tuple(moves), tuple(posts))


def _rows_of_notes(notes: Iterable[_Note]) -> Iterable[Row]:
    for note in notes:
        yield from ((path, mode, oid, note.at) for path, mode, oid in note.posts if path.endswith(".md"))
        reserved = (move for move in note.moves if move[2].startswith("refs/reserve/"))
        yield from ((ref, REF_MODE, new, note.at) for _, new, ref in reserved)


def _follow_moves(tip: Oid | None, notes: Iterable[_Note]) -> Oid | None:
    """Where the feed stands after what was noted, from where the record stood."""
    following = {old: new for note in notes for old, new, ref in note.moves if ref.startswith("refs/heads/")}
    seen: set[Oid] = set()
    while tip in following and tip not in seen:
        seen.add(tip)
        tip = following[tip]
    return tip


def _find_unnoted(recorded: Oid | None, tip: Oid, since: Since, now: datetime) -> Iterable[Row]:
    """Rows for what is on the feed and nobody noted: it landed by now."""
    if recorded != tip:
        at = None if recorded is None else now.timestamp()
        yield from ((path, mode, oid, at) for path, mode, oid in since(recorded))


def _insert_rows(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """A post keeps the content as which it first landed; a ref is what it became last."""
    for table in _TABLES:
        db.execute(table)
    for row in filter(lambda row: _is_valid_text(row[0]), rows):
        # a post counts by its first landing whatever is done to it later; a tip moves with every number
        how = "REPLACE" if row[1] == REF_MODE else "IGNORE"
        db.execute(f"INSERT OR {how} INTO landed VALUES (?, ?, ?, ?)", row)


def _parse_row(row: Row) -> LetIn:
    _, mode, oid, at = row
    return LetIn(mode, oid, _parse_moment(at))


def _parse_moment(seconds: object) -> datetime | None:
    """The time that a row says; None for a damaged row, whose post counts as of its own time."""
    if not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # beyond the calendar, or beyond what the platform's C knows
        return None


def find_landing_times(landed: Mapping[str, LetIn]) -> dict[str, datetime]:
    """When each came into force, where that is known."""
    return {name: let_in.at for name, let_in in landed.items() if let_in.at is not None}


def _is_valid_text(name: str) -> bool:
    """False for a name of bytes that are no UTF-8: no post and no reservation has one (git allows it)."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)
