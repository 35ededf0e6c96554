"""The contract of a store in memory, for simulations: no process, no disk, the same on every run."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from ledger.core.dataclass import dataclass, field
from ledger.core.errors import LedgerError
from ledger.core.feed.lost import find_lost_posts
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
    TreeEntry,
    Value,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit: what it stands on and which files it adds or replaces there, by path to blob."""

    parent: Value
    files: Mapping[str, Oid]


@dataclass()
class MemoryServer:
    """The authority that any number of stores talk to."""

    refs: dict[str, Oid] = field(default_factory=dict)
    blobs: dict[Oid, bytes] = field(default_factory=dict)
    commits: dict[Oid, Snapshot] = field(default_factory=dict)


class MemoryStore:
    """A store on a `MemoryServer`. Always reachable, never in doubt."""

    def __init__(self, server: MemoryServer, branch: str = "main") -> None:
        self._server = server
        self.feed_ref = f"refs/heads/{branch}"
        self._listed: tuple[Value, dict[str, Oid]] = (ABSENT, {})

    @property
    def authority(self) -> Authority:
        """The server, which is no remote: it is always at hand."""
        return Authority(None, None, frozenset(), "memory")

    @property
    def objects(self) -> None:
        """No repository has the commits, so that nothing is kept beside them."""
        return None

    @property
    def seen_ref(self) -> str:
        """The feed itself: nobody can take it back."""
        return self.feed_ref

    def read_refs(self, names: Sequence[str], until: Deadline, to_write: bool = False) -> Refs:
        """The feed branch and these refs."""
        return self.read_known_refs(names)

    def read_known_refs(self, names: Sequence[str], judge: bool = False) -> Refs:
        """The same: there is nothing older than what the server has."""
        folders = tuple(name for name in names if name.endswith("/"))
        refs = sorted(self._server.refs.items())
        return Refs(
            {ref: oid for ref, oid in refs if ref in (self.feed_ref, *names) or ref.startswith(folders)}
        )

    def read_branch(self, name: str, until: Deadline) -> Oid | None:
        """Where a branch stands; None where it is not."""
        return self._server.refs.get(f"refs/heads/{name}")

    def fetched_at(self) -> None:
        """Nothing is fetched."""

    def explain_no_swap(self, until: Deadline) -> None:
        """Every swap is whole."""

    def read_types(self, oids: Iterable[Oid]) -> Mapping[Oid, str]:
        """The type of each object as git names it, `missing` for one that is not here."""
        blobs, commits = self._server.blobs, self._server.commits
        return {oid: "blob" if oid in blobs else "commit" if oid in commits else "missing" for oid in oids}

    def knows_reservation(self, ref: str) -> bool:
        """Whether a number is reserved."""
        return ref in self._server.refs

    def vanished_reservations(self) -> Mapping[str, Oid]:
        """None: refs go by a swap alone, which somebody asked for."""
        return {}

    def forget_vanished(self) -> None:
        """Nothing is kept of them."""

    def find_lost_posts(self, seen: Oid, commit: Oid | None) -> Mapping[str, Oid]:
        """The posts (path to object) of a commit that was seen, which another lacks."""
        before, now = (self._files_at(name or ABSENT) for name in (seen, commit))
        return find_lost_posts(before, now)

    def list_files(self, commit: Oid) -> Sequence[TreeEntry]:
        """Every file below `feed/` at a commit, in path order."""
        files = self._files_at(commit)
        return [TreeEntry(path, "100644", files[path]) for path in sorted(files) if path.startswith("feed/")]

    def find_file(self, commit: Oid, path: str) -> TreeEntry | None:
        """One file at a commit; None where it is not there."""
        return next((entry for entry in self.list_files(commit) if entry.path == path), None)

    def read_blobs(self, oids: Iterable[Oid], limit: int) -> Mapping[Oid, bytes]:
        """The contents of blobs, each cut after `limit` + 1 bytes."""
        wanted = list(oids)
        missing = [oid for oid in wanted if oid not in self._server.blobs]
        if missing:
            raise LedgerError("broken-repository", f'object "{missing[0]}" cannot be read', "git fsck")
        return {oid: self._server.blobs[oid][: limit + 1] for oid in wanted}

    def write_blob(self, data: bytes) -> Oid:
        """Keep a blob and give the name that git would give it."""
        oid = _object_name("blob", data)
        self._server.blobs[oid] = data
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
        """Keep a commit on `parent` that adds or replaces `files`."""
        _refuse_clash({**self._files_at(parent), **dict.fromkeys(files, "")}, files)
        added = {path: self.write_blob(data) for path, data in files.items()}
        facts = (parent, sorted(added.items()), message, author, committer, seconds)
        oid = _object_name("commit", repr(facts).encode())
        self._server.commits[oid] = Snapshot(parent, added)
        return oid

    def compare_and_swap(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        """Make all edits or none."""
        refs = self._server.refs
        moved = tuple(edit.ref for edit in edits if refs.get(edit.ref, ABSENT) != edit.old)
        if moved:
            return Conflict(moved)
        for edit in edits:
            if isinstance(edit.new, Absent):
                del refs[edit.ref]
            else:
                refs[edit.ref] = edit.new
        return Applied()

    def _files_at(self, commit: Value) -> dict[str, Oid]:
        """All files at a commit. The commit listed last is remembered: the next is mostly its child."""
        steps: list[Snapshot] = []
        at = commit
        while not isinstance(at, Absent) and at != self._listed[0]:
            steps.append(self._server.commits[at])
            at = steps[-1].parent
        files = dict(self._listed[1]) if at == self._listed[0] else {}
        for step in reversed(steps):
            files.update(step.files)
        self._listed = (commit, files)
        return files


def _refuse_clash(files: Mapping[str, object], added: Iterable[str]) -> None:
    """Refuse a file that stands where a folder is needed, as git's trees do."""
    folders = {path[:end] for path in files for end, char in enumerate(path) if char == "/"}
    parents = {path[:end] for path in added for end, char in enumerate(path) if char == "/"}
    clashes = sorted((folders & set(added)) | (parents & set(files)))
    if clashes:
        message = f'"{clashes[0]}" is a file for one and a folder for the other'
        raise LedgerError("path-clash", message, "git mv the one that is in the wrong place")


def _object_name(kind: str, data: bytes) -> Oid:
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data).hexdigest()
