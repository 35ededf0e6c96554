"""The tables of an index as one text, and an index made of such a text.

The text is the same for the same feed on every machine: the tables in one order, their rows by key. It may
come from a stranger, so it holds values only, which SQLite takes as values: no statements, no SQLite file.
What is made of a record is judged when it is read, as in any index.
"""

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from operator import methodcaller
from pathlib import Path
from typing import Any, Final

from ledger.store.contract import Oid
from ledger.store.databases import DATABASE_ERRORS
from ledger.store.index.codec import RecordError, decode_order
from ledger.store.index.kept import TAKEN, begin_writing
from ledger.store.index.tables import FORMAT, KEYED, clear_words, write_meta_value

CONTENT: Final = f"1.{FORMAT}"
"""The format of the text with that of the tables; one of another format is of no use."""
_LARGEST: Final = 64
"""How many times as large as its packed form a text may be; those of feeds are 7 times."""
_PIECE: Final = 1 << 20
_BETWEEN: Final = "\x1f"
"""Stands between the values of a row."""
_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "settings": ("oid", "data"),
    "found": ("path", "n", "record"),
    "unplaced": ("path", "id", "record"),
    **dict.fromkeys(KEYED, ("key", "record")),
    "tickets_links": ("link", "key"),
    "posts": ("place", "key", "item", "record"),
    "posts_links": ("link", "place"),
    "events": ("key", "n", "post", "effect", "state", "refused", "moved"),
    "refused": ("key", "n", "rule", "line", "message", "fix", "item"),
    "deeds": (
        *("n", "place", "what", "seat", "at", "item", "lane", "start", "last", "opening", "marks", "until"),
    ),
    "lows": ("place", "at"),
}
"""The tables in the order of the text, by which columns their rows are ordered: all of them."""
_BYTES: Final = {"settings": 1, "found": 0, "unplaced": 0}
"""Which column of a table holds bytes."""
_ESCAPES: Final = (("\x1b", "\x1be"), ("\n", "\x1bn"), (_BETWEEN, "\x1bu"))


class UnusableError(Exception):
    """A text from which no index can be made."""


def write_text_pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The text of an index, in pieces: first its order, then each table with the number of its rows."""
    row = db.execute("SELECT value FROM meta WHERE name = 'order'").fetchone()
    yield f"{_escape_value(row[0])}\n"
    for table, columns in _COLUMNS.items():
        count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        yield f"{table}{_BETWEEN}{count}\n"
        for row in db.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(columns)}"):
            yield _BETWEEN.join(map(_escape_value, row)) + "\n"


def pack_index(db: sqlite3.Connection) -> tuple[bytes, str]:
    """The text of an index, packed, and its digest as it is unpacked (sha256, hex)."""
    packer, digest = zlib.compressobj(6), sha256()
    packed = []
    for piece in write_text_pieces(db):
        data = piece.encode("utf-8", "surrogateescape")
        digest.update(data)
        packed.append(packer.compress(data))
    return b"".join([*packed, packer.flush()]), digest.hexdigest()


def unpack_lines(data: bytes) -> Iterator[str]:
    """The lines of a packed text, without their ends. Raises UnusableError for one that is damaged."""
    # In pieces: zlib packs up to a thousand to one, so that a stranger's text could fill the memory.
    unpacker, left, start = zlib.decompressobj(), len(data) * _LARGEST, b""
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(data, _PIECE)
            data = unpacker.unconsumed_tail
            left -= len(piece)
            # Neither a piece nor data left: the text was cut, and its end never comes.
            if left < 0 or not (piece or data):
                raise UnusableError
            # A piece may end within a character, a line does not. `splitlines` would end lines at U+2028 too,
            # which the words of a post may have.
            *lines, start = (start + piece).split(b"\n")
            if lines:
                yield from b"\n".join(lines).decode("utf-8", "surrogateescape").split("\n")
    except zlib.error as error:
        raise UnusableError from error
    if start:
        raise UnusableError


def insert_text_rows(db: sqlite3.Connection, lines: Iterator[str]) -> None:
    """Fill the empty tables of an index. Raises UnusableError, RecordError, or one of DATABASE_ERRORS."""
    order = str(_unescape_value(next(lines, "")))
    decode_order(order)
    write_meta_value(db, "order", order)
    for table, columns in _COLUMNS.items():
        name, _, count = next(lines, "").partition(_BETWEEN)
        if name != table or not count.isdecimal():
            raise UnusableError
        rows = map(_make_row_reader(table), islice(lines, int(count)))
        # All values are texts; the affinity of a column makes numbers of them (sqlite.org/datatype3.html).
        places = ", ".join("?" * len(columns))
        db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        if db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] != int(count):
            raise UnusableError
    if next(lines, None) is not None:
        raise UnusableError
    # The words of posts wait for the first search: to write them takes longer than all of this.
    clear_words(db)


def place_index(folder: Path, data: bytes, commit: Oid, mark: str) -> bool:
    """Make the index of a repository, which has none, of a packed text, standing for a commit. `mark` is kept
    under TAKEN. False where that cannot be."""
    writing = begin_writing(folder, 0)
    if writing is None:
        return False
    try:
        # another process was faster
        if writing.commit:
            return False
        insert_text_rows(writing.db, unpack_lines(data))
        write_meta_value(writing.db, "commit", commit)
        write_meta_value(writing.db, TAKEN, mark)
        writing.commit_kept()
    except (UnusableError, RecordError, ValueError, *DATABASE_ERRORS):
        return False
    finally:
        writing.close()
    return True


def find_first_difference(ours: Iterator[str], theirs: Iterator[str]) -> str | None:
    """The table and key of the first row that differs between two texts, tickets before all others; None
    where they are equal."""
    both = [_rows_by_table(ours), _rows_by_table(theirs)]
    for table in sorted(_COLUMNS, key=lambda name: name != "tickets"):
        rows, others = (sides.get(table, []) for sides in both)
        if rows != others:
            odd = set(rows) ^ set(others)
            first = min(odd) if odd else ""
            return f"{table.removesuffix('s')} {first.partition(_BETWEEN)[0]}".rstrip()
    return "order" if both[0] != both[1] else None


def _rows_by_table(lines: Iterator[str]) -> dict[str, list[str]]:
    """The rows of each table; of a text that is damaged as far as they go. The order is under ""."""
    tables: dict[str, list[str]] = {}
    with suppress(UnusableError):
        tables[""] = [next(lines, "")]
        for line in lines:
            table, _, count = line.partition(_BETWEEN)
            tables[table] = [*islice(lines, int(count) if count.isdecimal() else 0)]
    return tables


def _make_row_reader(table: str) -> Callable[[str], list[Any]]:
    """What makes the values of a row of a line. Few lines have what is escaped."""
    split = methodcaller("split", _BETWEEN)
    raw = _BYTES.get(table)

    def read_row(line: str) -> list[Any]:
        values: list[Any] = [_unescape_value(value) for value in line.split(_BETWEEN)]
        if raw is not None and len(values) > raw:
            values[raw] = str(values[raw]).encode("utf-8", "surrogateescape")
        return values

    return read_row if raw is not None else lambda line: read_row(line) if "\x1b" in line else split(line)


def _escape_value(value: object) -> str:
    if value is None:
        return "\x1b0"
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
    # A control character is never printable, so that most values pass by one test.
    if text.isprintable():
        return text
    # The escape itself first, and last on the way back: else it would spell the marks of the others anew.
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    return text


def _unescape_value(text: str) -> str | None:
    if text == "\x1b0":
        return None
    for plain, escaped in reversed(_ESCAPES):
        text = text.replace(escaped, plain)
    return text
