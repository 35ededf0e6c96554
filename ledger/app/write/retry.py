"""Around a swap: whose turn it is on this machine, what an outcome means to a seat, how long to wait."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from ledger.app.ledger import Ledger
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError, LockedError, UnreachableError
from ledger.core.faults import explain_local_fault, explain_os_error, explain_remote_fault
from ledger.store.clone.host_lock import host_lock
from ledger.store.contract import (
    Applied,
    Conflict,
    InDoubt,
    Interrupted,
    Outcome,
    RefUpdate,
    Refused,
    Unreached,
)
from ledger.store.feed_branch import name_free_branch

LONGEST_TURN = 5.0
"""Seconds that a writer waits for others of its machine before it goes ahead without the lock."""
SHORTEST_PUSH = 0.05
"""Seconds: what a push takes at least, for the wait of a beaten writer."""


def refuse_offline(ledger: Ledger) -> None:
    """Raise LedgerError `offline`: no write goes by what was fetched last."""
    if ledger.offline:
        raise LedgerError(
            "offline",
            "a write must reach the remote; nothing was written",
            "the same command without `--offline`",
        )


class Race:
    """The tries of one write: whose turn it is on this machine, what an outcome means, how long to wait.

    `nonce` is the intent's; None for a repair, which has none and is repeated safely as it is.
    """

    def __init__(self, ledger: Ledger, nonce: str | None) -> None:
        self._ledger = ledger
        self._nonce = nonce
        self._began = ledger.world.monotonic()
        self._beaten = False
        self._push = SHORTEST_PUSH
        self._outcome: Outcome = Conflict(())

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """One try, from reading to swapping. Writers of one machine take turns, which saves lost swaps and
        guards nothing.

        Raises LedgerError `beaten` instead of `unreachable` when the time ran out after others were faster.
        """
        until = self._ledger.until
        # Whether the lock was got is not asked: who is stopped while holding it (a debugger) would stop all.
        with host_lock(self._ledger.repo.common_dir, min(LONGEST_TURN, until.remaining())):
            self._beaten = self._beaten or until.remaining() <= 0  # all of it went by in waiting for a turn
            try:
                yield
            except LedgerError as error:
                if (
                    isinstance(error, UnreachableError | LockedError)
                    and self._beaten
                    and until.remaining() <= 0
                ):
                    raise self._make_beaten_error() from error
                raise

    def swap(self, edits: Sequence[RefUpdate]) -> Outcome:
        """Swap the edits; without any, the swap is won."""
        if not edits:
            self._outcome = Applied()
            return self._outcome
        began = self._ledger.world.monotonic()
        # Said first: an interrupt that comes while git pushes finds an outcome that is true of any moment.
        self._outcome = InDoubt("interrupted")
        self._outcome = self._ledger.store.compare_and_swap(edits, self._ledger.until)
        self._push = max(SHORTEST_PUSH, self._ledger.world.monotonic() - began)
        return self._outcome

    def wait_to_retry(self) -> None:
        """After a lost swap: wait a random part of a few pushes, shorter the older the write is, so that
        nobody starves. Raises LedgerError for any other outcome, and `beaten` when no time is left."""
        ledger, outcome = self._ledger, self._outcome
        late = ledger.until.remaining() <= 0
        match outcome:
            case Refused(why, refs):
                raise explain_refusal(ledger, why, refs)
            case Unreached(why) if not (self._beaten and late):
                raise LedgerError(
                    "unreachable",
                    f"the remote was not reached: {why}; nothing was written",
                    "see that `git push` works from here, then the same command again",
                )
            case InDoubt(why):
                raise self._make_doubt_error(f"the remote may or may not have taken this write: {why}")
            case _:
                self._beaten = True
        if late:
            raise self._make_beaten_error()
        # An old write waits less than a young one, so that under load each of them lands some time.
        age = ledger.world.monotonic() - self._began
        longest = min(4 * self._push / (1 + age), ledger.until.remaining())
        ledger.world.wait(ledger.world.chance() * max(0.0, longest))

    @contextmanager
    def explain_interrupts(self) -> Iterator[None]:
        """Raise LedgerError `interrupted` for an interrupt, which says what became of the write, and that of
        the fault for a fault of the disk."""
        try:
            yield
        except OSError as error:
            fault = explain_os_error(error)
            if fault is None:
                raise
            raise replace(fault, message=f"{fault.message}; {self._describe_outcome()}") from error
        except KeyboardInterrupt as interrupt:
            outcome = interrupt.outcome if isinstance(interrupt, Interrupted) else self._outcome
            match outcome:
                case Applied():
                    hint = f"`--intent {self._nonce}` with the same command gives its answer"
                    message = "interrupted, after the write had landed"
                    raise LedgerError("interrupted", message, hint if self._nonce else "") from None
                case InDoubt():
                    message = "interrupted: this write may or may not have landed"
                    doubt = self._make_doubt_error(message)
                    raise LedgerError("interrupted", message, doubt.hint, doubt.details) from None
                case _:
                    message = "interrupted; nothing was written"
                    raise LedgerError("interrupted", message, "the same command again") from None

    def _describe_outcome(self) -> str:
        """What became of the write so far, in words."""
        match self._outcome:
            case Applied():
                return "the write has landed"
            case InDoubt():
                return "the write may or may not have landed"
            case _:
                return "nothing was written"

    def _make_doubt_error(self, message: str) -> LedgerError:
        again = f"the same command with `--intent {self._nonce}`, which tells, and lands it once"
        hint = again if self._nonce else "the same command again, which mends what is still to be mended"
        details = {"in_doubt": True} | ({"intent": self._nonce} if self._nonce else {})
        return LedgerError("in-doubt", message, hint, details)

    def _make_beaten_error(self) -> LedgerError:
        return LedgerError(
            "beaten",
            f"others were faster for {self._ledger.options.timeout:g} s; nothing was written",
            "the same command again, with a longer `--timeout`",
        )


T = TypeVar("T")


def swap_until_applied(ledger: Ledger, find_due: Callable[[], tuple[Sequence[RefUpdate], T]]) -> T:
    """Swap the edits that `due` finds on a fresh reading, found anew when beaten; give what it says of them.

    For repairs, which are no intents: repeated, they write only what is still due.
    """
    refuse_offline(ledger)
    race = Race(ledger, None)
    with race.explain_interrupts():
        while True:
            with race.attempt():
                updates, answer = find_due()
                outcome = race.swap(updates)
            if isinstance(outcome, Applied):
                return answer
            race.wait_to_retry()


_match_branch_clash = re.compile(r"'refs/heads/([^']+)' exists; cannot create 'refs/heads/([^']+)'").search
"""How git says that a branch cannot be made, as its name is a folder of another's or the reverse."""


def _explain_branch_clash(ledger: Ledger, there: str, wanted: str) -> LedgerError:
    hint = "name another branch"
    if wanted == ledger.branch:
        remote = ledger.store.authority.remote
        hint = f"`git ledger init --branch {name_free_branch(ledger.repo, remote, wanted)}`"
    message = f'a branch "{wanted}" cannot stand beside "{there}", which is there; nothing was written'
    return LedgerError("refused-by-remote", message, hint)


def explain_refusal(ledger: Ledger, why: str, refs: tuple[str, ...]) -> LedgerError:
    """What to say when the remote will not take a swap: all of it was refused, since it is atomic."""
    remote = ledger.store.authority.remote
    if (fault := explain_remote_fault(why) if remote else explain_local_fault(why)) is not None:
        return replace(fault, message=f"{fault.message}; nothing was written")
    if (names := _match_branch_clash(why)) is not None:
        return _explain_branch_clash(ledger, names[1], names[2])
    if remote is None:
        message = f"git refuses to write {', '.join(refs)} here: {why}; nothing was written"
        return LedgerError("refused-by-remote", message, "see which hook or setting of this repository it is")
    custom = [ref for ref in refs if ref.startswith("refs/reserve/")]
    if custom:
        what = f"the remote takes no `{custom[0]}`, so no number can be reserved on it"
        hint = "protocol B is in force on such a host: file with `git ledger append --provisional PREFIX …`, "
        hint += "then `git ledger confirm`; or allow pushes to `refs/reserve/*` there"
    elif ledger.store.feed_ref in refs:
        what = f'the remote does not take this push to "{ledger.branch}"'
        hint = "where it is protected: `--propose NAME` and a pull request, or a feed branch of its own: "
        hint += "`git ledger init --move-to ledger`"
    else:
        what = "the remote refuses this push"
        hint = f"allow pushes to `{ledger.branch}` and `refs/reserve/*` on the remote"
    return LedgerError("refused-by-remote", f"{what}: {why}; nothing was written", hint)
