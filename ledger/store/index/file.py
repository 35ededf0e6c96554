"""The file of an index: found, opened, made and dropped.

`ledger/index.db` is a symbolic link to the file that counts, `index-<16 hex digits>.db` beside it. No two
files ever have one name: SQLite finds the log of a file by name, and who has a dropped file open removes
the log of that name at the end (sqlite.org/howtocorrupt.html, "Unlinking or renaming a database file while in
use").
"""

import os
import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Final

from ledger.store.index.tables import has_our_tables, make_tables

LINK: Final = "index.db"
BUSY_SECONDS: Final = 5.0
"""How long a question waits where the file is locked whole, as while it is made."""
_LOG: Final = "-wal"
_LEFT_FOR: Final = 3600.0
"""Seconds after which a file that nothing links to is no longer one that a process is making."""
_BEFORE, _BEHIND = "index-", ".db"


def find_index_file(folder: Path) -> Path | None:
    """The file that counts; None where there is none."""
    link = folder / "ledger" / LINK
    try:
        place = link.with_name(str(link.readlink()))
    except (OSError, ValueError):  # no link; or one that names no file of this folder
        return None
    is_index = place.name.startswith(_BEFORE) and place.name.endswith(_BEHIND)
    return place if is_index and place.is_file() and not place.is_symlink() else None


def make_index_file(folder: Path) -> Path | None:
    """Make a file with empty tables, and let it count; gives that of another process which was faster.

    None where something else stands in the place of the link. Raises OSError or one of DATABASE_ERRORS.
    """
    home = folder / "ledger"
    home.mkdir(exist_ok=True)
    place = home / f"{_BEFORE}{os.urandom(8).hex()}{_BEHIND}"
    with ExitStack() as stack:
        stack.callback(_remove_with_log, place)
        _create_empty_file(place)
        _remove_leftovers(place)
        with closing(open_index_file(place, BUSY_SECONDS)) as db:
            # Before BEGIN: SQLite changes the mode of its journal in no transaction. The file keeps it.
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN")
            make_tables(db)
            db.execute("COMMIT")
        # The link comes last, so that whoever finds a file by it finds whole tables. Where another process
        # was faster it is there already, and the file that was made here goes again.
        with suppress(FileExistsError):
            (home / LINK).symlink_to(place.name)
            stack.pop_all()
    return find_index_file(folder)


def _create_empty_file(place: Path) -> None:
    """Create an empty file for all who may use its folder; SQLite gives the log the same permissions."""
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        # The umask has cut the mode that `open` was given.
        os.fchmod(file, place.parent.stat().st_mode & 0o666)
    finally:
        os.close(file)


def _remove_leftovers(fresh: Path) -> None:
    """Before a fresh file counts, remove a link to none, and files that have not counted for long."""
    link = fresh.with_name(LINK)
    place = find_index_file(fresh.parent.parent)
    if place is None and (link.is_symlink() or link.is_file()):
        link.unlink(missing_ok=True)
    # By the clock of the file system, which dated the others too.
    now = fresh.stat().st_mtime
    for other in fresh.parent.glob(f"{_BEFORE}*{_BEHIND}"):
        if other != place and now - other.stat().st_mtime > _LEFT_FOR:
            _remove_with_log(other)


def drop_index_file(place: Path) -> None:
    """Let a file count no longer, and remove it. Who has it open goes on with it, and finds another later."""
    link = place.with_name(LINK)
    with suppress(OSError):
        # Another file may count by now: its link stays.
        if link.readlink().name == place.name:
            link.unlink()
    _remove_with_log(place)


def _remove_with_log(place: Path) -> None:
    """Remove a file and its log; the file first, by which `is_there` tells whether the log was whole."""
    for name in ("", _LOG, "-shm"):
        with suppress(OSError):
            place.with_name(place.name + name).unlink()


def open_index_file(place: Path, seconds: float) -> sqlite3.Connection:
    """Open a file that is there; it is never made by that."""
    # another thread may be the one in which the last snapshot of it is let go
    db = sqlite3.connect(
        f"{place.as_uri()}?mode=rw", timeout=seconds, isolation_level=None, check_same_thread=False, uri=True
    )
    # With a log a power cut then may take the newest writes, which are made again, and damages nothing
    # (sqlite.org/pragma.html#pragma_synchronous).
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def begin_snapshot(place: Path) -> sqlite3.Connection | None:
    """Begin to read a file as it is now; None where it is of another format, or was dropped meanwhile.

    Raises one of DATABASE_ERRORS.
    """
    with ExitStack() as stack:
        db = stack.enter_context(closing(open_index_file(place, BUSY_SECONDS)))
        # BEGIN alone reads nothing: the snapshot is that of the first SELECT after it.
        db.execute("BEGIN")
        # gone with its log, before that was opened
        if not has_our_tables(db) or not place.exists():
            return None
        _refuse_cut(db, place)
        stack.pop_all()
        return db


def _refuse_cut(db: sqlite3.Connection, place: Path) -> None:
    """Raise sqlite3.DatabaseError for a file that lacks a part of a page: SQLite tells it only when that is
    asked for. While a log stands beside the file, pages may be in that alone.

    The file is not opened for it: to close it would end the locks of this process (fcntl(2), "Advisory record
    locking").
    """
    log = place.with_name(place.name + _LOG)
    if log.exists() and log.stat().st_size:
        return
    (count,), (size,) = db.execute("PRAGMA page_count").fetchone(), db.execute("PRAGMA page_size").fetchone()
    if place.stat().st_size < count * size:
        raise sqlite3.DatabaseError("the index lacks pages")


def copy_snapshot(place: Path) -> sqlite3.Connection | None:
    """A copy in memory: where nothing can be written beside a file, SQLite cannot read what has a log.

    None where it is of another format, or goes on being written by somebody who may. Raises OSError or one of
    DATABASE_ERRORS.
    """
    import tempfile

    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside) / place.name
        if not _copy_whole(place, copy):
            return None
        kept = begin_snapshot(copy)
        if kept is None:
            return None
        with closing(kept):
            # The copy goes with its folder, before anybody asks.
            db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            kept.backup(db)
    return db


def _copy_whole(place: Path, copy: Path) -> bool:
    """Copy a file, then its log; False where that was begun anew meanwhile, so that the two do not fit."""
    log = place.with_name(place.name + _LOG)
    before = _read_heads(place, log)
    # The file first: pages that SQLite moves from the log into it meanwhile are still in the log, which
    # keeps them until it is begun anew, with other salts.
    copy.write_bytes(place.read_bytes())
    if log.exists():
        copy.with_name(copy.name + _LOG).write_bytes(log.read_bytes())
    return _read_heads(place, log) == before


def _read_heads(place: Path, log: Path) -> list[bytes]:
    """The headers of a file and of its log: the one counts changes, the other has salts that are drawn anew
    with each log (sqlite.org/fileformat2.html, "The Database Header", "WAL File Format")."""
    heads = []
    for path in (place, *([log] if log.exists() else [])):
        with path.open("rb") as file:
            heads.append(file.read(100 if path == place else 32))
    return heads
