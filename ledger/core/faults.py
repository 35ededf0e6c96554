"""Locks, full disks and folders that cannot be written, told as what they are.

Git says them in words, in the language that we set; a server's git may speak another, and then its words are
handed on as they are. Words decide what a seat is told, never what became of a write.
"""

import errno
import re
from typing import Final

from ledger.core.errors import LedgerError
from ledger.core.lazy_pattern import LazyPattern

_search_lock = LazyPattern(r"Unable to create '([^']+\.lock)': File exists").search
_search_torn = LazyPattern(r"fatal: failed to read ([^\n]+)/commondir: ").search
_search_ref = LazyPattern(r"cannot lock ref '([^']+)'").search
_search_full = LazyPattern(
    r"No space left on device|Disk quota exceeded|File too large|couldn't write '[^'\n]+\.lock'"
).search  # of a ref's lock file git 2.39 says no reason, and it was created
_search_denied = LazyPattern(
    r"(?:Permission denied|Read-only file system|insufficient permission for adding an object[^;\n]*)"
    r"(?=\s*(?:;|$))",
    re.MULTILINE,
).search

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_AGAIN: Final = "the same command again"


def explain_os_error(error: OSError) -> LedgerError | None:
    """What an error of the disk is told as; None for any other error."""
    place = str(error.filename or "the disk")
    if error.errno in _FULL:
        return _disk_full_error(f'"{place}"', str(error.strerror))
    if error.errno in _DENIED and error.filename:
        return _read_only_error(f'"{place}" cannot be read or written: {error.strerror}')
    return None


def explain_local_fault(words: str) -> LedgerError | None:
    """What git complains of in a repository of this machine. What it hands on of a remote's git is passed
    over."""
    # A lock that is in the way on the server is told by `explain_remote_fault`: following the words for a
    # local one, a seat would look for a file that is not here.
    theirs = ("remote:", "fatal: unable to access")
    own = "\n".join(line for line in words.splitlines() if not line.startswith(theirs))
    if lock := _search_lock(own):
        message = f'the lock file "{lock[1]}" is in the way: a git is at work there, or was killed there'
        hint = f"{_AGAIN}; a lock file that stays while no git runs here is left over, and nobody's"
        return LedgerError("locked", message, hint)
    if torn := _search_torn(own):
        message = (
            f'"{torn[1]}", which registers a working tree, is half made: its git is at work or was killed'
        )
        hint = f"{_AGAIN}; one that stays is left over, and `git worktree prune -n -v` says what may go"
        return LedgerError("locked", message, hint)
    if full := _search_full(own):
        return _disk_full_error("this repository", full[0])
    if denied := _search_denied(own):
        return _read_only_error(f"this repository cannot be written: {denied[0]}")
    return None


def explain_remote_fault(words: str) -> LedgerError | None:
    """What the git of a remote complains of in its own repository, in the words of a refused push."""
    ref = _search_ref(words)
    what = f"`{ref[1]}`" if ref else "this push"
    if lock := _search_lock(words):
        message = f'the remote could not write {what}: the lock file "{lock[1]}" is in the way there'
        hint = (
            f"{_AGAIN}; if it stays, whoever runs the remote removes that file once no git is at work there"
        )
        return LedgerError("locked", message, hint)
    if full := _search_full(words):
        message = f"the remote could not write {what}: {full[0]}"
        return LedgerError("disk-full", message, f"{_AGAIN}, once there is space on the remote's disk")
    if denied := _search_denied(words):
        message = f"the remote could not write {what}: {denied[0]}"
        hint = f"{_AGAIN}, once whoever runs the remote has seen to the owner of its files"
        return LedgerError("read-only", message, hint)
    return None


def _disk_full_error(where: str, why: str) -> LedgerError:
    return LedgerError("disk-full", f"{where} cannot be written: {why}", f"{_AGAIN}, once there is space")


def _read_only_error(message: str) -> LedgerError:
    return LedgerError("read-only", message, f"{_AGAIN} as a user who may write there")
