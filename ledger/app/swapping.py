"""Around a swap: whose turn it is on this machine, what an outcome means to a seat, how long to wait."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from ledger.app.ledger import Ledger
from ledger.core.errors import LedgerError
from ledger.store.hostlock import host_lock
from ledger.store.swap import Edit, InDoubt, Outcome, Refused, Unreached, Won

LONGEST_TURN = 5.0
"""Seconds that a writer waits for others of its machine before it goes ahead without the lock."""
SHORTEST_PUSH = 0.05
"""Seconds: what a push takes at least, for the wait of a beaten writer."""


def turn(ledger: Ledger) -> AbstractContextManager[object]:
    """Writers of one machine take turns, which saves lost swaps and guards nothing."""
    return host_lock(ledger.repo.common_dir, min(LONGEST_TURN, ledger.until.remaining()))


def refuse_offline(ledger: Ledger) -> None:
    """Raise LedgerError `offline`: no write goes by what was fetched last."""
    if ledger.offline:
        raise LedgerError(
            "offline",
            "a write must reach the remote; nothing was written",
            "the same command without `--offline`",
        )


T = TypeVar("T")


def swapped(ledger: Ledger, due: Callable[[], tuple[Sequence[Edit], T]]) -> T:
    """Swap the edits that `due` finds on a fresh reading, found anew when beaten; give what it says of them.

    For repairs, which are no intents: repeated, they write only what is still due.
    """
    refuse_offline(ledger)
    began = ledger.world.monotonic()
    while True:
        with turn(ledger):
            edits, answer = due()
            outcome = ledger.store.swap(edits, ledger.until) if edits else Won()
        if isinstance(outcome, Won):
            return answer
        give_up_unless_lost(ledger, outcome, None)
        pause(ledger, SHORTEST_PUSH, ledger.world.monotonic() - began)


def give_up_unless_lost(ledger: Ledger, outcome: Outcome, nonce: str | None) -> None:
    """Raise what an outcome means, but for a lost swap while there is time left: that is tried again.

    `nonce` is the intent's; None for a repair, which has none and is repeated safely as it is.
    """
    match outcome:
        case Refused(why, refs):
            raise refused_by_remote(ledger, why, refs)
        case Unreached(why):
            raise LedgerError(
                "unreachable",
                f"the remote was not reached: {why}; nothing was written",
                "see that `git push` works from here, then the same command again",
            )
        case InDoubt(why):
            raise LedgerError(
                "in-doubt",
                f"the remote may or may not have taken this write: {why}",
                f"the same command with `--intent {nonce}`, which tells, and lands it once"
                if nonce
                else "the same command again, which mends what is still to be mended",
                {"in_doubt": True} | ({"intent": nonce} if nonce else {}),
            )
        case _:
            pass
    if ledger.until.remaining() <= 0:
        raise LedgerError(
            "beaten",
            f"others were faster for {ledger.asked.timeout:g} s; nothing was written",
            "the same command again, with a longer `--timeout`",
        )


def refused_by_remote(ledger: Ledger, why: str, refs: tuple[str, ...]) -> LedgerError:
    """What to say when the remote will not take a swap: all of it was refused, since it is atomic."""
    custom = [ref for ref in refs if ref.startswith("refs/reserve/")]
    if custom:
        what = f"the remote takes no `{custom[0]}`, so no number can be reserved on it"
        hint = "protocol B is in force on such a host: file with `git ledger append --provisional PREFIX …`, "
        hint += "then `git ledger confirm`; or allow pushes to `refs/reserve/*` there"
    elif ledger.store.feed_ref in refs:
        what = f'the remote does not take this push to "{ledger.branch}"'
        hint = "where it is protected: `--stage` and a pull request, or a feed branch of its own: "
        hint += "`git ledger init --branch ledger`"
    else:
        what = "the remote refuses this push"
        hint = f"allow pushes to `{ledger.branch}` and `refs/reserve/*` on the remote"
    return LedgerError("refused-by-remote", f"{what}: {why}; nothing was written", hint)


def pause(ledger: Ledger, push: float, age: float) -> None:
    """Wait a random part of a few pushes, shorter the older the intent is, so that nobody starves."""
    longest = min(4 * push / (1 + age), max(0.0, ledger.until.remaining()))
    ledger.world.wait(ledger.world.chance() * longest)
