"""One writer at a time on this machine, so that seats of one clone do not race each other.

It saves work and guards nothing: what is exclusive is so by compare-and-swap.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer, local

from ledger.core.errors import LedgerError
from ledger.store.files import find_inside

_POLL = 0.01
"""Seconds between tries for a lock that somebody else holds."""


class _Mine(local):
    """The locks that the thread holds."""

    def __init__(self) -> None:
        self.places: set[Path] = set()


_mine = _Mine()


@contextmanager
def host_lock(common_dir: Path, wait: float) -> Iterator[bool]:
    """Hold the lock of a common git directory, waiting at most `wait` seconds; False: not got.

    Who holds it may take it again, in the same thread. It is flock(2) and ends with its process; every write
    takes it, and `filelock`, which holds the other locks, takes 25 ms to import.
    """
    folder = find_inside(common_dir, "ledger")
    folder.mkdir(exist_ok=True)
    place = folder / "host.lock"
    if place in _mine.places:
        yield True
        return
    lock = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        held = _try_lock(lock) or (wait > 0 and _wait_for_lock(lock, wait))
        if held:
            _mine.places.add(place)
        yield held
    finally:
        _mine.places.discard(place)
        os.close(lock)


def _wait_for_lock(lock: int, seconds: float) -> bool:
    late = Event()
    timer = Timer(seconds, late.set)
    timer.daemon = True
    timer.start()
    try:
        while not late.wait(_POLL):
            if _try_lock(lock):
                return True
    finally:
        timer.cancel()
    return _try_lock(lock)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def seat_lock(folder: Path, ledger: str, seat: str) -> Iterator[bool]:
    """Be the one process that wraps a seat of a ledger on this machine; False: another one is.

    `folder` holds the locks, `ledger` is what tells ledgers apart, as a remote's address. Raises LedgerError
    `usage` when the folder cannot be written.
    """
    from hashlib import sha256

    from filelock import FileLock, Timeout  # takes 25 ms

    lock = FileLock(folder / f"{sha256(ledger.encode()).hexdigest()[:16]}-{seat}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as error:
        message = f'"{folder}" cannot be written: {error.strerror}'
        raise LedgerError("usage", message, "set XDG_STATE_HOME to a folder of this user") from error
    try:
        yield True
    finally:
        lock.release()
