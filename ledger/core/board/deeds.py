"""What posts did, one row for each thing, as the fold notes it: what figures are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from ledger.core.dataclass import dataclass

Moment = tuple[int, datetime]
"""A post by its place in feed order, and its time."""
POST, BOOT, RETIRE = "post", "boot", "retire"
POSTED = (POST, BOOT, RETIRE)
"""A post was made: one that boots or retires its seat, or any other."""
CLAIM = "claim"
"""A claim ended: it began at `start`, and `last` is when its holder last posted on the ticket, or its end."""
TAKE = "take"
"""A ticket that could be claimed from `start` on was claimed."""
LOSS = "loss"
"""An opening lost its number."""
OVERDUE = "overdue"
"""A wait ended that went on past the ruling of `start`."""
OPENS, BY_HAND, PENDING, AGAIN, DECLINES = "opens", "by-hand", "pending", "again", "declines"
"""Marks of a post: it opens a ticket, or would have; that post is no link of the chain, is provisional, or
names a ticket that was there before; it declines one."""


class Deed(NamedTuple):
    """One thing that a seat did, by the post at a place; what it was says `what`.

    Times are those of posts, as they were dated. `item` is the ticket, "" for none, `lane` what that or the
    post says of its lane, `opening` the id of a post that opens, `marks` words with spaces between.
    """

    place: int
    what: str
    seat: str
    at: datetime
    item: str = ""
    lane: str | None = None
    start: datetime | None = None
    last: datetime | None = None
    opening: str = ""
    marks: str = ""

    @property
    def until(self) -> datetime:
        """The latest moment that it speaks of; clocks differ, so that a claim may end before it began."""
        return self.at if self.start is None else max(self.at, self.start)


@dataclass(frozen=True, slots=True)
class Milestones:
    """Since when a ticket stands as it does, by the newest post each: that began the claim by its holder,
    since which it could be claimed but for its gates, that made it DONE, that let it wait for a ruling."""

    claimed: Moment | None = None
    offered: Moment | None = None
    done: Moment | None = None
    waits: Moment | None = None


class DeedLog(Protocol):
    """Deeds in feed order."""

    def by(self, seat: str, since: datetime) -> Sequence[Deed]:
        """What a seat did from a time on."""

    def opening(self, item: str) -> Sequence[Deed]:
        """The posts that open a ticket, or would have."""

    def last_post(self, seat: str, before: datetime) -> datetime | None:
        """The time of the newest post of a seat that is dated before a time."""


class OverlayDeeds(DeedLog):
    """Deeds that go on after those of another log, which stays as it is."""

    def __init__(self, base: DeedLog | None = None) -> None:
        self._base = base
        self._by_seat: dict[str, list[Deed]] = {}
        self._openings: dict[str, list[Deed]] = {}
        self.own: list[Deed] = []
        """What was added here."""

    def add(self, deed: Deed) -> None:
        """Add what a seat did last."""
        self.own.append(deed)
        self._by_seat.setdefault(deed.seat, []).append(deed)
        if deed.opening:
            self._openings.setdefault(deed.item, []).append(deed)

    def merge(self, other: "OverlayDeeds") -> None:
        """Take over what was added to a log on top of this one."""
        for deed in other.own:
            self.add(deed)

    def by(self, seat: str, since: datetime) -> Sequence[Deed]:
        own = [deed for deed in self._by_seat.get(seat, ()) if deed.until >= since]
        return own if self._base is None else [*self._base.by(seat, since), *own]

    def opening(self, item: str) -> Sequence[Deed]:
        own = self._openings.get(item, [])
        return own if self._base is None else [*self._base.opening(item), *own]

    def last_post(self, seat: str, before: datetime) -> datetime | None:
        posts = (deed for deed in self._by_seat.get(seat, ()) if deed.what in POSTED and deed.at < before)
        own = max((deed.at for deed in posts), default=None)
        below = None if self._base is None else self._base.last_post(seat, before)
        return max((at for at in (own, below) if at is not None), default=None)
