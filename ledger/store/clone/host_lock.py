"""Locks of files: one process at a time, and none where its process ended (filelock uses flock(2)).

Writers of one machine take turns by one, so that seats of one clone do not race each other. That saves work
and guards nothing: what is exclusive is so by compare-and-swap.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from ledger.core.errors import LedgerError
from ledger.store.files import find_inside


@contextmanager
def hold_file_lock(place: Path, seconds: float, again: bool = False) -> Iterator[bool]:
    """Hold the lock of a file, waiting at most `seconds`; False: not got.

    The file and its folders are made, and stay. With `again` who holds it may take it again, in the same
    thread. Raises OSError where they cannot be made.
    """
    # takes 37 ms, and readers never lock
    from filelock import FileLock, Timeout

    place.parent.mkdir(parents=True, exist_ok=True)
    # the file stays when the lock is let go: who unlinked it could let two processes hold locks of two
    # files of one name
    lock = FileLock(place, is_singleton=again)
    try:
        lock.acquire(timeout=max(seconds, 0.0), poll_interval=0.01)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


@contextmanager
def host_lock(common_dir: Path, wait: float) -> Iterator[bool]:
    """Hold the lock of a common git directory, waiting at most `wait` seconds; False: not got.

    Who holds it may take it again, in the same thread.
    """
    with hold_file_lock(find_inside(common_dir, "ledger") / "host.lock", wait, again=True) as held:
        yield held


@contextmanager
def seat_lock(folder: Path, ledger: str, seat: str) -> Iterator[bool]:
    """Be the one process that wraps a seat of a ledger on this machine; False: another one is.

    `folder` holds the locks, `ledger` is what tells ledgers apart, as a remote's address. Raises LedgerError
    `usage` when the folder cannot be written.
    """
    place = folder / f"{sha256(ledger.encode()).hexdigest()[:16]}-{seat}.lock"
    with ExitStack() as locks:
        try:
            held = locks.enter_context(hold_file_lock(place, 0))
        except OSError as error:
            message = f'"{folder}" cannot be written: {error.strerror}'
            raise LedgerError("usage", message, "set XDG_STATE_HOME to a folder of this user") from error
        yield held
