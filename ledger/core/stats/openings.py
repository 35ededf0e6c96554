"""Openings and their numbers: which were reserved, which lost, and which would have lost by counting."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ledger.core.board.board import Board
from ledger.core.board.deeds import AGAIN, BY_HAND, PENDING, Deed
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.ids import parse_timestamp
from ledger.core.write.numbers import Series

Reserved = Mapping[str, Series] | None
"""The series with all their payloads; None when the reservations were not read (offline)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A post that opens `item`, or would have: one that lost its number is an opening too.

    `reserved` is true when the number was reserved for this seat. A `bypass` is one that is neither
    reserved nor provisional.
    """

    post: str
    item: str
    seat: str
    at: datetime
    reserved: bool
    bypass: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A number of a series that was given to a seat, and when."""

    series: str
    n: int
    seat: str
    at: datetime


class Numbers:
    """Who has which numbers: by the reservations, and by what a board says of openings until `now`."""

    def __init__(self, board: Board, config: Config, series: Reserved, now: datetime) -> None:
        self.board = board
        self.config = config
        self.series = series
        self.now = now
        self._first: dict[str, int] = {}

    def judge(self, deed: Deed) -> Opening:
        """An opening. One reservation is for one opening: a second under the same number was not reserved."""
        marks = deed.marks.split(" ")
        reserved = self._is_reserved(deed)
        if reserved and AGAIN in marks:
            reserved = self._find_first(deed.item) == deed.place
        bypass = not reserved and PENDING not in marks
        return Opening(deed.opening, deed.item, deed.seat, min(deed.at, self.now), reserved, bypass)

    def _find_first(self, item: str) -> int:
        """The place of the first opening for which a number was reserved."""
        if item not in self._first:
            places = (deed.place for deed in self.board.openings_of(item) if self._is_reserved(deed))
            self._first[item] = next(places, -1)
        return self._first[item]

    def _is_reserved(self, deed: Deed) -> bool:
        """By its ref, which must be for this seat. A number at or below the tip without a ref was sealed
        away, and is believed of a post that a swap landed; such a post is believed too where nothing was
        read."""
        by_swap = BY_HAND not in deed.marks.split(" ")
        if self.series is None:
            return by_swap
        number = self.config.parse_ticket_id(deed.item)
        series = self.series.get(number.series) if number else None
        if number is None or series is None:
            return False
        if number.n in series.taken:
            owner = series.owners.get(number.n)
            return owner is None or owner.seat == deed.seat
        return by_swap and number.n <= series.tip

    def find_prevented(self, openings: Iterable[Opening], since: datetime) -> Iterator[Given]:
        """Numbers, given from a time on, whose neighbour below or above went to another seat within
        `confirm_within`, the later of both. `openings` are those from then on.

        Two seats that count instead of reserving would both have taken the lower one: neither could have
        seen the other's post. What cannot be seen is left out: a seat that looked, and was refused.
        """
        # The reservation counts where both tell of a number: an opening may be filed long after it was given.
        holders = self._given_by(openings) | self._reservations()
        for series, n in sorted(key for key, lower in holders.items() if lower.at >= since):
            for beside in ((series, n - 1), (series, n + 1)):
                if beside not in holders:
                    holders |= self._given_by(map(self.judge, self._openings_of(*beside)))
        for (series, n), after in sorted(holders.items(), key=lambda row: row[0]):
            lower = holders.get((series, n - 1))
            if lower and after.seat != lower.seat and abs(after.at - lower.at) <= self.config.confirm_within:
                yield max(lower, after, key=lambda which: which.at)

    def _openings_of(self, series: str, n: int) -> Sequence[Deed]:
        return self.board.openings_of(self.config.spell(series, n)) if n > 0 else ()

    def _given_by(self, openings: Iterable[Opening]) -> dict[tuple[str, int], Given]:
        found = {}
        for opening in openings:
            number = self.config.parse_ticket_id(opening.item) if opening.reserved else None
            if number is not None:
                found[number.series, number.n] = Given(number.series, number.n, opening.seat, opening.at)
        return found

    def _reservations(self) -> dict[tuple[str, int], Given]:
        found = {}
        for series in (self.series or {}).values():
            for n, owner in series.owners.items():
                at = parse_timestamp(owner.at) if owner else None
                if owner is not None and at is not None:
                    found[series.name, n] = Given(series.name, n, owner.seat, min(at, self.now))
        return found
