"""One writer at a time on this machine, so that seats of one clone do not race each other.

It saves work and guards nothing: what is exclusive is so by compare-and-swap.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from ledger.core.errors import LedgerError
from ledger.store.files import find_inside


@contextmanager
def host_lock(common_dir: Path, wait: float) -> Iterator[bool]:
    """Hold the lock of a common git directory, waiting at most `wait` seconds; False: not got.

    Who holds it may take it again, in the same thread.
    """
    from filelock import FileLock, Timeout  # takes 37 ms, and readers never lock

    folder = find_inside(common_dir, "ledger")
    folder.mkdir(exist_ok=True)
    lock = FileLock(folder / "host.lock", is_singleton=True)
    try:
        lock.acquire(timeout=max(wait, 0.0), poll_interval=0.01)
        held = True
    except Timeout:
        held = False
    try:
        yield held
    finally:
        if held:
            lock.release()


@contextmanager
def seat_lock(folder: Path, ledger: str, seat: str) -> Iterator[bool]:
    """Be the one process that wraps a seat of a ledger on this machine; False: another one is.

    `folder` holds the locks, `ledger` is what tells ledgers apart, as a remote's address. Raises LedgerError
    `usage` when the folder cannot be written.
    """
    from filelock import FileLock, Timeout

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
