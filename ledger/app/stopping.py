"""What the hooks of a runtime tell a seat: at a start what is its own, at a stop why the turn goes on."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ledger.app.alive import answer_when_challenged
from ledger.app.ledger import Asked, Ledger, open_ledger
from ledger.app.load import Cache, feed_at, read_feed, read_feed_to_show
from ledger.app.rewound import REWOUND
from ledger.app.unmoved import settings_digest
from ledger.app.world import World
from ledger.core.claimable import Eyes
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError
from ledger.core.stops import Told, judge_stop
from ledger.core.text import escape
from ledger.core.turns import idle_claims, opened_turn, turn_of
from ledger.core.turntext import stop_lines, turn_lines
from ledger.store.remote import RemoteStore
from ledger.store.sessions import Sessions

_FACTS = 7500
"""Characters of facts at a start; the runtimes take 10,000 at most."""


def started(directory: Path, seat: str | None, world: World, seconds: float, afresh: bool) -> str | None:
    """What is the seat's own and what is claimable, as facts; None where there is nothing to say.

    A session that starts `afresh` in a tree of the pool finds it refreshed. Raises LedgerError `unreachable`
    when the remote cannot be read within these seconds.
    """
    ledger = _opened(directory, seat, world, seconds)
    if ledger is None:
        return None
    lines = list(_refreshed(ledger)) if afresh else []
    feed = read_feed_to_show(ledger)
    lines += [REWOUND] if feed.rewind else []
    if feed.commit is not None:
        answer_when_challenged(ledger, feed.board)
        turn = opened_turn(Eyes(feed.board, feed.config, ledger.seat, world.now()))
        lines.append(f"The queue of git-ledger in this repository, for the seat {ledger.seat}:")
        lines += [*map(escape, ledger.notices), *turn_lines(turn)]
    return "\n".join(lines)[:_FACTS]


def _refreshed(ledger: Ledger) -> Iterator[str]:
    from ledger.app.pool import refresh_here

    told = refresh_here(ledger)
    for ref in told.rescued if told else ():
        yield f"Unsaved work that was in this working tree is in {ref}: `git show --stat {ref}`."
    for words in told.words if told else ():
        yield f"This working tree was not set to the base of the code: {words}"


def stopped(
    directory: Path, seat: str | None, session: tuple[str, str], world: World, seconds: float
) -> str | None:
    """Why the turn goes on, in words for the seat; None when it may end, or nobody is there to speak to.

    `session` is the runtime's name and the session's. Raises LedgerError `unreachable` when the remote cannot
    be read within these seconds: such a stop was not judged.
    """
    ledger = _opened(directory, seat, world, seconds)
    if ledger is None:
        return None
    store = ledger.store
    refs = store.read([], ledger.until)
    commit = refs.get(store.feed_ref)
    if commit is None:
        return None
    sessions, key = Sessions(ledger.repo.common_dir), (*session, ledger.seat)
    reason, told = _judged(ledger, commit, refs, sessions.read(*key))
    reason = f"{REWOUND}\n{reason}" if reason and refs.rewind else reason
    remote = store.remote if isinstance(store, RemoteStore) else ""
    settings = settings_digest(ledger.repo.git)
    told = replace(told, remote=remote, ref=store.feed_ref, settings=settings)
    told = replace(told, commit="" if reason else commit)  # a stop after a block is one that ignores it
    sessions.write(told, world.now().timestamp(), *key)
    return reason


LOOKS = ("after a tool", "")
"""The key under which it is kept beside which feed nothing was to be answered."""


def looked(directory: Path, seat: str | None, world: World, seconds: float) -> None:
    """Answer the challenges against the seat's claims, if there are any; nothing else is written."""
    ledger = _opened(directory, seat, world, seconds)
    if ledger is None:
        return
    feed = read_feed(ledger)
    challenged = answer_when_challenged(ledger, feed.board)
    remote = ledger.store.remote if isinstance(ledger.store, RemoteStore) else ""
    settings = settings_digest(ledger.repo.git)
    told = Told("" if challenged else feed.commit or "", remote, ledger.store.feed_ref, settings)
    Sessions(ledger.repo.common_dir).write(told, world.now().timestamp(), *LOOKS, ledger.seat)


def _opened(directory: Path, seat: str | None, world: World, seconds: float) -> Ledger | None:
    """The ledger with a seat that acts in it; None outside a repository and without a seat."""
    try:
        ledger = open_ledger(Asked(directory, seat, timeout=seconds), world)
        return ledger if ledger.seat else None
    except LedgerError as error:
        if error.kind in ("no-repository", "bare-repository", "no-seat"):
            return None
        raise


def _judged(ledger: Ledger, commit: str, refs: Mapping[str, str], told: Told) -> tuple[str | None, Told]:
    """Why the turn goes on at a commit, and what the session is told with that."""
    now = ledger.world.now()
    feed = feed_at(ledger.store, commit, refs, now, Cache())
    answer_when_challenged(ledger, feed.board)
    eyes = Eyes(feed.board, feed.config, ledger.seat, now)
    turn, idle = turn_of(eyes), idle_claims(eyes)
    claims = eyes.life.claims if eyes.life else 0
    verdict = judge_stop(told, claims, [one.item for one in turn.triggers], list(idle))
    if verdict.note:
        from ledger.app.turn_writes import leave_word  # with the rules, of which a reader needs none

        leave_word(ledger, turn, "it was told of them and took none")
    if not verdict.triggers and not verdict.idle:
        return None, verdict.told
    lines = stop_lines(turn if verdict.triggers else None, [idle[post] for post in verdict.idle])
    return "\n".join(lines), verdict.told
