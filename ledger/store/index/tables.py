"""The tables of an index, and how what was folded on top of it is written into them."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from ledger.core.board.board import BoardOverlay
from ledger.core.board.deeds import Deed
from ledger.core.board.tables import Overlay
from ledger.core.model import Post
from ledger.store.index.codec import CHALLENGE, LIFT, MILESTONES, POST, SEAT, TICKET, encode_order

FORMAT: Final = "8"
"""Written into the index; one of another format is made anew. It changes with the tables, with the records in
them, and with what the fold makes of a post."""
WORDS: Final = "words"
"""The name under which an index says whether it has the words of all posts: `kept` or `lacking`; none where
this SQLite cannot keep them."""
KEYED: Final[dict[str, Callable[[Any], str]]] = {
    "tickets": TICKET.encode,
    "seats": SEAT.encode,
    "seen": str,
    "named": str,
    "moved": str,
    "renumbered": str,
    "ruled": str,
    "lifts": LIFT.encode,
    "newest_challenges": CHALLENGE.encode,
    "declined": str,
    "posted": str,
    "milestones": MILESTONES.encode,
    "shifts": str,
}
"""How the records of each table by key are written."""
_SCHEMA: Final = (
    # Without rowids the tree of the key holds the rows, so that a record is found by one search.
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    "CREATE TABLE settings (oid TEXT, data BLOB)",
    "CREATE TABLE found (path BLOB, n INTEGER, record TEXT, PRIMARY KEY (path, n)) WITHOUT ROWID",
    "CREATE TABLE unplaced (path BLOB PRIMARY KEY, id TEXT, record TEXT) WITHOUT ROWID",
    "CREATE INDEX unplaced_id ON unplaced (id)",
    *(f"CREATE TABLE {name} (key TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID" for name in KEYED),
    "CREATE TABLE tickets_links (link TEXT, key TEXT, PRIMARY KEY (link, key)) WITHOUT ROWID",
    "CREATE INDEX tickets_links_key ON tickets_links (key)",
    # `place` is the rowid: a stretch of the feed is one walk, and posts lie in feed order.
    "CREATE TABLE posts (place INTEGER PRIMARY KEY, key TEXT UNIQUE, item TEXT, record TEXT)",
    "CREATE TABLE posts_links (link TEXT, place INTEGER, PRIMARY KEY (link, place)) WITHOUT ROWID",
    """CREATE TABLE events (
        key TEXT, n INTEGER, post TEXT, effect TEXT, state TEXT, refused INTEGER, moved INTEGER,
        PRIMARY KEY (key, n)
    ) WITHOUT ROWID""",
    """CREATE TABLE refused (
        key TEXT, n INTEGER, rule TEXT, line INTEGER, message TEXT, fix TEXT, item TEXT, PRIMARY KEY (key, n)
    ) WITHOUT ROWID""",
    """CREATE TABLE deeds (
        n INTEGER PRIMARY KEY, place INTEGER, what TEXT, seat TEXT, at TEXT, item TEXT, lane TEXT, start TEXT,
        last TEXT, opening TEXT, marks TEXT, until TEXT
    )""",
    "CREATE INDEX deeds_seat ON deeds (seat, until)",
    "CREATE INDEX deeds_item ON deeds (item) WHERE opening > ''",
    "CREATE TABLE lows (place INTEGER PRIMARY KEY, at TEXT)",
)
_WORDS: Final = (
    # Contentless: the texts stand in the records of the posts already, and no post with a place goes alone.
    # The rowid is the post's place; texts are folded before they are written (`core/search.py`).
    "CREATE VIRTUAL TABLE words USING fts5"
    "(subject, body, content='', tokenize='unicode61 remove_diacritics 0')"
)
_OF_THE_BOARD: Final = (*KEYED, "tickets_links", "posts", "posts_links", "events", "refused", "deeds", "lows")


def make_tables(db: sqlite3.Connection) -> None:
    """Make the tables anew; whatever is there goes."""
    # Virtual tables first: each takes tables of its own along.
    order = "ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'"
    for (name,) in db.execute(f"SELECT name FROM sqlite_master WHERE type = 'table' {order}").fetchall():
        db.execute(f'DROP TABLE IF EXISTS "{name}"')
    for statement in _SCHEMA:
        db.execute(statement)
    # An SQLite that was built without FTS5 goes without: a search reads every post then.
    with suppress(sqlite3.OperationalError):
        db.execute(_WORDS)
        write_meta_value(db, WORDS, "kept")
    write_meta_value(db, "format", FORMAT)


def clear_words(db: sqlite3.Connection) -> None:
    """Forget the words of posts; `write_words` writes none before `fill_words` has written all."""
    if read_meta_value(db, WORDS) is not None:
        # A contentless table of FTS5 takes no DELETE (before SQLite 3.43 none of them): this empties it.
        db.execute("INSERT INTO words (words) VALUES ('delete-all')")
        write_meta_value(db, WORDS, "lacking")


def fill_words(db: sqlite3.Connection) -> None:
    """Write the words of all posts, where they lack. Raises RecordError for a post that is none."""
    if read_meta_value(db, WORDS) == "lacking":
        # Before the words: `write_words` writes only where they are kept. Both come into force as one.
        write_meta_value(db, WORDS, "kept")
        records = db.execute("SELECT place, record FROM posts")
        write_words(db, ((place, POST.decode(record)) for place, record in records))


def has_our_tables(db: sqlite3.Connection) -> bool:
    """Whether the tables are of this format."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return "meta" in tables and read_meta_value(db, "format") == FORMAT


def clear_files(db: sqlite3.Connection) -> None:
    """Forget what was read of files, but not what the posts in them add up to."""
    for table in ("found", "unplaced"):
        db.execute(f"DELETE FROM {table}")


def clear_board(db: sqlite3.Connection) -> None:
    """Forget what the posts add up to, but not the posts."""
    for table in _OF_THE_BOARD:
        db.execute(f"DELETE FROM {table}")
    clear_words(db)
    fill_words(db)


def write_meta_value(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a value that there is one of."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def read_meta_value(db: sqlite3.Connection, name: str) -> str | None:
    """A value that there is one of; None where there is none yet."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def write_board(db: sqlite3.Connection, board: BoardOverlay) -> None:
    """Write what was folded into an overlay of the board that the index keeps."""
    for name, encode in KEYED.items():
        table: Overlay[Any] = getattr(board, name)
        db.executemany(f"DELETE FROM {name} WHERE key = ?", ((key,) for key in table.gone))
        rows = ((key, encode(record)) for key, record in table.own.items())
        db.executemany(f"INSERT OR REPLACE INTO {name} VALUES (?, ?)", rows)
    _write_links(db, board)
    _write_posts(db, board)
    db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", _make_event_rows(db, board))
    db.executemany("INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?, ?)", _make_refusal_rows(db, board))
    # For NULL SQLite takes the number above the highest, so that `n` is in the order of the fold.
    into = "INSERT INTO deeds VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    db.executemany(into, map(_make_deed_row, board.deeds.own))
    _write_lows(db, board)
    write_meta_value(db, "order", encode_order(board.order))


def _write_links(db: sqlite3.Connection, board: BoardOverlay) -> None:
    changed = [*board.tickets.own, *board.tickets.gone]
    db.executemany("DELETE FROM tickets_links WHERE key = ?", ((key,) for key in changed))
    links = ((link, key) for key in board.tickets.own for link in board.tickets.links(key))
    db.executemany("INSERT OR IGNORE INTO tickets_links VALUES (?, ?)", links)


def _write_posts(db: sqlite3.Connection, board: BoardOverlay) -> None:
    place_of = board.posts.place_of
    rows = ((place_of(key), key, post.item, POST.encode(post)) for key, post in board.posts.own.items())
    db.executemany("INSERT INTO posts VALUES (?, ?, ?, ?)", rows)
    write_words(db, ((place_of(key), post) for key, post in board.posts.own.items()))
    links = ((link, place_of(key)) for key in board.posts.own for link in board.posts.links(key))
    db.executemany("INSERT OR IGNORE INTO posts_links VALUES (?, ?)", links)


def write_words(db: sqlite3.Connection, posts: Iterable[tuple[int, Post]]) -> None:
    """Write the words of posts that come to their places, where those of all are kept."""
    if read_meta_value(db, WORDS) == "kept":
        from ledger.core.search import fold_text, texts_of_post  # most commands write no post

        rows = ((place, *map(fold_text, texts_of_post(post))) for place, post in posts)
        db.executemany("INSERT INTO words (rowid, subject, body) VALUES (?, ?, ?)", rows)


def _make_event_rows(db: sqlite3.Connection, board: BoardOverlay) -> Iterator[tuple[object, ...]]:
    for key, n, event in _number_rows(db, "events", board.events.own.items()):
        yield key, n, event.post, event.effect, str(event.state), int(event.refused), int(event.moved)


def _make_refusal_rows(db: sqlite3.Connection, board: BoardOverlay) -> Iterator[tuple[object, ...]]:
    for key, n, refusal in _number_rows(db, "refused", board.refused.own.items()):
        yield key, n, refusal.rule, refusal.line, refusal.message, refusal.fix, refusal.item


def _make_deed_row(deed: Deed) -> tuple[object, ...]:
    times = (None if at is None else at.isoformat() for at in (deed.start, deed.last))
    at, until = deed.at.isoformat(), deed.until.isoformat()
    return (*deed[:3], at, deed.item, deed.lane, *times, deed.opening, deed.marks, until)


def _number_rows(
    db: sqlite3.Connection, table: str, rows: Iterable[tuple[str, list[Any]]]
) -> Iterator[tuple[str, int, Any]]:
    """The rows of each key with their numbers, which go on above those that are there."""
    last = f"SELECT coalesce(max(n), -1) FROM {table} WHERE key = ?"
    for key, added in rows:
        # `executemany` asks for a row when it has written the one before: each key comes once, so that its
        # number is counted before a row of its own is there.
        first = db.execute(last, (key,)).fetchone()[0] + 1
        yield from ((key, n, row) for n, row in enumerate(added, first))


def _write_lows(db: sqlite3.Connection, board: BoardOverlay) -> None:
    if not board.lows.own:
        return
    # As texts, times of UTC sort as they do as times: `+00:00` without a fraction sorts before `.123000`.
    lowest = board.lows.own[0][1].isoformat()
    before = "SELECT place FROM lows WHERE at < ? ORDER BY place DESC LIMIT 1"  # found from the end
    row = db.execute(before, (lowest,)).fetchone()
    db.execute("DELETE FROM lows WHERE place > ?", (row[0] if row else -1,))
    db.executemany(
        "INSERT INTO lows VALUES (?, ?)", ((place, at.isoformat()) for place, at in board.lows.own)
    )
