"""The repositories that are measured: a bare remote, clones of it, and a feed of thousands of posts."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benches.timing import ALONE, seconds
from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.core.write.requests import Value
from ledger.store.contract import Applied, RefUpdate, Signature
from ledger.store.git.process import Git
from ledger.store.git.repository import open_repository
from ledger.store.remote import RemoteStore

BENCH = Signature("Bench", "bench@example.invalid")
FIRST = datetime(2026, 4, 15, 3, 51, tzinfo=UTC)
TICKET = ("opened", "claimed", "noted", "done")
"""What becomes of a ticket, a post each. Of every ten tickets the last three go no further than `opened`,
`claimed` and `noted`, so that a queue of some size is left."""
LEFT = {7: 1, 8: 2, 9: 3}


def remote(folder: Path, posts: int = 0) -> Path:
    """A bare remote with one commit on `main`, and a feed of so many posts."""
    bare, seed = folder / "remote.git", folder / "seed"
    seconds(folder, ["git", "init", "-q", "--bare", "-b", "main", str(bare)])
    seconds(folder, ["git", "clone", "-q", str(bare), str(seed)])
    seconds(seed, ["git", "checkout", "-q", "-B", "main"])
    (seed / "code.txt").write_text("code\n")
    seconds(seed, ["git", "add", "code.txt"])
    seconds(seed, ["git", "commit", "-q", "-m", "code"])
    seconds(seed, ["git", "push", "-q", "origin", "main"])
    if posts:
        _fill(seed, posts)
    return bare


def clone(bare: Path, name: str) -> Path:
    """A clone in which a seat works, without hooks."""
    place = bare.with_name(name)
    seconds(bare.parent, ["git", "clone", "-q", str(bare), str(place)])
    return place


@dataclass(frozen=True, slots=True)
class _Within:
    end: float

    def remaining(self) -> float:
        return self.end - time.monotonic()


def _fill(seed: Path, posts: int) -> None:
    store = RemoteStore(open_repository(seed), "origin", "main", time.sleep)
    base = Git(seed, ALONE).check_output("rev-parse", "HEAD").decode().strip()
    commit = store.write_commit(base, dict(_feed(posts)), "A feed\n", BENCH, BENCH, int(FIRST.timestamp()))
    outcome = store.compare_and_swap(
        [RefUpdate(store.feed_ref, base, commit)], _Within(time.monotonic() + 60)
    )
    if not isinstance(outcome, Applied):
        raise RuntimeError(f"the feed did not land: {outcome}")


def _feed(count: int) -> Iterator[tuple[str, bytes]]:
    """Path and content of each post, one chain, a post every 20 seconds."""
    previous: tuple[tuple[str, Value], ...] = ()
    for seq, (ticket, what) in enumerate(_moves(count), 1):
        at, seat = FIRST + timedelta(seconds=20 * seq), f"CAMBER-{ticket % 8}"
        name = make_post_id(at, seat, f"{seq:016x}")
        head: tuple[tuple[str, Value], ...] = (("seat", seat), ("at", format_timestamp(at)))
        kind = "note" if what == "noted" else "actionable"
        fields, body = _said(ticket, what)
        yield (
            path_of_post(name),
            render_post((*head, ("kind", kind), ("seq", str(seq)), *previous, *fields), body),
        )
        previous = (("prev", name),)


def _moves(count: int) -> Iterator[tuple[int, str]]:
    """The ticket and the move of each post; each ticket takes its moves while others take theirs."""
    ways = [(ticket, TICKET[: LEFT.get(ticket % 10, 4)]) for ticket in range(1, count + 1)]
    moves = ((10 * ticket + 25 * step, ticket, what) for ticket, way in ways for step, what in enumerate(way))
    return ((ticket, what) for _, ticket, what in sorted(moves)[:count])


def _said(ticket: int, what: str) -> tuple[tuple[tuple[str, Value], ...], str]:
    item: tuple[str, Value] = ("item", f"CMB-{ticket:04}")
    match what:
        case "opened":
            subject = f"Redline cards of call {ticket} are grouped by the wrong key"
            told = (
                ("priority", "HIGH" if ticket % 5 == 0 else "NORMAL"),
                ("lane", "camber"),
                ("subject", subject),
            )
            return (item, ("state", "AWAITING_CLAIM"), *told), "Cards of one call land in two groups.\n"
        case "claimed":
            return (item, ("state", "CLAIMED"), ("branch", f"fix/cmb-{ticket}")), ""
        case "noted":
            return (item,), "The key is the day of the call; it has to be the call.\n"
        case _:
            return (item, ("state", "DONE")), "Grouped by call, with a test for midnight.\n"
