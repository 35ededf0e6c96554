"""What happened, each thing once, so that it can be counted by seat, driver, lane, namespace and day."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Any, TypeVar

from ledger.core.board.folding import directive
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.model import Post
from ledger.core.stats.claims import ClaimSpan
from ledger.core.stats.offers import Taken
from ledger.core.stats.openings import Given, lost
from ledger.core.stats.replay import Step

Thing = TypeVar("Thing")
Key = TypeVar("Key")


class What(StrEnum):
    """What can be counted; a value is the JSON key of the count."""

    POST = "posts"
    CLAIM = "claims"
    DECLINE = "declines"
    LANDED = "collisions_landed"
    PREVENTED = "collisions_prevented"
    TAKEN = "claimed"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened. `item` is the ticket, "" for a post about none; `seconds` is how long an
    offer stood before it was TAKEN."""

    what: What
    at: datetime
    seat: str
    item: str = ""
    lane: str = ""
    seconds: float = 0.0


def posted(steps: Iterable[Step], config: Config) -> Iterator[Deed]:
    """What the posts themselves did: each was posted, and some declined or collided."""
    for step in steps:
        post, item = step.post, step.post.item or ""
        lane = _lane(step, config) if item else ""
        yield Deed(What.POST, step.at, post.seat, item, lane)
        if any(lost(post, change) for change in step.changes):
            yield Deed(What.LANDED, step.at, post.seat, item, post.lane or config.lane_of(item))
        if _declines(post) and step.changes:
            yield Deed(What.DECLINE, step.at, post.seat, item, lane)


def _lane(step: Step, config: Config) -> str:
    tickets = (change.after for change in step.changes if change.item == step.post.item)
    ticket = next(tickets, None)
    return (ticket and ticket.lane) or config.lane_of(step.post.item or "")


def _declines(post: Post) -> bool:
    return post.kind == "note" and directive(post, "DECLINE") is not None


def worked(
    claims: Iterable[ClaimSpan], taken: Iterable[Taken], given: Iterable[Given], config: Config
) -> Iterator[Deed]:
    """Claims that were taken, offers that ended by one, and collisions that did not come about."""
    for claim in claims:
        yield Deed(What.CLAIM, claim.held.start, claim.seat, claim.item, claim.lane)
    for one in taken:
        yield Deed(What.TAKEN, one.at, one.seat, one.item, one.lane, one.seconds)
    for number in given:
        item = config.spell(number.series, number.n)
        yield Deed(What.PREVENTED, number.at, number.seat, item, config.lane_of(item))


def grouped(things: Iterable[Thing], key: Callable[[Thing], Key]) -> dict[Key, list[Thing]]:
    """The things of each key."""
    found: dict[Key, list[Thing]] = {}
    for one in things:
        found.setdefault(key(one), []).append(one)
    return found


def tally(deeds: Iterable[Deed]) -> dict[str, Any]:
    """How often each thing happened, as JSON has it, and how long offers stood (`waits`)."""
    known = list(deeds)
    counts = Counter(one.what for one in known)
    return {str(what): counts[what] for what in What if what is not What.TAKEN} | waits(known)


def waits(deeds: Iterable[Deed]) -> dict[str, float]:
    """How long offers stood before they were taken, in seconds: `median_s`, and `p90_s`, which nine in ten
    did not exceed. Empty when none was taken."""
    stood = sorted(one.seconds for one in deeds if one.what is What.TAKEN)
    if not stood:
        return {}
    count = len(stood)
    median = (stood[(count - 1) // 2] + stood[count // 2]) / 2
    return {"median_s": round(median, 3), "p90_s": round(stood[ceil(0.9 * count) - 1], 3)}
