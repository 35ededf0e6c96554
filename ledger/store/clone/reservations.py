"""The reservations that a clone knows of a remote: those that it made, was asked to judge, or listed.

SQLite in `<common git dir>/ledger/reservations.db`, a row for each with what it holds, and no ref for any:
every git command of a repository pays for its refs. A reservation is written once, so that what stands here
stands on the remote too, unless somebody took it away there; such a row is kept as `gone`, until the
reservation was put back or somebody was told. The file may be deleted: then this clone puts back none that a
restored backup lost. One that is damaged is begun anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.core.dataclass import dataclass
from ledger.store.contract import Oid
from ledger.store.files import find_inside

# what takes no number does without SQLite
if TYPE_CHECKING:
    from sqlite3 import Connection

PAYLOAD_LIMIT: Final = 65536
"""Bytes that are read of a reservation; of a larger one a byte more, which tells it."""
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS reservation (remote TEXT, ref TEXT, oid TEXT, type TEXT, content BLOB,"
    " gone INTEGER, PRIMARY KEY (remote, ref, oid)) WITHOUT ROWID"
)
_ADD: Final = "INSERT OR REPLACE INTO reservation VALUES (?, ?, ?, ?, ?, 0)"
_LOSE: Final = "UPDATE reservation SET gone = 1 WHERE remote = ? AND ref = ? AND oid = ?"
_BUSY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Stored:
    """An object: git's type of it, and the content of a blob, cut after `PAYLOAD_LIMIT` + 1 bytes."""

    type: str
    content: bytes


class Reservations:
    """The reservations of one remote. `stored` has those objects that were read or made by this process."""

    def __init__(self, common_dir: Path, remote: str) -> None:
        self._common_dir = common_dir
        self._remote = remote
        self.stored: dict[Oid, Stored] = {}

    def find_standing(self, names: Iterable[str]) -> dict[str, Oid]:
        """Those that stand, as far as is known here, by exact ref and below names that end in a slash."""
        return self._load_rows(names, gone=False)

    def find_vanished(self) -> dict[str, Oid]:
        """Those that the remote had and has no more, or has as another's."""
        return self._load_rows(["refs/reserve/"], gone=True)

    def forget_vanished(self) -> None:
        """Let go of the reservations that vanished: they were put back, or somebody was told."""
        self._run_statements([("DELETE FROM reservation WHERE remote = ? AND gone", [(self._remote,)])])

    def record_standing(self, before: Mapping[str, Oid], there: Mapping[str, Oid]) -> None:
        """Keep what the remote has of some names, all of it being in `stored`, and what it has no more;
        `before` are those of them that stood as far as was known."""
        # a number never changes hands: one that shows another object was taken away and given again, and
        # the older one is kept as gone until somebody is told
        lost = [(self._remote, ref, oid) for ref, oid in before.items() if there.get(ref) != oid]
        new = [(ref, oid) for ref, oid in there.items() if before.get(ref) != oid]
        rows = [
            (self._remote, ref, oid, (stored := self.stored[oid]).type, stored.content) for ref, oid in new
        ]
        if lost or rows:
            self._run_statements([(_LOSE, lost), (_ADD, rows)])

    def _load_rows(self, names: Iterable[str], gone: bool) -> dict[str, Oid]:
        from ledger.store.databases import DATABASE_ERRORS

        query = "SELECT ref, oid, type, content FROM reservation WHERE remote = ? AND gone = ? AND ref "
        rows: list[tuple[str, Oid, str, bytes]] = []
        with suppress(*DATABASE_ERRORS, OSError), closing(self._open_database("ro")) as db:
            for name in names:
                is_folder = name.endswith("/")
                bounds = (
                    (name, name.removesuffix("/") + "0") if is_folder else (name, name)
                )  # "0" follows "/"
                rows += db.execute(f"{query} BETWEEN ? AND ?", (self._remote, gone, *bounds))
        self.stored.update({oid: Stored(kind, content) for _, oid, kind, content in rows})
        return {ref: oid for ref, oid, _, _ in rows}

    def _run_statements(self, statements: Sequence[tuple[str, Sequence[tuple[object, ...]]]]) -> None:
        """Where it cannot be written, as on a full disk, the next reading does it."""
        from ledger.store.databases import DATABASE_ERRORS, is_damaged

        with suppress(OSError):
            find_inside(self._common_dir, "ledger").mkdir(exist_ok=True)
            for _ in range(2):
                try:
                    with closing(self._open_database("rwc")) as db, db:
                        db.execute(_TABLE)
                        for statement, rows in statements:
                            db.executemany(statement, rows)
                    return
                except DATABASE_ERRORS as error:
                    if not is_damaged(error):
                        return
                    self._database_path.with_name(f"{self._database_path.name}-journal").unlink(
                        missing_ok=True
                    )
                    self._database_path.unlink(missing_ok=True)

    @property
    def _database_path(self) -> Path:
        return self._common_dir / "ledger" / "reservations.db"

    def _open_database(self, mode: str) -> "Connection":
        from sqlite3 import connect

        db = connect(f"{self._database_path.as_uri()}?mode={mode}", timeout=_BUSY_SECONDS, uri=True)
        # what a power cut takes of it is known to the remote
        db.execute("PRAGMA synchronous = OFF")
        return db
