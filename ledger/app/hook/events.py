"""What the hooks of a runtime tell a seat: at a start what is its own, at a stop why the turn goes on."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from ledger.app.deeds.alive import answer_when_challenged
from ledger.app.effects import Effects
from ledger.app.hook.stop_cache import digest_settings
from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.read.load import (
    REWOUND,
    Cache,
    Feed,
    build_feed,
    find_landed_commit,
    read_feed,
    read_feed_to_show,
)
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError, NobodyHereError
from ledger.core.ids import format_timestamp
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.stop_policy import StopMemory, judge_stop
from ledger.core.queue.turn_text import format_stop, format_turn
from ledger.core.queue.turns import find_idle_claims, judge_turn, open_turn_with_briefs
from ledger.core.text import escape_line
from ledger.store.clone.sessions import Sessions

MOST_AT_A_STOP = 5000
"""Posts that a stop takes in, which is about a second; beside more it judges by what is kept."""
_FACTS = 7500
"""Characters of facts at a start; the runtimes take 10,000 at most."""


def describe_start(
    directory: Path, seat: str | None, world: Effects, seconds: float, afresh: bool
) -> str | None:
    """What is the seat's own and what is claimable, as facts; None where there is nothing to say.

    A session that starts `afresh` in a tree of the pool finds it refreshed. Raises LedgerError `unreachable`
    when the remote cannot be read within these seconds.
    """
    ledger = _open_with_seat(directory, seat, world, seconds)
    if ledger is None:
        return None
    lines = list(_describe_refresh(ledger)) if afresh else []
    feed = read_feed_to_show(ledger)
    lines += [REWOUND] if feed.rewind else []
    lines += _take_missed(ledger)
    if feed.kept.settings is not None or len(feed.board.posts):
        answer_when_challenged(ledger, feed.board)
        turn = open_turn_with_briefs(SeatView(feed.board, feed.config, ledger.seat, world.now()))
        lines.append(f"The queue of git-ledger in this repository, for the seat {ledger.seat}:")
        lines += [*map(escape_line, ledger.notices), *format_turn(turn)]
    return "\n".join(lines)[:_FACTS]


def _describe_refresh(ledger: Ledger) -> Iterator[str]:
    from ledger.app.pool.pool import refresh_here

    result = refresh_here(ledger)
    for ref in result.rescued if result else ():
        yield f"Unsaved work that was in this working tree is in {ref}: `git show --stat {ref}`."
    for words in result.words if result else ():
        yield f"This working tree was not set to the base of the code: {words}"


def judge_and_keep_stop(
    directory: Path,
    seat: str | None,
    session: tuple[str, str],
    world: Effects,
    seconds: float,
    most: int = MOST_AT_A_STOP,
) -> str | None:
    """Why the turn goes on, in words for the seat; None when it may end, or nobody is there to speak to.

    `session` is the runtime's name and the session's. Raises LedgerError `unreachable` when the remote cannot
    be read within these seconds, or when more than `most` posts are new and what is kept shows no work: such
    a stop was not judged.
    """
    ledger = _open_with_seat(directory, seat, world, seconds)
    if ledger is None:
        return None
    try:
        return _judge_stop_freshly(ledger, session, most)
    except LedgerError as error:
        # The turn ends all the same; the next start of the seat is told why nobody looked.
        _keep_missed(ledger, error.message)
        raise


def _judge_stop_freshly(ledger: Ledger, session: tuple[str, str], most: int) -> str | None:
    store = ledger.store
    # Not by `read_feed`, which takes in every post that is new: a stop must end within its seconds.
    refs = store.read_refs([], ledger.until)
    commit = refs.get(store.feed_ref)
    if commit is None:
        return None
    sessions, key = Sessions(ledger.repo.common_dir), (*session, ledger.seat)
    feed = build_feed(
        store, commit, refs, ledger.world.now(), Cache(), partial(find_landed_commit, ledger), most
    )
    reason, memory = _judge_turn(ledger, feed, sessions.load_memory(*key))
    reason = f"{REWOUND}\n{reason}" if reason and refs.rewind else reason
    remote = store.authority.remote or ""
    settings = _digest_settings(ledger)
    memory = replace(memory, remote=remote, ref=store.feed_ref, settings=settings)
    answered = not reason and not feed.kept.lacks  # a stop after a block is one that ignores it
    memory = replace(memory, commit=commit if answered else "")
    sessions.save_memory(memory, ledger.world.now().timestamp(), *key)
    if feed.kept.lacks and not reason:
        words = f"{feed.kept.lacks} posts are new since this clone was used last, too many for a stop to read"
        raise LedgerError("unreachable", words, "`git ledger turn close` reads them, and answers")
    return reason


def _digest_settings(ledger: Ledger) -> str:
    return digest_settings((setting.key, setting.value) for setting in ledger.repo.settings)


MISSED = ("a stop that was not judged", "")
"""The key under which it is kept that a stop of a seat was let go unjudged."""


def _keep_missed(ledger: Ledger, why: str) -> None:
    """Leave word for the next start of the seat that a stop was not judged."""
    # What cannot be kept, as on a full disk, holds up no turn: the caller says it on stderr as well.
    now = ledger.world.now()
    with suppress(LedgerError, OSError):
        memory = StopMemory(
            missed=f"A stop at {format_timestamp(now)} was let go without a look at the queue: {why}"
        )
        Sessions(ledger.repo.common_dir).save_memory(memory, now.timestamp(), *MISSED, ledger.seat)


def _take_missed(ledger: Ledger) -> Iterator[str]:
    """The word on a stop that was not judged, once."""
    sessions = Sessions(ledger.repo.common_dir)
    if missed := sessions.load_memory(*MISSED, ledger.seat).missed:
        yield escape_line(missed)
        with suppress(LedgerError, OSError):
            sessions.save_memory(StopMemory(), ledger.world.now().timestamp(), *MISSED, ledger.seat)


LOOKS = ("after a tool", "")
"""The key under which it is kept beside which feed nothing was to be answered."""


def answer_after_tool(directory: Path, seat: str | None, world: Effects, seconds: float) -> None:
    """Answer the challenges against the seat's claims, if there are any; nothing else is written."""
    ledger = _open_with_seat(directory, seat, world, seconds)
    if ledger is None:
        return
    feed = read_feed(ledger)
    challenged = answer_when_challenged(ledger, feed.board)
    remote = ledger.store.authority.remote or ""
    settings = _digest_settings(ledger)
    memory = StopMemory("" if challenged else feed.commit or "", remote, ledger.store.feed_ref, settings)
    Sessions(ledger.repo.common_dir).save_memory(memory, world.now().timestamp(), *LOOKS, ledger.seat)


def _open_with_seat(directory: Path, seat: str | None, world: Effects, seconds: float) -> Ledger | None:
    """The ledger with a seat that acts in it; None outside a repository and without a seat."""
    try:
        ledger = open_ledger(GlobalOptions(directory, seat, timeout=seconds), world)
        return ledger if ledger.seat else None
    except NobodyHereError:
        return None


def _judge_turn(ledger: Ledger, feed: Feed, memory: StopMemory) -> tuple[str | None, StopMemory]:
    """Why the turn goes on beside a feed, and what the session is told with that."""
    answer_when_challenged(ledger, feed.board)
    eyes = SeatView(feed.board, feed.config, ledger.seat, ledger.world.now())
    turn, idle = judge_turn(eyes), find_idle_claims(eyes)
    claims = eyes.life.claims if eyes.life else 0
    verdict = judge_stop(memory, claims, [trigger.item for trigger in turn.triggers], list(idle))
    if verdict.note:
        from ledger.app.deeds.turn_writes import (
            post_left_behind,  # with the rules, of which a reader needs none
        )

        post_left_behind(ledger, turn, "it was told of them and took none")
    if not verdict.triggers and not verdict.idle:
        return None, verdict.memory
    lines = format_stop(turn if verdict.triggers else None, [idle[post] for post in verdict.idle])
    return "\n".join(lines), verdict.memory
