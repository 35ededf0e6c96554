"""What happened, each thing once, so that it can be counted by seat, driver, lane, namespace and day."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import repeat
from math import ceil
from typing import Any, NamedTuple, TypeVar

from ledger.core.board.deeds import DECLINES, LOSS, POSTED, TAKE, Deed
from ledger.core.config.config import Config

Row = TypeVar("Row")
Key = TypeVar("Key")


class What(StrEnum):
    """What can be counted; a value is the JSON key of the count."""

    POST = "posts"
    CLAIM = "claims"
    DECLINE = "declines"
    LANDED = "collisions_landed"
    PREVENTED = "collisions_prevented"
    TAKEN = "claimed"


_COUNTED = dict.fromkeys(POSTED, What.POST) | {LOSS: What.LANDED, TAKE: What.TAKEN}


class Thing(NamedTuple):
    """One sort of thing that happened. `lane` is that of its ticket, "" for what is about none; `item` is
    that of a collision; `seconds` is how long an offer stood before it was TAKEN."""

    what: What
    seat: str
    lane: str
    day: date
    item: str = ""
    seconds: float = 0.0


Counts = Mapping[Thing, int]
"""How often each thing happened."""


def list_things(deeds: Sequence[Deed], config: Config) -> Iterator[Thing]:
    """What deeds are, but for claims, and what else a post among them is."""
    lanes: dict[str, str] = {"": ""}
    for _, what, seat, at, item, own_lane, start, _, _, marks in deeds:
        counted = _COUNTED.get(what)
        if counted is None:
            continue
        lane = own_lane if own_lane and item else lanes.get(item)
        if lane is None:
            lane = lanes[item] = config.default_lane_of(item)
        day = at.date()
        if counted is What.POST:
            yield Thing(counted, seat, lane, day)
            if marks and DECLINES in marks.split(" "):
                yield Thing(What.DECLINE, seat, lane, day)
        elif counted is What.LANDED:
            yield Thing(counted, seat, lane, day, item)
        else:
            yield Thing(counted, seat, lane, day, "", max(0.0, (at - (start or at)).total_seconds()))


def group_rows_by(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """The rows of each key."""
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def group_counts_by(counts: Counts, key: Callable[[Thing], Key]) -> dict[Key, Counts]:
    """The counts of each key."""
    rows = group_rows_by(counts.items(), lambda row: key(row[0]))
    return {name: dict(its) for name, its in rows.items()}


def record_of_counts(counts: Counts) -> dict[str, Any]:
    """How often things happened, as JSON has it, and how long offers stood (`waits`)."""
    found: Counter[What] = Counter()
    for counted, count in counts.items():
        found[counted.what] += count
    return {str(what): found[what] for what in What if what is not What.TAKEN} | record_of_waits(counts)


def record_of_waits(counts: Counts) -> dict[str, float]:
    """How long offers stood before they were taken, in seconds: `median_s`, and `p90_s`, which nine in ten
    did not exceed. Empty when none was taken."""
    taken = (row for row in counts.items() if row[0].what is What.TAKEN)
    stood = sorted(seconds for counted, count in taken for seconds in repeat(counted.seconds, count))
    if not stood:
        return {}
    count = len(stood)
    median = (stood[(count - 1) // 2] + stood[count // 2]) / 2
    # By the nearest rank: a wait that there was, and no mean of two as the median may be.
    return {"median_s": round(median, 3), "p90_s": round(stood[ceil(0.9 * count) - 1], 3)}
