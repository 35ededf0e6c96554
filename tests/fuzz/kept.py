"""The readers of what the product keeps on disk, which a crash, a full disk or another tool may damage."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from ledger.app.effects import TimeLimit
from ledger.core.queue.stop_policy import StopMemory
from ledger.store.clone.asked import keep_asked, load_asked
from ledger.store.clone.clone_id import ensure_clone_id, read_clone_id
from ledger.store.clone.sessions import Sessions
from ledger.store.git.repository import open_repository
from ledger.store.guard.let_in import Record, find_landing_times
from ledger.store.pool.keep_alive import KeepAlive
from ledger.store.pool.pool import MARKER, is_abandoned, open_tree_pool
from ledger.store.pool.pool_folder import find_pool_folder
from ledger.store.pool.processes import Process
from ledger.store.pool.tree_owner import Lease, Owner, read_marker, read_owner, write_owner
from tests.fuzz.mutation import LEDGER, encode, mutate_bytes, mutate_json, mutate_text
from tests.fuzz.reader import Probe, Reader
from tests.gitrun import new_repository

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
OID = "0123456789abcdef" * 2 + "01234567"
POST = "20261120T035100000Z-camber-01-9c1e07a25b6d4f10"


def kept_at(folder: Path, name: str) -> Path:
    place = folder / "ledger" / name
    place.parent.mkdir(exist_ok=True)
    return place


# Records beside the trees of a pool, and markers in them


def make_owner(dice: Random) -> bytes:
    process = Process(dice.choice((1, 4711, 99_999_999)), dice.choice(("", "boot 1")), "elsewhere")
    file = dice.choice((None, KeepAlive("/nowhere/alive", "1:2", "1:3")))
    since, item = "2026-11-20T03:51:00.000Z", dice.choice((None, "CMB-0001"))
    owner = Owner("otto", 1, "otto", Lease(process, since, item, file))
    return mutate_json(dice, json.loads(write_owner(owner)))


def open_owner(folder: Path) -> Probe:
    """The pool of a repository, where the record, then the marker, of its one tree is the input."""
    repo = open_repository(new_repository(folder / "repo"))
    pool = open_tree_pool(repo, TimeLimit(time.monotonic, time.monotonic() + 3600))
    tree = pool.tree_numbered("otto", 1)
    tree.path.mkdir(parents=True, exist_ok=True)
    places = (tree.path.with_suffix(".json"), tree.path / MARKER)

    def probe(given: bytes) -> None:
        for place, read in zip(places, (read_owner, read_marker), strict=True):
            place.write_bytes(given)
            owner = read(place)
            assert owner is None or Owner(**{name: getattr(owner, name) for name in owner.__slots__}) == owner
            assert [(one.identity, one.number) for one in pool.list_trees()] == [("otto", 1)]
            held = pool.find_owner(tree)
            if held is not None and held.lease is not None:
                assert held.lease.holder and held.lease.host is not None
                is_abandoned(tree, held.lease)
                assert place is places[0], "a marker leases a tree to a process that is not there"
            place.unlink()

    return probe


# Small files below .git/ledger


def make_asked(dice: Random) -> bytes:
    row = {"post": POST, "boot": "b", "clock": 1.5, "wall": 2.5}
    return mutate_json(dice, {"otto CMB-0001": row, "otto CMB-0002": row})


def open_asked(folder: Path) -> Probe:
    def probe(given: bytes) -> None:
        kept_at(folder, "challenges.json").write_bytes(given)
        asked = load_asked(folder, "otto")
        keep_asked(folder, "otto", asked)
        assert load_asked(folder, "otto").keys() == asked.keys()

    return probe


def make_session(dice: Random) -> bytes:
    told = StopMemory("a" * 40, "origin", "refs/heads/ledger", "x", ("CMB-0001",), (POST,), 1, 1, False)
    return mutate_json(dice, asdict(told))


def open_session(folder: Path) -> Probe:
    sessions = Sessions(folder)
    sessions.save_memory(StopMemory(), 0.0, "claude", "s")
    (place,) = (folder / "ledger" / "sessions").iterdir()

    def probe(given: bytes) -> None:
        place.write_bytes(given)
        told = sessions.load_memory("claude", "s")
        assert (
            " ".join((told.commit, told.remote, told.ref, told.settings, *told.sets, *told.reminded))
            is not None
        )
        assert told.blocks + told.claims >= 0 or told.blocks

    return probe


def make_line(dice: Random) -> bytes:
    seeds = ("9c1e07a25b6d4f10\n", "repo-1a2b3c4d\n/home/otto/repo/.git\n")
    return encode(dice, mutate_text(dice, dice.choice(seeds)))


def open_line(folder: Path) -> Probe:
    """The id of the clone, and the name of its folder in the pool."""

    def probe(given: bytes) -> None:
        kept_at(folder, "clone").write_bytes(given)
        drawn = read_clone_id(folder)
        again = ensure_clone_id(folder, lambda: "0" * 16)
        assert again == (drawn or "0" * 16) == read_clone_id(folder)
        kept_at(folder, "pool").write_bytes(given)
        name = find_pool_folder(folder)
        assert Path(name).name == name and "\0" not in name, name

    return probe


# Databases of the guard: whole files, as SQLite has them


def make_database(dice: Random) -> bytes:
    with closing(sqlite3.connect(":memory:")) as db:
        right = "name TEXT PRIMARY KEY, mode TEXT, oid TEXT, at REAL"
        columns = dice.choice((right, right, "name, at", "name TEXT", "at, name, x"))
        db.execute(f"CREATE TABLE {dice.choice(('landed', 'landed', 'landed', 'meta', 'posts'))} ({columns})")
        table = str(db.execute("SELECT name FROM sqlite_master").fetchone()[0])
        values = (None, "x", b"\xff", 1e400, -1e300, 1e18, 2**62, NOW.timestamp(), "", dice.choice(LEDGER))
        row = [POST if "name" in name else dice.choice(values) for name in columns.split(", ")]
        db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
        db.commit()
        data = db.serialize()
    return mutate_bytes(dice, data) if dice.randrange(3) == 0 else data


def open_let_in(folder: Path) -> Probe:
    def probe(given: bytes) -> None:
        kept_at(folder, "let-in.db").write_bytes(given)
        record = Record(folder)
        record.catch_up(OID, lambda since: [(POST, "100644", OID)], NOW)
        times = find_landing_times(record.find_let_in([POST, "other"]))
        assert all(moment.tzinfo is UTC and NOW - moment is not None for moment in times.values())
        again = Record(folder)
        again.catch_up(OID[::-1], lambda since: [("another", "100644", OID)], NOW)
        assert again.find_let_in(["another"])["another"].content == ("100644", OID)

    return probe


def _reader(name: str, generate: Callable[[Random], bytes], open_: Callable[[Path], Probe]) -> Reader:
    return Reader(name, generate, open_, 50)


READERS: tuple[Reader, ...] = (
    _reader("owner", make_owner, open_owner),
    _reader("asked", make_asked, open_asked),
    _reader("session", make_session, open_session),
    _reader("line", make_line, open_line),
    _reader("let-in", make_database, open_let_in),
)
