"""When the guard of a bare repository let each post in, by the clock of its server.

SQLite in `<git dir>/ledger/let-in.db`, beside the index and not part of it: it cannot be made anew from the
feed. A post that is not in it counts as of its own time.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

_TABLE = "CREATE TABLE IF NOT EXISTS let_in (post TEXT PRIMARY KEY, at REAL) WITHOUT ROWID"
_BUSY_SECONDS = 5.0


def record_let_in(folder: Path, posts: Iterable[str], now: datetime) -> None:
    """Keep that these posts pass now. One that passed before and did not come into force counts from now.

    Where nothing can be written, nothing is kept.
    """
    rows = [(post, now.timestamp()) for post in posts]
    with suppress(sqlite3.Error, OSError):
        place = _place(folder)
        place.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(place, timeout=_BUSY_SECONDS)) as db, db:
            db.execute(_TABLE)
            db.executemany("INSERT OR REPLACE INTO let_in VALUES (?, ?)", rows)


def load_let_in(folder: Path, posts: Iterable[str]) -> Mapping[str, datetime]:
    """When those of these posts were let in that are known."""
    found: dict[str, datetime] = {}
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{_place(folder).as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as db,
    ):
        for post in posts:
            row = db.execute("SELECT at FROM let_in WHERE post = ?", (post,)).fetchone()
            if row is not None:
                found[post] = datetime.fromtimestamp(row[0], UTC)
    return found


def _place(folder: Path) -> Path:
    return folder / "ledger" / "let-in.db"
