"""What is known of the feed in a bare repository: a disposable index, SQLite in `<git dir>/ledger/`.

It holds facts about posts, never posts: which tickets each names, where it stands in the order, who saw
it. So a push loads only the posts that matter to it. It stands for one commit, is brought up by comparing
trees, and may be deleted at any time; a damaged or older one is made anew.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ledger.core.fold import tickets_named
from ledger.core.ids import is_post_id, is_ticket, namespace_of, read_stamp, stamp
from ledger.core.kinds.actionable import collides
from ledger.core.model import Post
from ledger.core.order import in_order
from ledger.core.rulings import awaited, blocks_unnamed
from ledger.store.databases import DATABASE_ERRORS, is_damaged
from ledger.store.swap import Oid

FORMAT = "2"
"""Written into the index; one of another format is made anew."""
BUSY_SECONDS = 5.0
"""How long one push waits for another that is writing the index."""
UNNAMED = "awaiting"
"""Stands for a ruling that a ticket waits for without naming it."""

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE posts (
    path BLOB PRIMARY KEY, oid TEXT, mode TEXT, id TEXT, seat TEXT, nonce TEXT, at TEXT, kind TEXT, item TEXT,
    state TEXT, seq INTEGER, prev TEXT, chain INTEGER, seer TEXT, collides INTEGER, cap INTEGER
) WITHOUT ROWID;
CREATE INDEX posts_id ON posts (id);
CREATE INDEX posts_prev ON posts (prev);
CREATE INDEX posts_seat ON posts (seat, nonce);
CREATE INDEX posts_state ON posts (seat, state, item);
CREATE INDEX posts_life ON posts (seat, kind, chain, seq);
CREATE INDEX posts_item ON posts (item, collides);
CREATE INDEX posts_place ON posts (chain, seq);
CREATE TABLE links (
    role TEXT, key TEXT, value TEXT, path BLOB, PRIMARY KEY (role, key, value, path)
) WITHOUT ROWID;
CREATE INDEX links_path ON links (path);
"""
_DAMAGES = (*DATABASE_ERRORS, TypeError, ValueError, LookupError)
"""What a question to a damaged index raises: SQLite keeps a text in a column of numbers too."""
T = TypeVar("T")
_COLUMNS = "path, oid, mode, id, seat, nonce, seq, chain, seer, kind, item, state, cap"


@dataclass(frozen=True, slots=True)
class Fact:
    """One landed post: its file, and what the index knows. `chain` says that it stands on the feed's
    chain; `seer` is the post of the chain that saw one made by hand."""

    path: str
    oid: Oid
    mode: str
    id: str
    seat: str
    nonce: str
    seq: int | None
    chain: bool
    seer: str | None
    kind: str
    item: str | None
    state: str | None
    cap: bool


@dataclass(frozen=True, slots=True)
class Fresh:
    """A file to take in, and the post that it holds, if it holds one."""

    path: str
    oid: Oid
    mode: str
    post: Post | None


def ask(folder: Path | None, question: Callable[["Known"], T]) -> T:
    """Put a question to the index of a repository, in one transaction; what it takes in is kept.

    A damaged index is made anew. Where none can be kept (no folder, a disk that is full or only read,
    others who write for long), a copy in memory is asked.
    """
    if folder is not None:
        place = _place(folder)
        for _ in ("as it is", "made anew"):
            try:
                place.parent.mkdir(exist_ok=True)
                return _asked(sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None), question)
            except OSError:
                break
            except _DAMAGES as error:
                if isinstance(error, sqlite3.OperationalError) and not is_damaged(error):
                    break
                place.unlink(missing_ok=True)
    return ask_aside(folder, question)


def ask_aside(folder: Path | None, question: Callable[["Known"], T]) -> T:
    """Put a question to a copy of the index in memory, for which nobody waits, and which is not kept."""
    return _asked(_copied(folder), question)


def renew(folder: Path, fill: Callable[["Known"], None]) -> None:
    """Bring the index up in memory, then put it on the disk at once, so that no push waits while it is made.

    Raises sqlite3.Error or OSError where that is not possible.
    """
    place = _place(folder)
    place.parent.mkdir(exist_ok=True)
    with closing(_copied(folder)) as db:
        db.execute("BEGIN")
        _prepare(db)
        fill(Known(db))
        db.execute("COMMIT")
        try:
            _put(db, place)
        except DATABASE_ERRORS as error:
            if not is_damaged(error):
                raise
            place.unlink(missing_ok=True)
            _put(db, place)


def _put(db: sqlite3.Connection, place: Path) -> None:
    with closing(sqlite3.connect(place, timeout=BUSY_SECONDS)) as kept:
        db.backup(kept)


def _copied(folder: Path | None) -> sqlite3.Connection:
    """The index in memory; an empty one where there is none that is whole."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    with suppress(*DATABASE_ERRORS):
        if folder is not None and _place(folder).is_file():
            uri = f"{_place(folder).as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as kept:
                kept.backup(db)
            if db.execute("PRAGMA quick_check").fetchone() == ("ok",):
                return db
    db.close()
    return sqlite3.connect(":memory:", isolation_level=None)


def stands_for(folder: Path) -> Oid | None:
    """The commit that the index of a repository stands for; None: there is none that can be read.

    Nothing is written.
    """
    try:
        with closing(sqlite3.connect(f"{_place(folder).as_uri()}?mode=ro", uri=True)) as db:
            known = Known(db)
            return known.meta("commit") if known.meta("format") == FORMAT else None
    except DATABASE_ERRORS:
        return None


def _place(folder: Path) -> Path:
    return folder / "ledger" / "guard.db"


def _asked(db: sqlite3.Connection, question: Callable[["Known"], T]) -> T:
    with closing(db):
        db.execute("BEGIN IMMEDIATE")
        _prepare(db)
        answer = question(Known(db))
        db.execute("COMMIT")
        return answer


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables, unless they are there in this version's format."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "meta" in tables and Known(db).meta("format") == FORMAT:
        return
    for table in tables:
        db.execute(f"DROP TABLE {table}")
    for statement in _SCHEMA.split(";\n"):
        db.execute(statement)
    db.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))


class Known:
    """The facts about the posts of one commit."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def meta(self, name: str) -> str | None:
        """`format`, or the `commit` that the index stands for (None: no commit)."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    # Taking in

    def clear(self) -> None:
        """Forget everything."""
        for table in ("posts", "links"):
            self._db.execute(f"DELETE FROM {table}")
        self._db.execute("DELETE FROM meta WHERE name = 'commit'")

    def take_in(self, commit: Oid, gone: Collection[str], fresh: Sequence[Fresh]) -> None:
        """Stand for another commit: without the files that are gone, with those that are fresh."""
        posts = [one.post for one in fresh if one.post is not None]
        plain = not gone and self.continues(posts)
        for path in gone:
            self._db.execute("DELETE FROM posts WHERE path = ?", (_raw(path),))
            self._db.execute("DELETE FROM links WHERE path = ?", (_raw(path),))
        self._db.executemany(f"INSERT INTO posts VALUES ({','.join('?' * 16)})", map(_values, fresh))
        links = (link for one in fresh if one.post is not None for link in _links(one.post))
        self._db.executemany("INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)", links)
        if plain:
            self._extend(posts)
        else:
            self._reorder()
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('commit', ?)", (commit,))

    def continues(self, posts: Sequence[Post]) -> bool:
        """Whether new posts leave the chain as it is but for going on at its end.

        Not so when one has the id of a landed post, or one that a landed post names as `prev` or in
        `saw`, or a `seq` that does not follow the chain's end.
        """
        for post in posts:
            there = self._db.execute("SELECT 1 FROM posts WHERE id = ?", (post.id,))
            if there.fetchone() or self.is_named(post.id):
                return False
        last, seq = self.head() or (None, 0)
        for post in _numbered(posts):
            if (post.seq, post.prev) != (seq + 1, last):
                return False
            last, seq = post.id, seq + 1
        return len({post.id for post in posts}) == len(posts)

    def _extend(self, posts: Sequence[Post]) -> None:
        linked = _numbered(posts)
        self._db.executemany("UPDATE posts SET chain = 1 WHERE id = ?", ((post.id,) for post in linked))
        for post in linked:
            for name in post.saw:
                seen = "UPDATE posts SET seer = ? WHERE id = ? AND chain = 0 AND seer IS NULL"
                self._db.execute(seen, (post.id, name))

    def _reorder(self) -> None:
        """Find the chain, and who saw what, of everything that is here."""
        posts, order = in_order(self._stubs())
        off = set(order.forked)
        waiting: list[str] = []
        places: list[tuple[int, str | None, str]] = []
        for post in posts:
            if post.seq is None or post.id in off:
                waiting.append(post.id)
                continue
            places += [(0, post.id, name) for name in waiting]
            places.append((1, None, post.id))
            waiting = []
        places += [(0, None, name) for name in waiting]
        self._db.executemany("UPDATE posts SET chain = ?, seer = ? WHERE id = ?", places)

    def _stubs(self) -> Iterator[Post]:
        """Every post with what its place in the order follows from, and nothing else."""
        saw: dict[str, list[str]] = {}
        for name, path in self._db.execute("SELECT key, path FROM links WHERE role = 'saw'"):
            saw.setdefault(_text(path), []).append(name)
        for path, name, seat, at, kind, seq, prev in self._db.execute(
            "SELECT path, id, seat, at, kind, seq, prev FROM posts WHERE id IS NOT NULL"
        ):
            moment = read_stamp(at)
            assert moment is not None
            seen = tuple(saw.get(_text(path), ()))
            yield Post(
                id=name, path=_text(path), seat=seat, at=moment, kind=kind, seq=seq, prev=prev, saw=seen
            )

    # Asking

    def head(self) -> tuple[str, int] | None:
        """The end of the chain: post id and seq."""
        asked = "SELECT id, seq FROM posts WHERE chain = 1 ORDER BY seq DESC LIMIT 1"
        row = self._db.execute(asked).fetchone()
        return (row[0], row[1]) if row else None

    def all(self) -> list[Fact]:
        """Every landed post."""
        return self._facts("id IS NOT NULL")

    def at_path(self, path: str) -> list[Fact]:
        """The post in a file."""
        return self._facts("path = ? AND id IS NOT NULL", _raw(path))

    def oid_at(self, path: str) -> Oid | None:
        """The object of a plain file that was taken in, post or not."""
        row = self._db.execute(
            "SELECT oid FROM posts WHERE path = ? AND mode LIKE '100%'", (_raw(path),)
        ).fetchone()
        return str(row[0]) if row else None

    def is_named(self, name: str) -> bool:
        """Whether a landed post names this one as `prev` or in `saw`."""
        prev = self._db.execute("SELECT 1 FROM posts WHERE prev = ?", (name,))
        saw = self._db.execute("SELECT 1 FROM links WHERE role = 'saw' AND key = ?", (name,))
        return bool(prev.fetchone() or saw.fetchone())

    def with_id(self, name: str) -> list[Fact]:
        """The posts of an id: several when it stands in several places."""
        return self._facts("id = ?", name)

    def earliest_behind(self, name: str) -> list[Fact]:
        """The earliest dated post of the chain at or behind a post, which was there by then."""
        for one in self.with_id(name):
            seq = one.seq if one.chain else self._seer_seq(one)
            if seq is not None:
                return self._facts("chain = 1 AND seq >= ? ORDER BY at LIMIT 1", seq)
        return []

    def _seer_seq(self, one: Fact) -> int | None:
        return None if one.seer is None else self.with_id(one.seer)[0].seq

    def twins_of(self, seat: str, nonce: str) -> list[Fact]:
        """The posts of a seat with one nonce: only the first of them counts."""
        return self._facts("seat = ? AND nonce = ?", seat, nonce)

    def acting(self, ticket: str) -> list[Fact]:
        """The posts that move, rule or say something of a ticket."""
        return self._linked("acts", ticket)

    def naming(self, ticket: str) -> list[Fact]:
        """The posts that name a ticket in any way."""
        return self._linked("names", ticket)

    def needed_by(self, ticket: str) -> set[str]:
        """The tickets whose state the fold looks at when posts move this one."""
        return self._values("needs", ticket)

    def waiting_for(self, ticket: str) -> set[str]:
        """The tickets that a post ever blocked on a ruling on this one (or on UNNAMED)."""
        return self._values("waits", ticket)

    def tickets_of(self, namespace: str) -> set[str]:
        """Every ticket of a namespace that a post names."""
        return self._values("spells", namespace)

    def turning(self, seat: str) -> list[Fact]:
        """The posts among which the newest boot and the newest retirement of a seat are: the last of each
        on the chain, and those by hand."""
        found = self._facts("seat = ? AND kind IN ('boot', 'retire') AND chain = 0", seat)
        for kind in ("boot", "retire"):
            last = "seat = ? AND kind = ? AND chain = 1 ORDER BY seq DESC LIMIT 1"
            found += self._facts(last, seat, kind)
        return found

    def retired_by_hand(self, seat: str) -> list[Fact]:
        """The retirements of a seat by hand: any of them may have given a claim back."""
        return self._facts("seat = ? AND kind = 'retire' AND chain = 0", seat)

    def retired_after(self, claim: Fact) -> list[Fact]:
        """The retirement on the chain that gave a claim back, if it stood until then: its seat's next one."""
        after = claim.seq if claim.chain else self._seer_seq(claim)
        if after is None:
            return []
        next_ = "seat = ? AND kind = 'retire' AND chain = 1 AND seq >= ? ORDER BY seq LIMIT 1"
        return self._facts(next_, claim.seat, after)

    def claimed_since(self, seat: str, seq: int) -> set[str]:
        """The tickets that a seat claimed after a place on the chain, and those that it claimed by hand."""
        rows = self._facts("seat = ? AND state = 'CLAIMED' AND (chain = 0 OR seq > ?)", seat, seq)
        return {one.item for one in rows if one.item}

    def maybe_held(self, seat: str) -> set[str]:
        """The tickets that a seat claimed, without those that it surely does not hold any more.

        Surely: its last word on the ticket closed or parked it, and was landed by the tool, and there was
        no second opening that could have made that word ambiguous. (Where the seat did not hold the
        ticket, that word was refused, and it does not hold it after.)
        """
        claims = "SELECT item FROM posts WHERE seat = ? AND state = 'CLAIMED'"
        rows = self._facts(f"seat = ? AND state IS NOT NULL AND item IN ({claims})", seat, seat)
        last: dict[str, Fact] = {}
        for one in sorted(rows, key=lambda one: one.seq or 0):
            if one.item is not None:
                last[one.item] = one
        unsure = {one.item for one in rows if not one.chain} | self._opened_twice(claims, seat)
        if self._has_twins(seat):
            return set(last)
        over = {item for item, one in last.items() if one.state in ("DONE", "CANCELLED", "PARKED")}
        return {item for item in last if item in unsure or item not in over}

    def _opened_twice(self, among: str, seat: str) -> set[str | None]:
        several = "collides = 1 GROUP BY item HAVING count(*) > 1"
        rows = self._db.execute(f"SELECT item FROM posts WHERE item IN ({among}) AND {several}", (seat,))
        return {row[0] for row in rows}

    def _has_twins(self, seat: str) -> bool:
        asked = "SELECT 1 FROM posts WHERE seat = ? GROUP BY nonce HAVING count(*) > 1 LIMIT 1"
        return self._db.execute(asked, (seat,)).fetchone() is not None

    def _facts(self, where: str, *values: str | int | bytes) -> list[Fact]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM posts WHERE {where}", values)
        return [_fact(row) for row in rows]

    def _linked(self, role: str, key: str) -> list[Fact]:
        paths = "SELECT path FROM links WHERE role = ? AND key = ?"
        return self._facts(f"path IN ({paths})", role, key)

    def _values(self, role: str, key: str) -> set[str]:
        asked = "SELECT DISTINCT value FROM links WHERE role = ? AND key = ?"
        return {row[0] for row in self._db.execute(asked, (role, key))}


def _numbered(posts: Sequence[Post]) -> list[Post]:
    """The posts that have a `seq`, lowest first."""
    return sorted((post for post in posts if post.seq is not None), key=lambda post: post.seq or 0)


def _raw(path: str) -> bytes:
    """A path as git has it: bytes, which need not be text."""
    return path.encode("utf-8", "surrogateescape")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _fact(row: tuple[Any, ...]) -> Fact:
    path, oid, mode, name, seat, nonce, seq, chain, seer, kind, item, state, cap = row
    return Fact(
        _text(path), oid, mode, name, seat, nonce, seq, bool(chain), seer, kind, item, state, bool(cap)
    )


def _values(one: Fresh) -> tuple[object, ...]:
    post = one.post
    if post is None:
        return (_raw(one.path), one.oid, one.mode, *(None,) * 13)
    head = (_raw(one.path), one.oid, one.mode, post.id, post.seat, post.nonce, stamp(post.at), post.kind)
    moves = post.kind == "actionable" and post.state is not None
    state = str(post.state) if moves else None
    colliding = int(moves and collides(post))
    return (*head, post.item, state, post.seq, post.prev, 0, None, colliding, int(post.cap is not None))


def _links(post: Post) -> Iterator[tuple[str, str, str, bytes]]:
    """What leads from tickets and posts to this post."""
    path = _raw(post.path)
    pairs: list[tuple[str, str, str]] = [("saw", name, post.id) for name in post.saw if is_post_id(name)]
    for ticket in tickets_named(post):
        pairs += [("names", ticket, ""), ("spells", namespace_of(ticket), ticket)]
    acted = {one for one in (post.item, *post.rules_on) if one}
    for line in post.directives:
        acted.update(one for one in (line.item, line.to) if one and is_ticket(one))
        pairs += [("needs", line.item, line.absorbed_by)] if line.item and line.absorbed_by else []
        if line.name == "AMENDMENT" and line.item and line.to:
            pairs += [("needs", line.item, line.to), ("needs", line.to, line.item)]
    pairs += [("acts", ticket, "") for ticket in acted]
    if post.item is not None:
        blocks = [on.removeprefix("ruling:") for on in post.blocked_on]
        pairs += [("needs", post.item, one) for one in (*post.after, *blocks)]
        ruled = awaited(post.blocked_on)
        unnamed = (post.owner or "").startswith("awaiting-") or blocks_unnamed(post)
        ruled += [UNNAMED] if unnamed else []
        pairs += [("waits", one, post.item) for one in ruled]
    plain = (one for one in dict.fromkeys(pairs) if one[0] == "saw" or one[1] == UNNAMED or _safe(one))
    yield from ((*one, path) for one in plain)


def _safe(pair: tuple[str, str, str]) -> bool:
    """Free text (a block on the weather) leads to no ticket and stays out."""
    role, key, value = pair
    return (role == "spells" or is_ticket(key)) and (not value or is_ticket(value))
