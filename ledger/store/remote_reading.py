"""Reading refs of a remote: what is asked of it, and where what it answers is kept.

The feed has its tracking ref, and what was seen of the feed and of tips has refs too; reservations are kept
in a file. A number has no ref here: it is fetched into a scratch directory, or listed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Final

from ledger.core.errors import LedgerError
from ledger.store.clone.reservations import PAYLOAD_LIMIT, Reservations, Stored
from ledger.store.clone.seen import SeenRefs
from ledger.store.contract import Deadline, Oid
from ledger.store.files import find_inside
from ledger.store.git.objects import read_typed_objects
from ledger.store.git.process import Git, Ran, split_lines
from ledger.store.git.ref_files import read_ref_files
from ledger.store.git.repository import Repo
from ledger.store.git.transport import Transport

SCRATCH_REFS: Final = "refs/worktree/"
"""Refs below it stand in a scratch directory alone (git-worktree(1), REFS)."""
_OLD_MIRROR: Final = "refs/ledger/mirror/"
"""Below it a clone had a ref for each number that it read, before reservations were kept in a file."""
_DELETED_AT_ONCE: Final = 5_000
"""Refs that one transaction deletes: git holds a lock file for each."""
_FETCHED: Final = (0, 1)
"""Exit codes of a fetch that reached the remote; 1: some ref was not moved, as of a feed that is rewound."""


class RemoteReading:
    """The refs of one remote, read freshly or as they are known here."""

    def __init__(
        self,
        repo: Repo,
        feed_ref: str,
        tracking: str,
        transport: Transport,
        seen: SeenRefs,
        reservations: Reservations,
    ) -> None:
        """`tracking` is the ref of this repository that follows the feed's."""
        self._repo = repo
        self._feed_ref = feed_ref
        self._tracking = tracking
        self._transport = transport
        self._seen = seen
        self._reservations = reservations

    def find_here(self, names: Sequence[str]) -> dict[str, Oid]:
        """The feed, the tips that were seen and the reservations that are known here."""
        refs = self._list_here(self._repo.git, [self._tracking, *self._seen.private_names_for(names)])
        reserved = self._reservations.find_standing(names) if names else {}
        return {**self._seen.remember_listed(refs), **self._seen.seen_tips(), **reserved}

    def fetch_refs(
        self, source: str, names: Sequence[str], branch: bool, until: Deadline
    ) -> tuple[Ran, dict[str, Oid]]:
        """Fetch the feed's branch, if there is one, and these refs (folders end in a slash).

        Gives what became of it, and the refs; where the remote was not reached, they are as they are known.
        """
        exact = [name for name in names if not name.endswith("/")]
        folders = [name for name in names if name.endswith("/")]
        # all in one fetch: each round trip to a server costs more than everything that is done here
        specs = [*_spell_exactly(exact)]
        if branch:
            # without its `+`, git moves what was seen forward only, and the fetch fails where it cannot
            specs.append(f"+{self._feed_ref}:{self._tracking}")
            specs.append(f"{self._feed_ref}:{self._seen.private_name_of(self._feed_ref)}")
        with self._place_for(exact) as git:
            # without refspecs git would fetch what the user's settings name
            depth = self._choose_depth() if branch else ()
            seconds = until.remaining()
            ran = (
                self._transport.fetch_refs(source, specs, seconds, git, depth) if specs else Ran(0, b"", b"")
            )
            refs = self._collect_fetched(git, names, ran)
        if not branch and self._feed_ref in refs:
            del refs[self._feed_ref]
            self._repo.git.check_output("update-ref", "-d", self._tracking)
        if ran.code not in _FETCHED:
            return ran, {**refs, **self._seen.seen_tips()}
        self.keep_numbers(exact, refs)
        # the feed was fetched first: a number that is newer than the posts is harmless, a post whose number
        # is not there yet would look unreserved
        failed = self._list_folders(source, folders, refs, until) if folders else None
        return failed or ran, refs

    def _choose_depth(self) -> Sequence[str]:
        """How much of the feed's history is fetched: into a shallow clone that has none of it yet, none."""
        if not (self._repo.common_dir / "shallow").exists():
            return ()
        ran = self._repo.git.run("show-ref", "--verify", "-q", self._tracking)
        return () if ran.code == 0 else ("--depth=1",)

    def _place_for(self, exact: Sequence[str]) -> AbstractContextManager[Git]:
        """Where to fetch: refs that are named by themselves leave no ref in the repository."""
        if not exact:
            return nullcontext(self._repo.git)
        # what takes no number does without it
        from ledger.store.git.scratch import scratch_git

        return scratch_git(self._repo)

    def _collect_fetched(self, git: Git, names: Sequence[str], ran: Ran) -> dict[str, Oid]:
        """What was fetched, by the names of the remote."""
        if ran.code == 0:
            # what was fetched is true also where nothing can be written
            with suppress(OSError):
                folder = find_inside(self._repo.common_dir, "ledger")
                folder.mkdir(exist_ok=True)
                (folder / "fetched").touch()
        places = [_OLD_MIRROR, SCRATCH_REFS] if names else []
        listed = self._list_here(git, [self._tracking, *self._seen.private_names_for(names), *places])
        mirrored = {ref: oid for ref, oid in listed.items() if ref.startswith(_OLD_MIRROR)}
        if mirrored:
            self._clear_old_mirror(mirrored)
        wanted = {self._feed_ref, *names}
        return {ref: oid for ref, oid in self._seen.remember_listed(listed).items() if ref in wanted}

    def _list_here(self, git: Git, places: Sequence[str]) -> dict[str, Oid]:
        """Refs of this repository; one that follows or holds a ref of the remote by its name there."""
        if (found := read_ref_files(self._repo.common_dir, places)) is not None:
            return {self._name_there(ref): oid for ref, oid in found.items()}
        listed = split_lines(git.check_output("for-each-ref", "--format=%(objectname) %(refname)", *places))
        pairs = (line.split(" ", 1) for line in listed)
        return {self._name_there(ref): oid for oid, ref in pairs if not ref.startswith(f"{self._tracking}/")}

    def _name_there(self, ref: str) -> str:
        if ref == self._tracking:
            return self._feed_ref
        return "refs/" + ref.removeprefix(SCRATCH_REFS) if ref.startswith(SCRATCH_REFS) else ref

    def _list_folders(
        self, source: str, folders: Sequence[str], refs: dict[str, Oid], until: Deadline
    ) -> Ran | None:
        """Add all refs below these folders as they are now, with what they hold; give the fetch that failed.

        They are listed after the feed was fetched: a number may be newer than the posts, and never older.
        """
        listed = self._transport.list_refs(source, [f"{folder}*" for folder in folders], until.remaining())
        if listed is None:
            return Ran(128, b"", b"its refs cannot be listed")
        numbers = {ref: oid for ref, oid in listed.items() if not ref.endswith("/tip")}
        tips = {oid for ref, oid in listed.items() if ref not in numbers}
        news = sorted(tips.difference(self._seen.seen_tips().values()))
        standing = self._reservations.find_standing(folders)
        failed = self._transport.fetch_objects(source, news, until.remaining())
        failed = failed or self._fetch_contents(source, numbers.values(), until)
        if failed is None:
            refs.update(listed)
            self._reservations.record_standing(standing, numbers)
        return failed

    def _fetch_contents(self, source: str, oids: Iterable[Oid], until: Deadline) -> Ran | None:
        """Read from the remote what reservations hold, where it is not known; git keeps nothing of it."""
        unknown = self._find_unknown(oids)
        if not unknown:
            return None
        from ledger.store.git.scratch import scratch_git

        with scratch_git(self._repo, own_objects=True) as git:
            failed = self._transport.fetch_objects(source, unknown, until.remaining(), git)
            if failed is None:
                self._reservations.stored.update(_read_objects(git, unknown))
            return failed

    def keep_numbers(self, names: Iterable[str], refs: Mapping[str, Oid]) -> None:
        """Keep what is there of these reservations, whose objects are in the repository."""
        wanted = {name for name in names if is_reservation(name)}
        if wanted:
            numbers = {ref: oid for ref, oid in refs.items() if ref in wanted}
            self._reservations.stored.update(
                _read_objects(self._repo.git, self._find_unknown(numbers.values()))
            )
            self._reservations.record_standing(self._reservations.find_standing(wanted), numbers)

    def _find_unknown(self, oids: Iterable[Oid]) -> list[Oid]:
        return [oid for oid in dict.fromkeys(oids) if oid not in self._reservations.stored]

    def _clear_old_mirror(self, mirrored: Mapping[str, Oid]) -> None:
        """Keep the reservations of an older version's refs, and delete those: every git command here pays for
        them. What another process locks or has moved is left to the next reading."""
        refs = {"refs/" + name.removeprefix(_OLD_MIRROR): oid for name, oid in mirrored.items()}
        with suppress(LedgerError):  # an object that is missing
            self.keep_numbers(refs, refs)
        rows = [f"delete {name} {oid}\n" for name, oid in mirrored.items()]
        for begin in range(0, len(rows), _DELETED_AT_ONCE):
            script = "".join(rows[begin : begin + _DELETED_AT_ONCE])
            self._repo.git.run("update-ref", "--stdin", stdin=script.encode())


def is_reservation(ref: str) -> bool:
    """True for the ref of a number."""
    return ref.startswith("refs/reserve/") and ref.rpartition("/")[2].isdecimal()


def _spell_exactly(refs: Sequence[str]) -> Iterator[str]:
    """The refspecs that fetch these refs as far as they are there: git fails a fetch of one that is not,
    unless a pattern names it.

    The server lists all whose names begin with one of them (protocol version 2), so that a number of few
    digits costs the longer ones too. These are not fetched, but for beginnings of another one that is named.
    """
    yield from (f"+{ref}*:{SCRATCH_REFS}{ref.removeprefix('refs/')}*" for ref in refs)
    numbers = sorted(ref for ref in refs if is_reservation(ref))
    beginnings = {ref[:end] for ref in numbers for end in range(ref.rindex("/") + 2, len(ref) + 1)}
    longer = {f"{ref}{digit}" for ref in beginnings for digit in range(10)} - beginnings
    named = frozenset(numbers)
    for ref in sorted(longer):
        if any(ref[:end] in named for end in range(ref.rindex("/") + 2, len(ref))):
            yield f"^{ref}*"


def _read_objects(git: Git, oids: Sequence[Oid]) -> dict[Oid, Stored]:
    """The types of objects, and the contents of blobs."""
    return {
        oid: Stored(kind, data if kind == "blob" else b"")
        for oid, (kind, data) in read_typed_objects(git, oids, PAYLOAD_LIMIT).items()
    }
