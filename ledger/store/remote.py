"""The store of a repository that has a remote: read by fetch, swap by push, in doubt when unheard."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from ledger.core.errors import LedgerError, LockedError
from ledger.store.clone.reservations import Reservations, Stored
from ledger.store.clone.seen import SeenStore, update_line
from ledger.store.contract import (
    ABSENT,
    Absent,
    Applied,
    Authority,
    Conflict,
    Deadline,
    InDoubt,
    Interrupted,
    Oid,
    Outcome,
    Refs,
    RefUpdate,
    Refused,
    Unreached,
    Value,
)
from ledger.store.git import porcelain
from ledger.store.git.process import Ran
from ledger.store.git.repository import Repo
from ledger.store.git.transport import Transport
from ledger.store.remote_reading import RemoteReading, is_reservation

_FETCH_PAUSES: Final = (0.01, 0.02, 0.05, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5)
"""Seconds between tries. Another process of this clone that reads or lands at the same time moves the
tracking ref, and git then gives up the whole fetch: with a slow remote, several times in a row.
"""
_PUSH_PAUSE: Final = 0.1
_READ_BACK_SECONDS: Final = 5.0
"""What reading back may take at least, even when the push took all the time there was."""


class RemoteStore(SeenStore):
    """Refs on a remote. What was read last is kept here, as `remote_reading` says."""

    def __init__(self, repo: Repo, remote: str, branch: str, wait: Callable[[float], None]) -> None:
        """`wait` pauses for some seconds: what tries again does so through it."""
        super().__init__(repo, branch, f"remotes/{remote}/")
        self.remote = remote
        self._transport = Transport(repo, remote)
        self._reservations = Reservations(repo.common_dir, remote)
        self._tracking = f"refs/remotes/{remote}/{branch}"
        self._reading = RemoteReading(
            repo, self.feed_ref, self._tracking, self._transport, self.seen, self._reservations
        )
        self._wait = wait
        self._folder = repo.common_dir / "ledger"

    @cached_property
    def authority(self) -> Authority:
        """The remote, by its name and the addresses that are set for it."""
        fetched, pushed = (self.repo.config_all(f"remote.{self.remote}.{key}") for key in ("url", "pushurl"))
        names = frozenset({self.remote, *(setting.value for setting in (*fetched, *pushed))})
        url = fetched[-1].value if fetched else None
        return Authority(self.remote, url, names, f'remote "{self.remote}"')

    def read_refs(self, names: Sequence[str], until: Deadline, to_write: bool = False) -> Refs:
        """Fetch the feed branch and these refs, and give what the remote has.

        Exact names cost the same however many refs the remote has; a folder is listed whole.

        What was seen is believed gone only when the push URL says so, asked after what was seen was listed: a
        fetch may be of a mirror that lags, or older than what a neighbour of this clone landed. Raises
        LedgerError `unreachable`, `beaten` when the time ran out beside other processes of this clone, the
        fault of this repository for which git could not take in what it fetched.
        """
        transport = self._transport
        source = transport.push_url if to_write and transport.pushes_elsewhere else self.remote
        # git fails a fetch that names a branch which is not there
        branch = True
        busy = False
        for pause in _FETCH_PAUSES:
            ran, refs = self._reading.fetch_refs(source, names, branch, until)
            if ran.timed_out and busy:
                raise _beaten_by_clone()
            # one listing gave what was fetched and what was seen, so that a neighbour who lands between the
            # two does not look like a feed that was rewound
            rewind, edits = self.seen.compare_seen(refs)
            self.seen.record_seen(edits)
            if ran.code == 0 and rewind is None:
                return Refs(refs)
            if ran.local_fault is not None:
                if not isinstance(ran.local_fault, LockedError):
                    raise ran.local_fault
                busy = True
                self._wait(pause)
                continue
            # the push URL decides: the fetch may be of a mirror that lags, or older than what a neighbour
            # of this clone landed since
            doubted = [self.feed_ref, *(rewind.tips if rewind else ())]
            listed = transport.list_refs(transport.push_url, doubted, until.remaining())
            if listed is None and rewind and transport.pushes_elsewhere and not to_write:
                return Refs(refs, behind=True)
            if ran.timed_out or listed is None:
                raise self._unreachable(ran)
            if rewind is not None and all(listed.get(ref) == refs.get(ref) for ref in doubted):
                return Refs(refs, rewind)
            source = transport.push_url if rewind and transport.pushes_elsewhere else source
            expected, branch = branch, self.feed_ref in listed
            if busy or expected == branch:
                self._wait(pause)
        raise ran.local_fault or self._unreachable(ran)

    def read_known_refs(self, names: Sequence[str], judge: bool = False) -> Refs:
        """What the remote had when it was read last, without asking it, as far as that is known here."""
        refs = self._reading.find_here(names)
        # a mirror that lags shows less than was seen, and only the push URL could say that it is gone
        judged = judge and not self._transport.pushes_elsewhere
        return Refs(refs, self.seen.compare_seen(refs)[0] if judged else None)

    def read_branch(self, name: str, until: Deadline) -> Oid | None:
        """Where a branch of the remote stands, its objects fetched; None where it is not."""
        # only proposals ask for another branch
        from ledger.store.remote_heads import fetch_branch

        return fetch_branch(self.repo, self.remote, name, until)

    def read_blobs(self, oids: Iterable[Oid], limit: int) -> Mapping[Oid, bytes]:
        """The contents of objects, each cut after `limit` + 1 bytes; a reservation's may be in no object."""
        wanted = list(oids)
        stored = {oid: self._reservations.stored[oid] for oid in wanted if oid in self._reservations.stored}
        others = super().read_blobs([oid for oid in wanted if oid not in stored], limit)
        return {**others, **{oid: reservation.content[: limit + 1] for oid, reservation in stored.items()}}

    def read_types(self, oids: Iterable[Oid]) -> Mapping[Oid, str]:
        """The type of each object, `missing` for one that is not here."""
        wanted = list(oids)
        stored = {oid: self._reservations.stored[oid] for oid in wanted if oid in self._reservations.stored}
        others = super().read_types([oid for oid in wanted if oid not in stored])
        return {**others, **{oid: reservation.type for oid, reservation in stored.items()}}

    def write_blob(self, data: bytes) -> Oid:
        """Write a blob and give its name."""
        oid = super().write_blob(data)
        self._reservations.stored[oid] = Stored("blob", data)
        return oid

    def knows_reservation(self, ref: str) -> bool:
        """Whether this clone knows that a number is reserved."""
        return ref in self._reservations.find_standing([ref])

    def vanished_reservations(self) -> Mapping[str, Oid]:
        """The reservations that were seen on the remote and are gone, or are another's now."""
        return self._reservations.find_vanished()

    def forget_vanished(self) -> None:
        """Let go of the reservations that vanished: they were put back, or somebody was told."""
        self._reservations.forget_vanished()

    def fetched_at(self) -> datetime | None:
        """When the remote was read last, by this machine's clock; None: never."""
        stamp = self._folder / "fetched"
        return datetime.fromtimestamp(stamp.stat().st_mtime, UTC) if stamp.exists() else None

    def compare_and_swap(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        """Push all edits or none.

        A refusal is believed when it is repeated: a server that was busy with another push refuses too.
        """
        # an older version wrote traces to files, and left them where it was killed
        for trace in self._folder.glob("push-*.trace"):
            with suppress(OSError):
                trace.unlink()
        outcome = self._push_once(edits, until)
        # a server that is at another push to one of these refs refuses this one for its lock, in words that
        # read like those of a rule
        if isinstance(outcome, Refused) and until.remaining() > _PUSH_PAUSE:
            self._wait(_PUSH_PAUSE)
            outcome = self._push_once(edits, until)
        return outcome

    def explain_no_swap(self, until: Deadline) -> str | None:
        """Why the server would take no atomic push from here; None when it would. Pushes nothing."""
        oid = self.write_blob(b"")
        ran = self.repo.git.run(
            *("push", "--dry-run", "--porcelain", "--atomic", "--no-verify", "--", self.remote),
            f"{oid}:refs/ledger/probe",
            timeout=until.remaining(),
            config={f"remote.{self.remote}.mirror": "false"},
        )
        return ran.complaint if ran.code else None

    def _unreachable(self, ran: Ran) -> LedgerError:
        message = f'remote "{self.remote}" cannot be read: {ran.complaint}'
        return LedgerError("unreachable", message, "--offline answers from what is here")

    def _push_once(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        ran, sent = self._traced_push(edits, until.remaining())
        outcome = self._judge_outcome(edits, ran, sent, until)
        if ran.interrupted:
            raise Interrupted(outcome)
        return outcome

    def _judge_outcome(self, edits: Sequence[RefUpdate], ran: Ran, sent: bool, until: Deadline) -> Outcome:
        lines = porcelain.parse_push_lines(ran.out)
        mine = [lines[edit.ref] for edit in edits if edit.ref in lines]
        if len(mine) == len(edits):
            # `=` says that the ref has the value already. A number that says the same as ours was made by
            # somebody else: each of ours has a nonce in it
            if all(line.flag == "=" for line in mine):
                # it was there before: somebody else's
                return Conflict(tuple(edit.ref for edit in edits))
            if all(line.is_applied or line.flag == "=" for line in mine):
                self._keep_applied(edits)
                return Applied()
            # so that being beaten costs no second round trip
            if all(line.is_unsent for line in mine):
                return Conflict(tuple(line.ref for line in mine if not line.is_carried))
            if all(line.is_refused or line.flag == "=" for line in mine):
                return self._judge_refusal(edits, [line for line in mine if line.is_refused], ran, until)
        # a remote helper (`name::address`) sends past the trace of packets, so that its silence proves
        # nothing
        if not sent and porcelain.is_traceable(self._transport.push_url):
            return Unreached(ran.complaint)
        return InDoubt(ran.complaint) if ran.interrupted else self._settle_doubt(edits, ran.complaint, until)

    def _traced_push(self, edits: Sequence[RefUpdate], seconds: float) -> tuple[Ran, bool]:
        """Push, and say whether any of it can have left this machine."""
        # no hook of the user: pre-push judges what people push, and the plan has judged this. Tags and
        # submodules that the settings of the user send along would be refs that no lease covers
        options = (
            "--porcelain",
            "--atomic",
            "--no-verify",
            "--no-follow-tags",
            "--recurse-submodules=no",
        )
        leases = [f"--force-with-lease={edit.ref}:{_spell_value(edit.old)}" for edit in edits]
        specs = [f"{_spell_value(edit.new)}:{edit.ref}" for edit in edits]
        # git refuses refspecs to a remote that was made with --mirror
        settings = {f"remote.{self.remote}.mirror": "false", "color.ui": "never"}
        ran, trace = self.repo.git.run_traced_push(
            *("push", *options, *leases, "--", self.remote, *specs), timeout=seconds, config=settings
        )
        return ran, trace is None or porcelain.shows_command(trace.decode("utf-8", "replace"), edits)

    def _judge_refusal(
        self, edits: Sequence[RefUpdate], refused: Sequence[porcelain.Line], ran: Ran, until: Deadline
    ) -> Outcome:
        now = self._read_back(edits, until)
        if now is None:
            # nothing is in force; what moved will be seen by whoever reads again
            return Conflict(())
        moved = tuple(edit.ref for edit in edits if now.get(edit.ref, ABSENT) != edit.old)
        return Conflict(moved) if moved else Refused(*porcelain.explain_refusal(refused, ran.err))

    def _settle_doubt(self, edits: Sequence[RefUpdate], reason: str, until: Deadline) -> Outcome:
        """Commands have left and no answer has come: what the push URL shows now decides, if it can.

        A new commit or a new blob of ours that is there is proof. Absence proves nothing, since the
        server may still be at it; nor does a ref that was to go and is gone.
        """
        now = self._read_back(edits, until)
        if now is None:
            return InDoubt(reason)
        # tips prove nothing: another writer may have moved one on since ours landed
        feed = [edit for edit in edits if edit.ref == self.feed_ref]
        proof = feed or [edit for edit in edits if edit.old is ABSENT]
        there = [
            edit for edit in proof if now.get(edit.ref) == edit.new or self._feed_contains(edit, now, until)
        ]
        if not proof or len(there) < len(proof):
            return InDoubt(reason)
        self._keep_applied(edits)
        return Applied()

    def _read_back(self, edits: Sequence[RefUpdate], until: Deadline) -> Mapping[str, Oid] | None:
        transport = self._transport
        return transport.list_refs(
            transport.push_url, [edit.ref for edit in edits], _read_back_seconds(until)
        )

    def _feed_contains(self, edit: RefUpdate, now: Mapping[str, Oid], until: Deadline) -> bool:
        """Whether our commit is in the history of the feed branch, which may have moved on since."""
        tip = now.get(self.feed_ref)
        if edit.ref != self.feed_ref or tip is None or isinstance(edit.new, Absent):
            return False
        ran = self._transport.fetch_refs(self._transport.push_url, [self.feed_ref], _read_back_seconds(until))
        return ran.code == 0 and self.repo.git.run("merge-base", "--is-ancestor", edit.new, tip).code == 0

    def _keep_applied(self, edits: Sequence[RefUpdate]) -> None:
        """Let what is kept here follow a win. Where that fails, the next read does it.

        Old values are named, since a neighbour may have landed and kept more by now. The feed goes last: a
        reading neighbour moves what was seen of it, and `git push` the tracking ref.
        """
        tracked = [
            RefUpdate(self._tracking, edit.old, edit.new) for edit in edits if edit.ref == self.feed_ref
        ]
        kept = [*tracked, *self.seen.plan_seen_updates(edits)]
        last = (self.seen.private_name_of(self.feed_ref), self._tracking)
        # one transaction each: a group in which a neighbour was faster fails as a whole, and takes no other
        # with it
        groups = [[edit for edit in kept if edit.ref not in last]]
        groups += [[edit for edit in kept if edit.ref == name] for name in last]
        script = "".join(f"start\n{''.join(map(update_line, group))}commit\n" for group in groups if group)
        ran = self.repo.git.run_ref_update("update-ref", "--stdin", stdin=script.encode())
        numbers = {edit.ref: edit.new for edit in edits if is_reservation(edit.ref)}
        self._reading.keep_numbers(
            numbers, {ref: oid for ref, oid in numbers.items() if not isinstance(oid, Absent)}
        )
        if ran.interrupted:
            raise Interrupted(Applied())


def _beaten_by_clone() -> LedgerError:
    message = "other commands of this clone were faster until the time was up"
    return LedgerError("beaten", message, "the same command again, with a longer `--timeout`")


def _spell_value(value: Value) -> str:
    return "" if isinstance(value, Absent) else value


def _read_back_seconds(until: Deadline) -> float:
    return max(until.remaining(), _READ_BACK_SECONDS)
