"""The contract of a store: read refs, read and build objects, swap refs all-or-nothing.

Three stores keep it and one suite of tests holds them to it: `remote` (git push with leases),
`local` (git update-ref) and `memory` (for simulation). Whoever uses a store asks for nothing that does not
stand here, and not which one it is: a question that only one of them can answer has an honest answer from
the others too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Protocol

from ledger.core.dataclass import dataclass

if TYPE_CHECKING:
    from ledger.store.git.objects import Objects


class Absent(Enum):
    """The value of a ref that does not exist. A word of its own, so that None never means it."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT
Oid = str
"""An object's name: 40 hex digits."""
Value = Oid | Absent
EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without files, which git knows without having it."""
SEEN_REFS: Final = "refs/ledger/seen/"
"""Below it each clone keeps what it saw of the authority."""


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """One ref edit: the ref must be `old` (or ABSENT) and becomes `new` (or ABSENT: deleted)."""

    ref: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Rewind:
    """What this clone saw on the authority and the authority shows no longer.

    `feed` is the newest feed commit seen, where the feed lacks posts of it; `tips` are the refs of tips that
    are lower than they were, or gone, each with the object seen.
    """

    feed: Oid | None
    tips: Mapping[str, Oid]


class Memory:
    """What was read of the board of one commit, by table. It holds for every index of that commit, so that a
    process that goes on needs no snapshot, beside which the log of the file would only grow."""

    def __init__(self) -> None:
        self._keep_visible: tuple[Oid | None, Tables] = None, {}

    def of(self, commit: Oid | None) -> "Tables":
        """What was read at a commit; what was read at another one is forgotten."""
        kept, tables = self._keep_visible
        if kept != commit:
            tables = {}
            self._keep_visible = commit, tables
        return tables


Tables = dict[str, dict[str, Any]]
"""What was read of tables, by their names and by keys."""


class Refs(dict[str, Oid]):
    """Refs by the authority's names, as read.

    `rewind` is what was seen before and is there no longer. `behind`: they are a mirror's, which lacks what
    was seen, and the authority itself could not be asked.
    """

    def __init__(self, refs: Mapping[str, Oid], rewind: Rewind | None = None, behind: bool = False) -> None:
        super().__init__(refs)
        self.rewind = rewind
        self.behind = behind


@dataclass(frozen=True, slots=True)
class Applied:
    """All edits are in force on the authority (the remote, or this repository)."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """None is in force: at least one of the refs had moved. Load again and plan again."""

    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """None is in force and none had moved: rights, a hook, a name. Trying again will not help."""

    why: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreached:
    """Nothing was sent: the remote could not be reached or spoken to. None is in force."""

    why: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The edits may be in force, or may come into force later: killed, timed out, cut."""

    why: str


Outcome = Applied | Conflict | Refused | Unreached | InDoubt


@dataclass(eq=False)
class Interrupted(KeyboardInterrupt):
    """The caller was interrupted during a swap, of which `outcome` says what came of it."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of the feed at a commit: path from the root, git's mode (e.g. `100644`), object."""

    path: str
    mode: str
    oid: Oid


@dataclass(frozen=True, slots=True)
class Signature:
    """A git identity."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Who decides where the refs of a ledger stand.

    `remote` is its name among the remotes of this repository; None: it is no remote, and what is read of it
    is never older than it is. `url` is where it is fetched from, None for one that is no remote. `names` are
    what git's hooks may call it, `label` what people are told.
    """

    remote: str | None
    url: str | None
    names: frozenset[str]
    label: str


class Deadline(Protocol):
    """When to give up."""

    def remaining(self) -> float:
        """Seconds left; zero or less when the time is up."""
        ...


class Contents(Protocol):
    """What stands in commits. Every method may raise `LedgerError`."""

    def list_files(self, commit: Oid) -> Sequence[TreeEntry]:
        """Every file below `feed/` at a commit, in path order; links and submodules included."""
        ...

    def find_file(self, commit: Oid, path: str) -> TreeEntry | None:
        """One file at a commit; None where it is not there."""
        ...

    def read_blobs(self, oids: Iterable[Oid], limit: int) -> Mapping[Oid, bytes]:
        """The contents of blobs. One larger than `limit` bytes is cut after `limit` + 1 bytes."""
        ...


class Store(Contents, Protocol):
    """Where a feed and its reservations live. Every method may raise `LedgerError`."""

    feed_ref: str
    """The feed branch as the authority names it, e.g. `refs/heads/main`."""

    @property
    def authority(self) -> Authority:
        """Who decides where the refs stand."""
        ...

    @property
    def objects(self) -> "Objects | None":
        """The git repository here that has the commits, for what git alone answers and what is kept beside
        it, such as the index; None where there is none."""
        ...

    @property
    def seen_ref(self) -> str:
        """The ref of this repository that keeps the newest commit of the feed which was seen here."""
        ...

    def read_refs(self, names: Sequence[str], until: Deadline, to_write: bool = False) -> Refs:
        """Read refs from the authority, freshly: the feed branch and these.

        `to_write` reads them from where a swap would write them.

        A name is exact, as `refs/reserve/CMB/tip`, or a folder that ends in a slash, as `refs/reserve/CMB/`,
        for all below it. The answer maps the authority's names to objects, absent refs left out; the feed's
        commit and all blobs named are readable here afterwards. Raises LedgerError `unreachable` when the
        authority cannot be read.
        """
        ...

    def read_known_refs(self, names: Sequence[str], judge: bool = False) -> Refs:
        """These refs and the feed branch as they were read last, as far as that is known here; nobody else is
        asked. With `judge`, the answer says whether what was seen before is gone."""
        ...

    def read_branch(self, name: str, until: Deadline) -> Oid | None:
        """Where a branch of the authority stands now, its objects readable here; None where it is not.

        Raises LedgerError `unreachable`.
        """
        ...

    def fetched_at(self) -> datetime | None:
        """When the authority was read last, by this machine's clock; None: never, or it is always at hand."""
        ...

    def explain_no_swap(self, until: Deadline) -> str | None:
        """Why the authority would not take several refs all-or-nothing; None when it would. Moves nothing."""
        ...

    def read_types(self, oids: Iterable[Oid]) -> Mapping[Oid, str]:
        """The type of each object as git names it, `missing` for one that is not here."""
        ...

    def knows_reservation(self, ref: str) -> bool:
        """Whether it is known here that a number is reserved."""
        ...

    def vanished_reservations(self) -> Mapping[str, Oid]:
        """The reservations that were seen here and are gone, or are another's now."""
        ...

    def forget_vanished(self) -> None:
        """Let go of the reservations that vanished: they were put back, or somebody was told."""
        ...

    def find_lost_posts(self, seen: Oid, commit: Oid | None) -> Mapping[str, Oid]:
        """The posts (path to object) of a commit that was seen, which another (None: no file) lacks."""
        ...

    def write_blob(self, data: bytes) -> Oid:
        """Write a blob and give its name."""
        ...

    def write_commit(
        self,
        parent: Value,
        files: Mapping[str, bytes],
        message: str,
        author: Signature,
        committer: Signature,
        seconds: int,
    ) -> Oid:
        """Write a commit on `parent` that adds or replaces `files`, at `seconds` of Unix time (UTC)."""
        ...

    def compare_and_swap(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        """Make all edits or none. Never raises for what can be said as an Outcome, but for `Interrupted`."""
        ...
