"""When the guard of a bare repository let each post in, by the clock of its server.

SQLite in `<git dir>/ledger/let-in.db`, beside the index and not part of it: it cannot be made anew from the
feed. A post that is not in it counts as of its own time.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from ledger.store.databases import DATABASE_ERRORS, is_damaged

_TABLE = "CREATE TABLE IF NOT EXISTS let_in (post TEXT PRIMARY KEY, at REAL) WITHOUT ROWID"
_BUSY_SECONDS = 5.0


def record_let_in(folder: Path, posts: Iterable[str], now: datetime) -> None:
    """Keep that these posts pass now. One that passed before and did not come into force counts from now.

    Where nothing can be written, nothing is kept; a damaged file is put aside, and a new one begun.
    """
    rows = [(post, now.timestamp()) for post in posts]
    place = _place(folder)
    with suppress(*DATABASE_ERRORS, OSError):
        place.parent.mkdir(exist_ok=True)
        try:
            _insert(place, rows)
        except DATABASE_ERRORS as error:
            if is_damaged(error):
                place.replace(place.with_suffix(".damaged"))
                _insert(place, rows)


def _insert(place: Path, rows: Sequence[tuple[str, float]]) -> None:
    with closing(sqlite3.connect(place, timeout=_BUSY_SECONDS)) as db, db:
        db.execute(_TABLE)
        db.executemany("INSERT OR REPLACE INTO let_in VALUES (?, ?)", rows)


def load_let_in(folder: Path, posts: Iterable[str]) -> Mapping[str, datetime]:
    """When those of these posts were let in that are known."""
    found: dict[str, datetime] = {}
    with (
        suppress(*DATABASE_ERRORS),
        closing(sqlite3.connect(f"{_place(folder).as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as db,
    ):
        for post in posts:
            row = db.execute("SELECT at FROM let_in WHERE post = ?", (post,)).fetchone()
            moment = _moment(row[0]) if row is not None else None
            if moment is not None:
                found[post] = moment
    return found


def _moment(seconds: object) -> datetime | None:
    """The time that a row says; None for a damaged row, whose post counts as of its own time."""
    if not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # beyond the calendar, or beyond what the platform's C knows
        return None


def _place(folder: Path) -> Path:
    return folder / "ledger" / "let-in.db"
