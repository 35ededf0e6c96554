"""What SQLite's errors say of a file: that it is damaged, or only that it cannot be used just now."""

import sqlite3
from typing import Final

DATABASE_ERRORS: Final = (sqlite3.Error, UnicodeDecodeError)
"""What the use of a file may raise: Python decodes the words of SQLite, which quote a damaged file."""


def is_damaged(error: Exception) -> bool:
    """True for a file that is no database, a damaged one, or one with other tables than ours.

    A statement that does not fit the tables is SQLITE_ERROR (sqlite.org/rescode.html). Other errors, as of a
    lock, a full disk or a folder that is only read, say nothing of what the file holds.
    """
    # The low byte of an extended code is the primary one; an error without a code tells of damage.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
