"""What an hour came to, read from its feed alone: how long claimable work waited beside open seats."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from days.plan import SETTINGS, WORKERS, Hour
from ledger.core.claimable import Eyes
from ledger.core.config import Config
from ledger.core.fold import take
from ledger.core.folding import Folding
from ledger.core.model import Post

SAMPLE = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Wait:
    """A seat that was open and held nothing while it could have claimed, and since and until when."""

    seat: str
    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.until - self.since).total_seconds()


@dataclass(frozen=True, slots=True)
class Judged:
    """An hour: share of open time under a claim, the waits, those that no scan named, tickets done."""

    density: float
    waits: tuple[Wait, ...]
    unnamed: tuple[Wait, ...]
    done: int
    named: int

    def longest(self) -> float:
        """Seconds of the longest wait."""
        return max((one.seconds for one in self.waits), default=0.0)


def waits(posts: Sequence[Post], config: Config, hour: Hour) -> list[Wait]:
    """Every stretch in which an open worker held nothing beside work that it could claim; by samples."""
    fold = Folding()
    rest = list(reversed(posts))
    since: dict[str, datetime] = {}
    found: list[Wait] = []
    for now in _moments(hour):
        while rest and rest[-1].at <= now:
            take(fold, rest.pop())
        idle = {seat for seat in WORKERS if _is_idle(fold, config, seat, now)}
        for seat in [one for one in since if one not in idle]:
            found.append(Wait(seat, since.pop(seat), now))
        since |= {seat: now for seat in idle if seat not in since}
    return [*found, *(Wait(seat, start, _moment(hour.began + hour.seconds)) for seat, start in since.items())]


def _is_idle(fold: Folding, config: Config, seat: str, now: datetime) -> bool:
    life = fold.seats.get(seat)
    if life is None or life.retired_at is not None:
        return False
    eyes = Eyes(fold, config, seat, now)
    return not eyes.holds and bool(eyes.claimable)


def _moments(hour: Hour) -> Iterator[datetime]:
    now, end = _moment(hour.began), _moment(hour.began + hour.seconds)
    while now < end:
        yield now
        now += SAMPLE


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def unnamed(found: Sequence[Wait], scans: Path, hour: Hour) -> tuple[list[Wait], int]:
    """The waits past `dark_after` that no scan in them named; and how many findings there were in all."""
    dark = SETTINGS["dark_after"] * hour.minute
    read = [json.loads(line) for line in scans.read_text().splitlines()]
    missed = []
    for one in found:
        due = [scan for scan in read if one.since.timestamp() + dark + 1 < scan["at"] < one.until.timestamp()]
        if due and not any(_names(scan, one.seat) for scan in due):
            missed.append(one)
    return missed, sum(len(scan["named"]) for scan in read)


def _names(scan: dict[str, Any], seat: str) -> bool:
    return any(seat in one["message"] for one in scan["named"])
