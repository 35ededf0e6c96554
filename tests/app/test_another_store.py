"""A store that nobody knew when `app` was written: it keeps the contract, and `app` asks for nothing else."""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1
from pathlib import Path

import ledger.app
from ledger.app.deeds.append import append_posts, wish
from ledger.app.effects import TimeLimit
from ledger.app.ledger import GlobalOptions, Ledger
from ledger.app.read.queue import QueueFilter, rank_queue
from ledger.core.feed.lost import find_lost_posts
from ledger.core.model import State
from ledger.faces.context import make_effects
from ledger.store.contract import (
    ABSENT,
    Absent,
    Applied,
    Authority,
    Conflict,
    Deadline,
    Oid,
    Outcome,
    Refs,
    RefUpdate,
    Signature,
    Store,
    TreeEntry,
    Value,
)
from ledger.store.git.repository import open_repository
from tests.gitrun import new_repository


class Shelf:
    """A store of one dictionary: objects by the digest of what they say, a commit as all of its files."""

    objects = None
    authority = Authority(None, None, frozenset(), "a shelf")
    feed_ref = seen_ref = "refs/heads/ledger"

    def __init__(self) -> None:
        self.refs: dict[str, Oid] = {}
        self.blobs: dict[Oid, bytes] = {}
        self.commits: dict[Oid, dict[str, Oid]] = {}

    def read_known_refs(self, names: Sequence[str], judge: bool = False) -> Refs:
        folders = tuple(name for name in (*names,) if name.endswith("/"))
        wanted = {self.feed_ref, *names}
        return Refs({ref: oid for ref, oid in self.refs.items() if ref in wanted or ref.startswith(folders)})

    def read_refs(self, names: Sequence[str], until: Deadline, to_write: bool = False) -> Refs:
        return self.read_known_refs(names)

    def read_branch(self, name: str, until: Deadline) -> Oid | None:
        return self.refs.get(f"refs/heads/{name}")

    def fetched_at(self) -> None: ...

    def explain_no_swap(self, until: Deadline) -> None: ...

    def forget_vanished(self) -> None: ...

    def knows_reservation(self, ref: str) -> bool:
        return ref in self.refs

    def vanished_reservations(self) -> Mapping[str, Oid]:
        return {}

    def read_types(self, oids: Iterable[Oid]) -> Mapping[Oid, str]:
        return {oid: "blob" if oid in self.blobs else "missing" for oid in oids}

    def find_lost_posts(self, seen: Oid, commit: Oid | None) -> Mapping[str, Oid]:
        return find_lost_posts(self.commits[seen], self.commits[commit] if commit else {})

    def list_files(self, commit: Oid) -> Sequence[TreeEntry]:
        return [TreeEntry(path, "100644", oid) for path, oid in sorted(self.commits[commit].items())]

    def find_file(self, commit: Oid, path: str) -> TreeEntry | None:
        oid = self.commits[commit].get(path)
        return TreeEntry(path, "100644", oid) if oid else None

    def read_blobs(self, oids: Iterable[Oid], limit: int) -> Mapping[Oid, bytes]:
        return {oid: self.blobs[oid][: limit + 1] for oid in oids}

    def write_blob(self, data: bytes) -> Oid:
        oid = sha1(data).hexdigest()
        self.blobs[oid] = data
        return oid

    def write_commit(
        self,
        parent: Value,
        files: Mapping[str, bytes],
        message: str,
        author: Signature,
        committer: Signature,
        seconds: int,
    ) -> Oid:
        before = {} if isinstance(parent, Absent) else self.commits[parent]
        after = {**before, **{path: self.write_blob(data) for path, data in files.items()}}
        oid = sha1(repr((parent, sorted(after.items()), message, seconds)).encode()).hexdigest()
        self.commits[oid] = after
        return oid

    def compare_and_swap(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        moved = tuple(edit.ref for edit in edits if self.refs.get(edit.ref, ABSENT) != edit.old)
        if moved:
            return Conflict(moved)
        for edit in edits:
            if isinstance(edit.new, Absent):
                del self.refs[edit.ref]
            else:
                self.refs[edit.ref] = edit.new
        return Applied()


def open_on_shelf(folder: Path, store: Store, seat: str) -> Ledger:
    """A ledger on this store, as a seat opens it in a repository that has no part in it."""
    until = TimeLimit(time.monotonic, time.monotonic() + 30)
    options = GlobalOptions(folder, seat)
    return Ledger(open_repository(folder), store, "ledger", make_effects(), options, until)


def test_a_store_that_app_never_heard_of_takes_posts_and_shows_the_queue(tmp_path: Path) -> None:
    repository, shelf = new_repository(tmp_path / "repository"), Shelf()
    opening = wish("actionable", subject="Sweep the yard", reserve="CMB", state=State.AWAITING_CLAIM)
    first = append_posts(open_on_shelf(repository, shelf, "otto"), [opening])
    second = append_posts(open_on_shelf(repository, shelf, "anna"), [opening])
    assert [one.answer.posts[0].item for one in (first, second)] == ["CMB-0001", "CMB-0002"]
    claim = wish("actionable", item="CMB-0001", state=State.CLAIMED)
    append_posts(open_on_shelf(repository, shelf, "anna"), [claim])

    rows = rank_queue(open_on_shelf(repository, shelf, "otto"), QueueFilter()).rows
    assert {row.summary.ticket.id: str(row.summary.ticket.state) for row in rows} == {
        "CMB-0001": State.CLAIMED,
        "CMB-0002": State.AWAITING_CLAIM,
    }
    assert {"refs/reserve/CMB/1", "refs/reserve/CMB/2", "refs/reserve/CMB/tip"} < shelf.refs.keys()


def test_which_store_it_is_is_said_where_one_is_opened_and_nowhere_else() -> None:
    """The guard opens the repository in which it stands, and knows that it is a local one."""
    app = Path(ledger.app.__file__).parent
    choose = re.compile(r"ledger\.store\.(local|remote|memory) import|isinstance\([^)]*[sS]tore\b")
    naming = {path.relative_to(app) for path in app.rglob("*.py") if choose.search(path.read_text())}
    assert {path for path in naming if path.parts[0] != "guard"} == {Path("ledger.py")}
