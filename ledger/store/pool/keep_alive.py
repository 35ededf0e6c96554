"""Files whose lock says that a session lives, where a sandbox parts the session from its own processes.

Whoever starts a session holds a lock of such a file (flock(1)) as long as it goes on; the kernel ends it with
the last process that has the file open, and shows it in all namespaces of processes. A sandbox may show
another file under the same name: one counts as the same where device and inode are.
"""

from pathlib import Path
from stat import S_ISREG

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.text import quote_name


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """A file and the folder that it is in, each also by device and inode, as `64768:1234`."""

    path: str
    file: str
    folder: str

    @property
    def is_held(self) -> bool:
        """True when the file is there and somebody holds its lock."""
        return _is_locked(Path(self.path), self.file) is True

    @property
    def is_let_go(self) -> bool:
        """True when it is certain that nobody holds the lock: it is free, or the file was removed."""
        place = Path(self.path)
        if _identify(place) == self.file:
            return _is_locked(place, self.file) is False
        return _identify(place.parent) == self.folder


def find_keep_alive(place: Path) -> KeepAlive:
    """The file at a place. Raises LedgerError `usage` where nobody holds its lock."""
    place = place.resolve()
    file, folder = _identify(place), _identify(place.parent)
    if file is None or folder is None or not _is_locked(place, file):
        words = (
            f"nobody holds a lock of {quote_name(str(place))}, by which it could be told that a session lives"
        )
        hint = "`exec 9>FILE; flock 9` in the shell that starts the session, outside of its sandbox"
        raise LedgerError("usage", words, hint)
    return KeepAlive(str(place), file, folder)


def _is_locked(place: Path, wanted: str) -> bool | None:
    """Whether somebody holds the lock of a file; None where that file is not to be seen."""
    if _identify(place, is_plain=True) != wanted:
        return None
    # not on systems that have no such locks
    from fcntl import LOCK_EX, LOCK_NB, flock

    try:
        with place.open("rb") as file:
            flock(file, LOCK_EX | LOCK_NB)  # and let go of at the end
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False


def _identify(place: Path, is_plain: bool = False) -> str | None:
    """The device and inode of what is at a place, and is a plain file if that is asked; None where nothing
    is, or it may not be looked at."""
    try:
        facts = place.stat()
    except (OSError, ValueError):
        return None
    return None if is_plain and not S_ISREG(facts.st_mode) else f"{facts.st_dev}:{facts.st_ino}"
