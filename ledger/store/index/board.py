"""The board that an index keeps, read from SQLite as it is asked."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from ledger.core.board.board import Board
from ledger.core.board.deeds import POSTED, Deed, DeedLog
from ledger.core.board.tables import LAST, Arrivals, Journal, Lows, Table
from ledger.core.feed.order import Order
from ledger.core.model import Event, Post, Refusal, State
from ledger.store.contract import Tables
from ledger.store.databases import DATABASE_ERRORS, is_damaged
from ledger.store.index.codec import (
    CHALLENGE,
    LIFT,
    MILESTONES,
    POST,
    SEAT,
    TICKET,
    RecordError,
    decode_order,
)
from ledger.store.index.tables import WORDS

if TYPE_CHECKING:
    from ledger.core.search import Query

T = TypeVar("T")
V = TypeVar("V")


_UNREADABLE = (*DATABASE_ERRORS, RecordError, TypeError, ValueError, LookupError)
"""What a row may raise that is none of ours; SQLite keeps a text in a column of numbers too."""


class Reader:
    """Questions to the tables of an index.

    Where an answer makes no sense, the tables are replaced, once, by those that `replace` gives: whoever asks
    does not notice. It is called with whether the old ones are damaged, or only cannot be read.
    """

    def __init__(self, db: sqlite3.Connection, replace: Callable[[bool], sqlite3.Connection]) -> None:
        self._db = db
        self._replace: Callable[[bool], sqlite3.Connection] | None = replace

    def __del__(self) -> None:
        """Let go of the snapshot, so that the log can be emptied: a connection is part of a cycle, with its
        cache of statements, and would stay open until the collector of cyclic garbage comes by."""
        self._db.close()

    def iterate_rows(self, made_of: Callable[..., T], question: str, *values: object) -> Iterator[T]:
        """What is made of each row, read as it is asked for."""
        db, count = self._db, 0
        try:
            for row in db.execute(question, values):
                found = made_of(*row)
                count += 1
                yield found
        # Before `_UNREADABLE`, which names its base, ValueError.
        except UnicodeEncodeError:  # asked for is half of a surrogate pair, which no table holds
            return
        except _UNREADABLE as error:
            # An iteration beside this one may have replaced the tables: then this one goes on in those too.
            if db is self._db and not self._replace_tables(is_damaged(error)):
                raise
        else:
            return
        # Tables of the same commit have the same rows in the same order: those given are passed over.
        for row in islice(self._db.execute(question, values), count, None):
            yield made_of(*row)

    def fetch_rows(self, made_of: Callable[..., T], question: str, *values: object) -> list[T]:
        """What is made of each row."""
        return [*self.iterate_rows(made_of, question, *values)]

    def fetch_first(self, made_of: Callable[..., T], question: str, *values: object) -> T | None:
        """What is made of the first row; None where there is none."""
        try:
            row = self._db.execute(question, values).fetchone()
            return None if row is None else made_of(*row)
        except _UNREADABLE:  # asked once more with what helps; by itself that takes half as long again
            return next(self.iterate_rows(made_of, question, *values), None)

    def fetch_named(self, made_of: Callable[..., T], question: str, key: str) -> T:
        """What is made of the row of a key that another row names: where it is missing, the tables are
        damaged. Raises KeyError where those in their place lack it too."""
        found = self.fetch_first(made_of, question, key)
        if found is None and self._replace_tables(damaged=True):
            found = self.fetch_first(made_of, question, key)
        if found is None:
            raise KeyError(key)
        return found

    def _replace_tables(self, damaged: bool) -> bool:
        """Replace the tables, unless that was done."""
        if self._replace is None:
            return False
        replace, self._replace = self._replace, None
        self._db = replace(damaged)
        return True


class _Rows(Table[V], Generic[V]):
    """A table of `key` and `record`; `links` of its keys where it has any. `tables` gets what is read."""

    def __init__(self, reader: Reader, name: str, decode: Callable[[str], V], tables: Tables) -> None:
        self._reader = reader
        self._name = name
        self._decode = decode
        self._spell_question = f"SELECT record FROM {name} WHERE key = ?"
        self._found: dict[str, V | None] = tables.setdefault(name, {})
        self._linked: dict[str, list[str]] = tables.setdefault(f"{name} by link", {})

    def get(self, key: str) -> V | None:
        if key not in self._found:
            self._found[key] = self._reader.fetch_first(self._decode, self._spell_question, key)
        return self._found[key]

    def __getitem__(self, key: str) -> V:
        found = self.get(key)
        if found is None:
            found = self._found[key] = self._reader.fetch_named(self._decode, self._spell_question, key)
        return found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def find(self, link: str) -> list[str]:
        """The keys with a link; their records are read along, since who asks goes on to use them."""
        if link not in self._linked:
            joined = f"{self._name}_links JOIN {self._name} USING (key)"
            question = f"SELECT key, record FROM {joined} WHERE link = ? ORDER BY key"
            self._linked[link] = self._reader.fetch_rows(self._keep_decoded, question, link)
        return [*self._linked[link]]

    def _keep_decoded(self, key: str, record: str) -> str:
        if key not in self._found:
            self._found[key] = self._decode(record)
        return key

    def links_from(self, prefix: str) -> list[str]:
        # one step down the tree of the index for each link, not one for each row
        step = f"(SELECT min(link) FROM {self._name}_links WHERE link {{}} AND link < ?2)"
        first, further = step.format(">= ?1"), step.format("> found.link")
        question = f"WITH RECURSIVE found(link) AS (SELECT {first} UNION ALL SELECT {further} FROM found "
        question += "WHERE found.link IS NOT NULL) SELECT link FROM found WHERE link IS NOT NULL"
        return self._reader.fetch_rows(str, question, prefix, prefix + LAST)

    def keys_from(self, prefix: str) -> list[str]:
        return self.keys_between(prefix, prefix + LAST)

    def keys_between(self, start: str, end: str) -> list[str]:
        question = f"SELECT key FROM {self._name} WHERE key >= ? AND key < ? ORDER BY key"
        return self._reader.fetch_rows(str, question, start, end)

    def last_key(self, end: str) -> str | None:
        question = f"SELECT key FROM {self._name} WHERE key < ? ORDER BY key DESC LIMIT 1"
        return self._reader.fetch_first(str, question, end)

    def all(self) -> Iterator[V]:
        return self._reader.iterate_rows(self._decode, f"SELECT record FROM {self._name} ORDER BY key")


class _Posts(_Rows[Post], Arrivals[Post]):
    """The posts that have their place."""

    def __init__(self, reader: Reader, tables: Tables) -> None:
        super().__init__(reader, "posts", POST.decode, tables)
        self._places: dict[str, int] = {}
        self._count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            last = self._reader.fetch_first(int, "SELECT place FROM posts ORDER BY place DESC LIMIT 1")
            self._count = 0 if last is None else last + 1
        return self._count

    def place_of(self, key: str) -> int:
        if key not in self._places:
            self._places[key] = self._reader.fetch_named(int, "SELECT place FROM posts WHERE key = ?", key)
        return self._places[key]

    def since(self, place: int) -> Iterator[Post]:
        return self._iterate_posts("WHERE place >= ? ORDER BY place", place)

    def newest_first(self) -> Iterator[Post]:
        return self._iterate_posts("ORDER BY place DESC")

    def newest(self, link: str) -> Iterator[Post]:
        # by the place of the link: by that of the post SQLite sorts all of them before it gives the first
        which = "JOIN posts_links USING (place) WHERE link = ? ORDER BY posts_links.place DESC"
        return self._iterate_posts(which, link)

    def find(self, link: str) -> list[str]:
        question = (
            "SELECT key FROM posts JOIN posts_links USING (place) WHERE link = ? ORDER BY posts_links.place"
        )
        return self._reader.fetch_rows(str, question, link)

    def links_from(self, prefix: str) -> list[str]:
        # of posts each link is asked for of which there are as many as tickets: one walk, no step for each
        question = "SELECT DISTINCT link FROM posts_links WHERE link >= ? AND link < ?"
        return sorted(self._reader.fetch_rows(str, question, prefix, prefix + LAST))

    def all(self) -> Iterator[Post]:
        return self.since(0)

    def _iterate_posts(self, which: str, *values: object) -> Iterator[Post]:
        return self._reader.iterate_rows(POST.decode, f"SELECT record FROM posts {which}", *values)


class _Events(Journal[Event]):
    """Histories, by the post that opened the ticket."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rows(self, key: str) -> Sequence[Event]:
        return self._reader.fetch_rows(_make_event, self._spell_question("n"), key)

    def last(self, key: str) -> Event | None:
        return self._reader.fetch_first(_make_event, self._spell_question("n DESC LIMIT 1"), key)

    def keys(self) -> list[str]:
        return self._reader.fetch_rows(str, "SELECT DISTINCT key FROM events ORDER BY key")

    def _spell_question(self, order: str) -> str:
        return f"SELECT post, effect, state, refused, moved FROM events WHERE key = ? ORDER BY {order}"


class _Refusals(Journal[Refusal]):
    """What was refused, by the post."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rows(self, key: str) -> Sequence[Refusal]:
        question = "SELECT rule, key, line, message, fix, item FROM refused WHERE key = ? ORDER BY n"
        return self._reader.fetch_rows(Refusal, question, key)

    def keys(self) -> list[str]:
        return self._reader.fetch_rows(str, "SELECT DISTINCT key FROM refused ORDER BY key")

    def last(self, key: str) -> Refusal | None:
        return next(iter(self.rows(key)[-1:]), None)


class _Lows(Lows):
    """When the posts of the chain were made."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def earliest(self, place: int) -> datetime | None:
        question = "SELECT at FROM lows WHERE place >= ? ORDER BY place LIMIT 1"
        return self._reader.fetch_first(datetime.fromisoformat, question, place)


class _Deeds(DeedLog):
    """What posts did."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def by(self, seat: str, since: datetime) -> Sequence[Deed]:
        return self._fetch_deeds("seat = ? AND until >= ?", seat, since.isoformat())

    def opening(self, item: str) -> Sequence[Deed]:
        # SQLite takes the partial index `deeds_item` only where its condition stands in the question.
        return self._fetch_deeds("item = ? AND opening > ''", item)

    def last_post(self, seat: str, before: datetime) -> datetime | None:
        question = "SELECT at FROM deeds WHERE seat = ? AND until < ? AND what IN (?, ?, ?) "
        question += "ORDER BY until DESC LIMIT 1"
        values = (seat, before.isoformat(), *POSTED)
        return self._reader.fetch_first(datetime.fromisoformat, question, *values)

    def _fetch_deeds(self, which: str, *values: object) -> list[Deed]:
        columns = "place, what, seat, at, item, lane, start, last, opening, marks"
        return self._reader.fetch_rows(
            _make_deed, f"SELECT {columns} FROM deeds WHERE {which} ORDER BY n", *values
        )


class IndexBoard(Board):
    """The board of the posts that have their place; it keeps what it reads in `tables`."""

    def __init__(self, reader: Reader, tables: Tables) -> None:
        self.tickets = _Rows(reader, "tickets", TICKET.decode, tables)
        self.seats = _Rows(reader, "seats", SEAT.decode, tables)
        self.posts = _Posts(reader, tables)
        self.seen = _Rows(reader, "seen", str, tables)
        self.named = _Rows(reader, "named", str, tables)
        self.moved = _Rows(reader, "moved", str, tables)
        self.renumbered = _Rows(reader, "renumbered", str, tables)
        self.ruled = _Rows(reader, "ruled", str, tables)
        self.lifts = _Rows(reader, "lifts", LIFT.decode, tables)
        self.newest_challenges = _Rows(reader, "newest_challenges", CHALLENGE.decode, tables)
        self.declined = _Rows(reader, "declined", str, tables)
        self.milestones = _Rows(reader, "milestones", MILESTONES.decode, tables)
        self.shifts = _Rows(reader, "shifts", str, tables)
        self.posted = _Rows(reader, "posted", str, tables)
        self.refused = _Refusals(reader)
        self.events = _Events(reader)
        self.deeds = _Deeds(reader)
        self.lows = _Lows(reader)
        self._reader = reader
        order = reader.fetch_first(decode_order, "SELECT value FROM meta WHERE name = 'order'")
        self.order = order if order is not None else Order()

    def search_posts(self, query: "Query", most: int) -> list[tuple[str, str | None]]:
        """The same, by the words that the index keeps; where it has none, by reading every post."""
        if self._reader.fetch_first(str, "SELECT value FROM meta WHERE name = ?", WORDS) != "kept":
            return super().search_posts(query, most)
        # Words are letters and digits alone: no text closes the quotes and becomes a query of FTS5.
        phrases = [f'"{" ".join(phrase.words)}"{" *" if phrase.prefix else ""}' for phrase in query.phrases]
        # A word of the subject counts as ten of the text; of alike ones the newest comes first.
        score = "SELECT rowid AS at, bm25(words, 10.0, 1.0) AS score FROM words WHERE words MATCH ?"
        order = "ORDER BY score, at DESC"
        # The limit stands inside: posts are looked up for what it leaves, and not for all that match.
        question = f"SELECT key, item FROM ({score} {order} LIMIT ?) JOIN posts ON place = at {order}"
        if not phrases:
            return []
        return self._reader.fetch_rows(_make_match, question, " AND ".join(phrases), most)


def _make_match(key: str, item: str | None) -> tuple[str, str | None]:
    return key, item


def _make_event(post: str, effect: str, state: str, refused: int, moved: int) -> Event:
    return Event(post, effect, State(state), bool(refused), bool(moved))


def _make_deed(
    place: int,
    what: str,
    seat: str,
    at: str,
    item: str,
    lane: str | None,
    start: str | None,
    last: str | None,
    *rest: str,
) -> Deed:
    read = datetime.fromisoformat
    began, latest = read(start) if start else None, read(last) if last else None
    return Deed(place, what, seat, read(at), item, lane, began, latest, *rest)
