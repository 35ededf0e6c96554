"""All that is counted of one feed, up to now and from one moment on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from ledger.core.board.board import Board
from ledger.core.board.deeds import OVERDUE, POSTED, TAKE, Deed
from ledger.core.board.noting import is_offered, ruled_since
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.model import SeatLife, Ticket
from ledger.core.stats.counts import Counts, Thing, What, list_things
from ledger.core.stats.openings import Given, Numbers, Opening, Reserved
from ledger.core.stats.spans import EVER, Span, intersect_spans, total_seconds
from ledger.core.stats.spells import ClaimSpan, Spells, find_spells, list_claims

UNSAID = "none said"
"""The driver of a seat whose newest boot names none, or that never booted."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A ticket that stayed BLOCKED on a ruling: from the newest ruling on what it waits for to its end."""

    item: str
    span: Span


@dataclass(frozen=True)
class Figures:
    """The figures of a board.

    `since` None is the whole feed. What began before `since` counts with the part of it that lies behind.
    `whole`: what was before `since` is asked for too; else it is not read.
    """

    board: Board
    config: Config
    series: Reserved
    now: datetime
    since: datetime | None = None
    whole: bool = False

    @cached_property
    def window(self) -> Span:
        """From `since`, or ever, till now."""
        return Span(self.since or EVER, self.now)

    @cached_property
    def seats(self) -> Mapping[str, SeatLife]:
        """Every seat that posted."""
        return {life.seat: life for life in self.board.all_seats()}

    @property
    def _first(self) -> datetime:
        return EVER if self.whole else self.window.start

    @cached_property
    def deeds(self) -> Mapping[str, Sequence[Deed]]:
        """What each seat did. All that is asked for lies behind its first post here."""
        return {
            seat: [_without_future_times(deed, self.now) for deed in self.board.deeds_by(seat, self._first)]
            for seat in self.seats
        }

    def find(self, *what: str) -> list[Deed]:
        """What all seats did of some sorts, in feed order."""
        found = [deed for deeds in self.deeds.values() for deed in deeds if deed.what in what]
        # One post may do something to several tickets, as a ruling does.
        return sorted(found, key=lambda deed: (deed.place, deed.item))

    @cached_property
    def claims(self) -> Mapping[str, Sequence[ClaimSpan]]:
        """The claims of each seat."""
        return {
            seat: list_claims(self.board, seat, deeds, self.config, self.now)
            for seat, deeds in self.deeds.items()
        }

    @cached_property
    def spells(self) -> Mapping[str, Spells]:
        """The time of every seat."""
        return {
            seat: find_spells(
                deeds, self.board.was_retired(seat, self._first), self.claims[seat], self.config, self.now
            )
            for seat, deeds in self.deeds.items()
        }

    @cached_property
    def spells_of_workers(self) -> Mapping[str, Spells]:
        """The time of every seat that may claim. A strat never does: its hours are no part of a density."""
        return {seat: spells for seat, spells in self.spells.items() if self.config.role(seat) != "strat"}

    @cached_property
    def taken(self) -> Sequence[Deed]:
        """Every offer that was taken."""
        return self.find(TAKE)

    @cached_property
    def waiting(self) -> Sequence[Ticket]:
        """The tickets that stand on offer now."""
        return [ticket for ticket in self.board.open_tickets() if is_offered(self.board.tickets, ticket)]

    @cached_property
    def overdue(self) -> Sequence[Overdue]:
        """Every wait that went on past its ruling, in the order in which they ended; a ruling that absorbs
        the ticket leaves none."""
        ended = [Overdue(deed.item, Span(deed.start or deed.at, deed.at)) for deed in self.find(OVERDUE)]
        links = self.board.tickets.links_from("awaits ")
        items = {item for link in links for item in self.board.tickets.find(link)}
        waits = sorted((self.board.milestones[item].waits or (0, self.now), item) for item in items)
        standing = ((item, ruled_since(self.board, self.board.tickets[item], began)) for began, item in waits)
        return ended + [
            Overdue(item, Span(min(since, self.now), self.now)) for item, since in standing if since
        ]

    @cached_property
    def numbers(self) -> Numbers:
        """Who has which numbers."""
        return Numbers(self.board, self.config, self.series, self.now)

    @cached_property
    def openings(self) -> Sequence[Opening]:
        """The openings in the window, in feed order."""
        openings = [deed for deed in self.find(*POSTED) if deed.opening and deed.at >= self.window.start]
        return [self.numbers.judge(deed) for deed in openings]

    @cached_property
    def prevented_collisions(self) -> Sequence[Given]:
        """The numbers given in the window that would have been lost by counting."""
        start = self.window.start
        return [number for number in self.numbers.find_prevented(self.openings, start) if number.at >= start]

    @cached_property
    def counts_in_window(self) -> Counts:
        """How often what happened in the window."""
        start, config = self.window.start, self.config
        found: Counter[Thing] = Counter()
        for seat, deeds in self.deeds.items():
            found.update(list_things([deed for deed in deeds if deed.at >= start], config))
            claims = (claim for claim in self.claims[seat] if claim.held.start >= start)
            found.update(Thing(What.CLAIM, seat, claim.lane, claim.held.start.date()) for claim in claims)
        for number in self.prevented_collisions:
            item = config.spell(number.series, number.n)
            found[
                Thing(What.PREVENTED, number.seat, config.default_lane_of(item), number.at.date(), item)
            ] += 1
        return found

    def driver_of_seat(self, seat: str) -> str:
        """What drives a seat, as its newest boot says; UNSAID else."""
        life = self.seats.get(seat)
        return (life and life.driver) or UNSAID


def _without_future_times(deed: Deed, now: datetime) -> Deed:
    """A deed with times of the future as now."""
    # A seat whose clock runs ahead must not count hours that have not been.
    if deed.until <= now:
        return deed
    start, last = (None if at is None else min(at, now) for at in (deed.start, deed.last))
    return deed._replace(at=min(deed.at, now), start=start, last=last)


def measure_density(spells: Iterable[Spells], window: Span) -> dict[str, float]:
    """`open_s` and `claimed_s`, the seconds in which seats were open and had a claim, and `density`, their
    ratio (absent where no seat was open)."""
    by_seat = list(spells)
    opened = sum(total_seconds(intersect_spans(seat_spells.open, [window])) for seat_spells in by_seat)
    claimed = sum(total_seconds(intersect_spans(seat_spells.claimed, [window])) for seat_spells in by_seat)
    return record_of_share(opened, claimed)


def record_of_share(opened: float, claimed: float) -> dict[str, float]:
    """Seconds open and with a claim, and their ratio, as JSON has them."""
    record = {"open_s": round(opened, 3), "claimed_s": round(claimed, 3)}
    return record | ({"density": round(claimed / opened, 4)} if opened else {})
