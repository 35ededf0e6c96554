"""The store of a repository without a remote: seats share it through working trees."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from ledger.core.errors import LedgerError
from ledger.store.clone.seen import SeenStore, update_line
from ledger.store.contract import (
    ABSENT,
    EMPTY_TREE,
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
    Signature,
    Unreached,
    Value,
)
from ledger.store.feed_branch import OWN_BRANCH, holds_feed
from ledger.store.files import flush_folders
from ledger.store.git.checkouts import Checkout, find_checkouts
from ledger.store.git.process import Ran, split_lines
from ledger.store.git.repository import Repo
from ledger.store.git.working_tree import holds_code

_BUSY_PAUSES: Final = (0.05, 0.2)
"""Seconds between tries while somebody's own `git commit` holds a ref's lock."""


class LocalStore(SeenStore):
    """Refs of this repository, swapped by a transaction of `git update-ref`."""

    flushed = True

    def __init__(self, repo: Repo, branch: str, wait: Callable[[float], None]) -> None:
        """`wait` pauses for some seconds: what tries again does so through it."""
        super().__init__(repo, branch, "")
        self.branch = branch
        self._wait = wait
        self._made: list[Callable[[], Oid]] = []

    def write_blob(self, data: bytes) -> Oid:
        """Write a blob and give its name."""
        return self._build(partial(super().write_blob, data))

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
        return self._build(partial(super().write_commit, parent, files, message, author, committer, seconds))

    def _build(self, write: Callable[[], Oid]) -> Oid:
        self._made.append(write)
        return write()

    def _build_again(self) -> None:
        """Write what was built for this swap where it is gone: `git gc --prune=now` beside it removes what no
        ref names yet, and once refs name it, no gc that begins does."""
        for write in self._made:
            write()

    @property
    def authority(self) -> Authority:
        """This repository, which its own pushes name `.` (git-push(1), of a repository without a remote)."""
        return Authority(None, None, frozenset({"."}), "this repository (no remote)")

    def read_refs(self, names: Sequence[str], until: Deadline, to_write: bool = False) -> Refs:
        """Read the feed branch and these refs."""
        return self.read_known_refs(names)

    def read_branch(self, name: str, until: Deadline) -> Oid | None:
        """Where a branch stands; None where it is not."""
        return self.resolve_commit(f"refs/heads/{name}")

    def fetched_at(self) -> None:
        """Nothing is fetched: the refs are always at hand."""

    def explain_no_swap(self, until: Deadline) -> None:
        """Git moves refs of one repository in a transaction (git-update-ref(1), `--stdin`)."""

    def read_known_refs(self, names: Sequence[str], judge: bool = False) -> Refs:
        """The same: nobody else has to be asked."""
        names = [self.feed_ref, *names]
        listed = self._list_refs([*names, *self.seen.private_names_for(names[1:])])
        refs = self.seen.remember_listed(listed)
        rewind, edits = self.seen.compare_seen(refs)
        # refs are listed one by one, and a neighbour may have landed between two
        if rewind is not None:
            refs = self._list_refs(names)
            rewind, edits = self.seen.compare_seen(refs)
        self.seen.record_seen(edits)
        return Refs(refs, rewind)

    def knows_reservation(self, ref: str) -> bool:
        """Whether a number is reserved."""
        return ref in self._list_refs([ref])

    def vanished_reservations(self) -> Mapping[str, Oid]:
        """None is known: who takes refs of this repository away takes them from who made them too."""
        return {}

    def forget_vanished(self) -> None:
        """Nothing is kept of them."""

    def compare_and_swap(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        """Make all edits or none.

        Writers take turns around this (`host_lock`), which saves work; none of them is waited for here, since
        one that is stopped would stop all. Raises LedgerError `needs-own-branch` where the feed branch is
        held by a working tree: its next commit, or the end of its rebase, would take back what lands now.
        """
        feed = next((edit for edit in edits if edit.ref == self.feed_ref), None)
        if feed is not None:
            self._refuse_held()
        try:
            outcome = self._update_refs(edits, until)
        finally:
            self._made.clear()
        return Applied(self._warn_overtaken(feed)) if feed and isinstance(outcome, Applied) else outcome

    def _refuse_held(self) -> None:
        # looked at before the swap and again after it: a `git switch` between the two is told of by
        # `_warn_overtaken`
        for checkout in find_checkouts(self.repo, self.branch)[:1]:
            message = f'the feed\'s branch "{self.branch}" is {checkout.how} in "{checkout.path}"'
            message += ", which would take back what lands on it; nothing was written"
            raise LedgerError("needs-own-branch", message, self._find_way_out(checkout))

    def _find_way_out(self, checkout: Checkout) -> str:
        if not checkout.unborn and holds_code(self.repo, self.feed_ref):
            moves = holds_feed(self.repo, self.feed_ref)
            option = "--move-to" if moves else "--branch"
            return f"`git ledger init {option} {OWN_BRANCH}` gives the feed a branch of its own"
        return f"`{checkout.release_command}`, then the same command again"

    def _warn_overtaken(self, feed: RefUpdate) -> tuple[str, ...]:
        """Words about the trees that took the branch while it moved: their index may stand before that.

        The command named brings such a tree up, and leaves one that stands right as it is
        (git-read-tree(1), two tree merge).
        """
        old, new = (EMPTY_TREE if isinstance(value, Absent) else value for value in (feed.old, feed.new))
        step = shlex.join(("read-tree", "-m", "-u", old, new))
        return tuple(
            f'"{checkout.path}" took the branch "{self.branch}" while this landed; so that its next commit'
            f" takes nothing back: {checkout.spell_command(step)}, then {checkout.release_command}"
            for checkout in find_checkouts(self.repo, self.branch)
        )

    def _update_refs(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        for pause in (*_BUSY_PAUSES, 0.0):
            outcome = self._try_update(edits, until)
            if not isinstance(outcome, Refused) or not pause:
                break
            self._wait(pause)
            self._build_again()
        if isinstance(outcome, Applied):
            # git flushes what is in them
            flush_folders(self.repo.common_dir, [edit.ref for edit in edits])
            self._build_again()
        return outcome

    def _try_update(self, edits: Sequence[RefUpdate], until: Deadline) -> Outcome:
        # objects first, then the refs that name them: a power cut between the two leaves objects that nobody
        # names, and the other way round a feed that nobody can read. libgit2 flushes objects and the folders
        # in which they stand, and not the folder above
        flush_folders(self.repo.common_dir, ["objects/new"])
        # a transaction of its own: where it fails, the next reading does it
        follow = map(update_line, self.seen.plan_seen_updates(edits))
        script = "".join(
            ["start\n", *map(_spell_command, edits), "prepare\ncommit\nstart\n", *follow, "commit\n"]
        )
        ran = self.repo.git.run_ref_update(
            *("-c", "core.fsync=committed", "update-ref", "-m", "git ledger", "--stdin"),
            stdin=script.encode(),
            timeout=until.remaining(),
        )
        outcome = Applied() if b"commit: ok\n" in ran.out else self._judge_outcome(edits, ran)
        if ran.interrupted:
            raise Interrupted(outcome)
        return outcome

    def _judge_outcome(self, edits: Sequence[RefUpdate], ran: Ran) -> Outcome:
        """Tell apart by the refs themselves; git has ended, so that nothing comes later."""
        # nothing of git runs here any more, so that what the refs show now is what became of the swap
        now = self._list_refs([edit.ref for edit in edits])
        moved = tuple(edit.ref for edit in edits if now.get(edit.ref, ABSENT) != edit.old)
        if not (ran.timed_out or ran.interrupted):
            return Conflict(moved) if moved else Refused(ran.complaint, tuple(edit.ref for edit in edits))
        if all(now.get(edit.ref, ABSENT) == edit.new for edit in edits):
            # it was ended between its work and its answer
            return Applied()
        return InDoubt(ran.complaint) if moved else Unreached(ran.complaint)

    def _list_refs(self, names: Sequence[str]) -> Mapping[str, Oid]:
        """Refs by whole name, and all below the names that end in a slash."""
        listed = self.repo.git.check_output("for-each-ref", "--format=%(objectname) %(refname)", *names)
        pairs = (line.split(" ", 1) for line in split_lines(listed))
        folders = tuple(name for name in names if name.endswith("/"))
        return {ref: oid for oid, ref in pairs if ref in names or ref.startswith(folders)}


def _spell_command(edit: RefUpdate) -> str:
    if isinstance(edit.old, Absent):
        return f"create {edit.ref} {edit.new}\n"
    if isinstance(edit.new, Absent):
        return f"delete {edit.ref} {edit.old}\n"
    return f"update {edit.ref} {edit.new} {edit.old}\n"
