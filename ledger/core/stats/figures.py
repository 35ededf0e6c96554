"""All that is counted of one feed, up to now and from one moment on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.model import Post, SeatLife
from ledger.core.stats.claims import ClaimSpan, claims
from ledger.core.stats.deeds import Deed, posted, worked
from ledger.core.stats.offers import Offers, offers
from ledger.core.stats.openings import Opening, Reserved, openings, prevented
from ledger.core.stats.overdue import Overdue, overdue
from ledger.core.stats.replay import Step, replay
from ledger.core.stats.spans import EVER, Span, common, total
from ledger.core.stats.spells import Spells, spells

UNSAID = "none said"
"""The driver of a seat whose newest boot names none, or that never booted."""


@dataclass(frozen=True)
class Figures:
    """The figures of posts that stand in feed order, and of the seats that they add up to.

    `since` None is the whole feed. What began before `since` counts with the part of it that lies behind.
    """

    posts: tuple[Post, ...]
    seats: Mapping[str, SeatLife]
    config: Config
    series: Reserved
    now: datetime
    since: datetime | None = None

    @cached_property
    def window(self) -> Span:
        """From `since`, or ever, till now."""
        return Span(self.since or EVER, self.now)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every post and what it changed."""
        return tuple(replay(self.posts, self.now))

    @cached_property
    def claims(self) -> tuple[ClaimSpan, ...]:
        """Every claim."""
        return tuple(claims(self.steps, self.config, self.now))

    @cached_property
    def spells(self) -> Mapping[str, Spells]:
        """The time of every seat."""
        return spells(self.steps, self.claims, self.config, self.now)

    @cached_property
    def working(self) -> Mapping[str, Spells]:
        """The time of every seat that may claim. A strat never does: its hours are no part of a density."""
        return {seat: one for seat, one in self.spells.items() if self.config.role(seat) != "strat"}

    @cached_property
    def offers(self) -> Offers:
        """Every offer that was taken or stands."""
        return offers(self.steps, self.config)

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """Every opening."""
        return tuple(openings(self.steps, self.config, self.series))

    @cached_property
    def overdue(self) -> tuple[Overdue, ...]:
        """Every wait that went on past its ruling."""
        return tuple(overdue(self.steps, self.now))

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """Everything that happened, since ever."""
        given = prevented(self.openings, self.config, self.series, self.now)
        done = worked(self.claims, self.offers.taken, given, self.config)
        return (*posted(self.steps, self.config), *done)

    @cached_property
    def recent(self) -> tuple[Deed, ...]:
        """What happened in the window."""
        return tuple(one for one in self.deeds if one.at >= self.window.start)

    @cached_property
    def opened(self) -> tuple[Opening, ...]:
        """The openings in the window."""
        return tuple(one for one in self.openings if one.at >= self.window.start)

    def driver(self, seat: str) -> str:
        """What drives a seat, as its newest boot says; UNSAID else."""
        life = self.seats.get(seat)
        return (life and life.driver) or UNSAID


def density(spells: Iterable[Spells], window: Span) -> dict[str, float]:
    """`open_s` and `claimed_s`, the seconds in which seats were open and had a claim, and `density`, their
    ratio (absent where no seat was open)."""
    known = list(spells)
    opened = sum(total(common(one.open, [window])) for one in known)
    claimed = sum(total(common(one.claimed, [window])) for one in known)
    return share(opened, claimed)


def share(opened: float, claimed: float) -> dict[str, float]:
    """Seconds open and with a claim, and their ratio, as JSON has them."""
    told = {"open_s": round(opened, 3), "claimed_s": round(claimed, 3)}
    return told | ({"density": round(claimed / opened, 4)} if opened else {})
