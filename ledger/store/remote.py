"""The store of a repository that has a remote: read by fetch, swap by push, in doubt when unheard."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from ledger.core.errors import LedgerError
from ledger.store import porcelain
from ledger.store.files import find_inside
from ledger.store.git import Ran, lines
from ledger.store.loose_refs import read_loose_refs
from ledger.store.objects import Objects
from ledger.store.repo import Repo
from ledger.store.seen import SeenRefs, update_line
from ledger.store.swap import (
    ABSENT,
    Absent,
    Deadline,
    Edit,
    InDoubt,
    Interrupted,
    Lost,
    Oid,
    Outcome,
    Refs,
    Refused,
    Unreached,
    Value,
    Won,
)

_MIRROR: Final = "refs/ledger/mirror/"
_FETCH_PAUSES: Final = (0.01, 0.02, 0.05, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5)
"""Seconds between tries. Another process of this clone that reads or lands at the same time moves the
tracking ref, and git then gives up the whole fetch: with a slow remote, several times in a row.
"""
_PUSH_PAUSE: Final = 0.1
_READ_BACK_SECONDS: Final = 5.0
"""What reading back may take at least, even when the push took all the time there was."""


class RemoteStore(Objects):
    """Refs on a remote. What was read last is kept here, in the tracking ref and in `refs/ledger/mirror/`."""

    def __init__(self, repo: Repo, remote: str, branch: str, wait: Callable[[float], None]) -> None:
        """`wait` pauses for some seconds: what tries again does so through it."""
        super().__init__(repo)
        self.remote = remote
        self.feed_ref = f"refs/heads/{branch}"
        self.seen = SeenRefs(self, self.feed_ref, f"remotes/{remote}/")
        self._tracking = f"refs/remotes/{remote}/{branch}"
        self._wait = wait
        self._folder = repo.common_dir / "ledger"

    def read(self, prefixes: Sequence[str], until: Deadline, to_write: bool = False) -> Refs:
        """Fetch the feed branch and all refs below each prefix, and give what the remote has.

        What was seen is believed gone only when the push URL says so, asked after what was seen was listed: a
        fetch may be of a mirror that lags, or older than what a neighbour of this clone landed. Raises
        LedgerError `unreachable`, `beaten` when the time ran out beside other processes of this clone, the
        fault of this repository for which git could not take in what it fetched.
        """
        source = self._push_url() if to_write and self._pushes_elsewhere else self.remote
        branch = True  # git fails a fetch that names a branch which is not there
        busy = False
        before = self._list_here(prefixes) if prefixes else {}
        for pause in _FETCH_PAUSES:
            ran = self._fetch(source, prefixes, branch, until)
            if ran.timed_out and busy:
                raise _outrun()
            refs = self._taken_in(prefixes, branch, ran)
            self._keep_vanished(before, refs)
            rewind, edits = self.seen.compare(refs)
            self.seen.record(edits)
            if ran.code == 0 and rewind is None:
                return Refs(refs)
            if ran.fault is not None:
                if ran.fault.kind != "locked":
                    raise ran.fault
                busy = True
                self._wait(pause)
                continue
            doubted = [self.feed_ref, *(rewind.tips if rewind else ())]
            asked = self._list(self._push_url(), doubted, until.remaining())
            if asked is None and rewind and self._pushes_elsewhere and not to_write:
                return Refs(refs, behind=True)
            if ran.timed_out or asked is None:
                raise self._unreachable(ran)
            if rewind is not None and all(asked.get(ref) == refs.get(ref) for ref in doubted):
                return Refs(refs, rewind)
            source = self._push_url() if rewind and self._pushes_elsewhere else source
            expected, branch = branch, self.feed_ref in asked
            if busy or expected == branch:
                self._wait(pause)
        raise ran.fault or self._unreachable(ran)

    def read_local(self, prefixes: Sequence[str]) -> Refs:
        """What the remote had when it was read last, without asking it."""
        return Refs(self.seen.take_in(self._list_here(prefixes)))

    def read_offline(self, prefixes: Sequence[str]) -> Refs:
        """The same, and whether what was seen before is gone from it."""
        refs = self.read_local(prefixes)
        return Refs(refs, None if self._pushes_elsewhere else self.seen.compare(refs)[0])

    def _list_here(self, prefixes: Sequence[str]) -> Mapping[str, Oid]:
        """What is kept here of these refs: by the authority's names, and what was seen by its own."""
        mirrored = [self._tracking, *(self._mirror(prefix) for prefix in prefixes)]
        names = [*mirrored, *self.seen.names_for(prefixes)]
        if not prefixes and (loose := read_loose_refs(self.repo.common_dir, names)) is not None:
            return {self._original(name): oid for name, oid in loose.items()}
        listed = self.repo.git.ask("for-each-ref", "--format=%(objectname) %(refname)", *names)
        pairs = (line.split(" ", 1) for line in lines(listed))
        return {self._original(name): oid for oid, name in pairs if not name.startswith(f"{self._tracking}/")}

    def fetched_at(self) -> datetime | None:
        """When the remote was read last, by this machine's clock; None: never."""
        stamp = self._folder / "fetched"
        return datetime.fromtimestamp(stamp.stat().st_mtime, UTC) if stamp.exists() else None

    def swap(self, edits: Sequence[Edit], until: Deadline) -> Outcome:
        """Push all edits or none.

        A refusal is believed when it is repeated: a server that was busy with another push refuses too.
        """
        for trace in self._folder.glob("push-*.trace"):  # left by an older version that was killed
            with suppress(OSError):
                trace.unlink()
        outcome = self._push(edits, until)
        if isinstance(outcome, Refused) and until.remaining() > _PUSH_PAUSE:
            self._wait(_PUSH_PAUSE)
            outcome = self._push(edits, until)
        return outcome

    def refuses_atomic(self, until: Deadline) -> str | None:
        """Why the server would take no atomic push from here; None when it would. Pushes nothing."""
        oid = self.put(b"")
        ran = self.repo.git.run(
            *("push", "--dry-run", "--porcelain", "--atomic", "--no-verify", "--", self.remote),
            f"{oid}:{_MIRROR}probe",
            timeout=until.remaining(),
            config={f"remote.{self.remote}.mirror": "false"},
        )
        return ran.complaint if ran.code else None

    def _fetch(self, source: str, prefixes: Sequence[str], branch: bool, until: Deadline) -> Ran:
        wanted = [f"+{prefix}*:{self._mirror(prefix)}*" for prefix in prefixes]
        if (
            branch
        ):  # without its `+`, git moves what was seen forward only, and the fetch fails where it cannot
            wanted.append(f"+{self.feed_ref}:{self._tracking}")
            wanted.append(f"{self.feed_ref}:{self.seen.name_of(self.feed_ref)}")
        if not wanted:  # git would fetch what the user's settings name
            return Ran(0, b"", b"")
        # an empty refmap keeps the user's own refspecs out of it, as those of a clone made with --mirror
        options = ("--prune", "--refmap=", "--show-forced-updates")
        return self._fetch_from(source, *options, *wanted, seconds=until.remaining())

    def _fetch_from(self, source: str, *words: str, seconds: float) -> Ran:
        options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
        front = [word for word in words if word.startswith("--")]
        refs = [word for word in words if not word.startswith("--")]
        return self.repo.git.run(
            "fetch", *options, "--no-auto-maintenance", *front, "--", source, *refs, timeout=seconds
        )

    def _unreachable(self, ran: Ran) -> LedgerError:
        message = f'remote "{self.remote}" cannot be read: {ran.complaint}'
        return LedgerError("unreachable", message, "--offline answers from what is here")

    def _taken_in(self, prefixes: Sequence[str], branch: bool, ran: Ran) -> Mapping[str, Oid]:
        if ran.code == 0:
            with suppress(OSError):  # what was fetched is true also where nothing can be written
                find_inside(self.repo.common_dir, "ledger").mkdir(exist_ok=True)
                (self._folder / "fetched").touch()
        refs = dict(self.seen.take_in(self._list_here(prefixes)))
        if not branch and self.feed_ref in refs:
            self.repo.git.ask("update-ref", "-d", self._tracking)
            del refs[self.feed_ref]
        return refs

    def _push(self, edits: Sequence[Edit], until: Deadline) -> Outcome:
        ran, sent = self._traced_push(edits, until.remaining())
        outcome = self._outcome(edits, ran, sent, until)
        if ran.interrupted:
            raise Interrupted(outcome)
        return outcome

    def _outcome(self, edits: Sequence[Edit], ran: Ran, sent: bool, until: Deadline) -> Outcome:
        said = porcelain.lines(ran.out)
        mine = [said[edit.ref] for edit in edits if edit.ref in said]
        if len(mine) == len(edits):
            if all(line.flag == "=" for line in mine):
                return Lost(tuple(edit.ref for edit in edits))  # it was there before: somebody else's
            if all(line.won or line.flag == "=" for line in mine):
                self._keep(edits)
                return Won()
            if all(line.unsent for line in mine):  # so that being beaten costs no second round trip
                return Lost(tuple(line.ref for line in mine if not line.carried))
            if all(line.refused or line.flag == "=" for line in mine):
                return self._not_in_force(edits, [line for line in mine if line.refused], ran, until)
        if not sent and porcelain.traceable(self._push_url()):
            return Unreached(ran.complaint)
        return InDoubt(ran.complaint) if ran.interrupted else self._settle(edits, ran.complaint, until)

    def _traced_push(self, edits: Sequence[Edit], seconds: float) -> tuple[Ran, bool]:
        """Push, and say whether any of it can have left this machine."""
        options = (
            "--porcelain",
            "--atomic",
            "--no-verify",
            "--no-follow-tags",
            "--recurse-submodules=no",
        )
        leases = [f"--force-with-lease={edit.ref}:{_word(edit.old)}" for edit in edits]
        specs = [f"{_word(edit.new)}:{edit.ref}" for edit in edits]
        settings = {f"remote.{self.remote}.mirror": "false", "color.ui": "never"}
        ran, trace = self.repo.git.run_traced_swap(
            *("push", *options, *leases, "--", self.remote, *specs), timeout=seconds, config=settings
        )
        return ran, trace is None or porcelain.was_sent(trace.decode("utf-8", "replace"), edits)

    def _not_in_force(
        self, edits: Sequence[Edit], refused: Sequence[porcelain.Line], ran: Ran, until: Deadline
    ) -> Outcome:
        now = self._read_back(edits, until)
        if now is None:
            return Lost(())  # nothing is in force; what moved will be seen by whoever reads again
        moved = tuple(edit.ref for edit in edits if now.get(edit.ref, ABSENT) != edit.old)
        return Lost(moved) if moved else Refused(*porcelain.why(refused, ran.err))

    def _settle(self, edits: Sequence[Edit], reason: str, until: Deadline) -> Outcome:
        """Commands have left and no answer has come: what the push URL shows now decides, if it can.

        A new commit or a new blob of ours that is there is proof. Absence proves nothing, since the
        server may still be at it; nor does a ref that was to go and is gone.
        """
        now = self._read_back(edits, until)
        if now is None:
            return InDoubt(reason)
        feed = [edit for edit in edits if edit.ref == self.feed_ref]
        proof = feed or [edit for edit in edits if edit.old is ABSENT]
        there = [edit for edit in proof if now.get(edit.ref) == edit.new or self._holds(edit, now, until)]
        if not proof or len(there) < len(proof):
            return InDoubt(reason)
        self._keep(edits)
        return Won()

    def _read_back(self, edits: Sequence[Edit], until: Deadline) -> Mapping[str, Oid] | None:
        return self._list(self._push_url(), [edit.ref for edit in edits], _at_least(until))

    @cached_property
    def _pushes_elsewhere(self) -> bool:
        """Whether pushes go to another URL than fetches, so that what was fetched may lag."""
        own = self.repo.config_all(f"remote.{self.remote}.pushurl")
        if not own and not any(setting.key.endswith(".pushinsteadof") for setting in self.repo.settings):
            return False
        return self.repo.git.ask("remote", "get-url", self.remote).decode().strip() != self._push_url()

    def _push_url(self) -> str:
        return self.repo.git.ask("remote", "get-url", "--push", self.remote).decode().strip()

    def _list(self, source: str, refs: Iterable[str], seconds: float) -> Mapping[str, Oid] | None:
        """The values of exactly these refs; None when the other end cannot be asked."""
        wanted = set(refs)
        ran = self.repo.git.run("ls-remote", "--", source, *sorted(wanted), timeout=seconds)
        if ran.code:
            return None
        pairs = (line.split("\t") for line in lines(ran.out))
        return {ref: oid for oid, ref in pairs if ref in wanted}

    def _holds(self, edit: Edit, now: Mapping[str, Oid], until: Deadline) -> bool:
        """Whether our commit is in the history of the feed branch, which may have moved on since."""
        tip = now.get(self.feed_ref)
        if edit.ref != self.feed_ref or tip is None or isinstance(edit.new, Absent):
            return False
        ran = self._fetch_from(self._push_url(), self.feed_ref, seconds=_at_least(until))
        return ran.code == 0 and self.repo.git.run("merge-base", "--is-ancestor", edit.new, tip).code == 0

    def _keep(self, edits: Sequence[Edit]) -> None:
        """Let what is kept here follow a win. Where that fails, the next read does it.

        Old values are named, since a neighbour may have landed and kept more by now. The feed goes last: a
        reading neighbour moves what was seen of it, and `git push` the tracking ref.
        """
        mirrored = [Edit(self._mirror(edit.ref), edit.old, edit.new) for edit in edits]
        kept = [*mirrored, *self.seen.following(edits)]
        last = (self.seen.name_of(self.feed_ref), self._tracking)
        groups = [[edit for edit in kept if edit.ref not in last]]
        groups += [[edit for edit in kept if edit.ref == name] for name in last]
        script = "".join(f"start\n{''.join(map(update_line, group))}commit\n" for group in groups if group)
        ran = self.repo.git.run_swap("update-ref", "--stdin", stdin=script.encode())
        if ran.interrupted:
            raise Interrupted(Won())

    def _keep_vanished(self, before: Mapping[str, Oid], refs: Mapping[str, Oid]) -> None:
        """Keep the reservations that are gone from the remote, or are another's now: none may ever be."""
        gone = [(ref, oid) for ref, oid in before.items() if _is_number(ref) and refs.get(ref) != oid]
        self.seen.record([Edit(self.seen.name_of(ref), ABSENT, oid) for ref, oid in gone])

    def _mirror(self, ref: str) -> str:
        return self._tracking if ref == self.feed_ref else _MIRROR + ref.removeprefix("refs/")

    def _original(self, name: str) -> str:
        if name == self._tracking:
            return self.feed_ref
        return "refs/" + name.removeprefix(_MIRROR) if name.startswith(_MIRROR) else name


def _outrun() -> LedgerError:
    message = "other commands of this clone were faster until the time was up"
    return LedgerError("beaten", message, "the same command again, with a longer `--timeout`")


def _word(value: Value) -> str:
    return "" if isinstance(value, Absent) else value


def _is_number(ref: str) -> bool:
    return ref.startswith("refs/reserve/") and ref.rpartition("/")[2].isdecimal()


def _at_least(until: Deadline) -> float:
    return max(until.remaining(), _READ_BACK_SECONDS)
