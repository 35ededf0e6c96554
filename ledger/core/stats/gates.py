"""The two gates of a fleet that has grown up: seven clean days under every driver, and every number reserved.

They are judged by what landed. A write that was refused leaves no post, so how many there were is not known.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ledger.core.board.deeds import LOSS, POSTED, Deed
from ledger.core.dataclass import dataclass
from ledger.core.feed.fields import DRIVERS
from ledger.core.ids import format_timestamp, namespace_of
from ledger.core.stats.counts import grouped
from ledger.core.stats.figures import Figures, density
from ledger.core.stats.spans import EVER, Span, common, total

UNCOUNTED = "how many were refused is not known, as no guard here keeps count"
CLEAN_DAYS = 7
"""Whole days without a collision that each driver needs."""


@dataclass(frozen=True, slots=True)
class Clean:
    """The whole UTC days that lie between now and the last collision of a driver's seats, or, where there
    was none (`collided` is false), their first post; a day without a post is clean too."""

    driver: str
    days: int
    since: datetime
    collided: bool


def clean(figures: Figures) -> list[Clean]:
    """Every driver that posted, by name, whatever the window."""
    done = grouped(figures.find(*POSTED, LOSS), lambda deed: figures.driver(deed.seat))
    return [_clean(driver, done[driver], figures.now) for driver in sorted(done)]


def _clean(driver: str, done: Sequence[Deed], now: datetime) -> Clean:
    collisions = [one.at for one in done if one.what == LOSS]
    since = max(collisions) if collisions else min(one.at for one in done)
    return Clean(driver, max(0, (now.date() - since.date()).days - 1), since, bool(collisions))


def gates_record(figures: Figures) -> dict[str, Any]:
    """Both gates and what they are judged by, as JSON has them."""
    drivers = clean(figures)
    bypasses = [one for one in figures.openings if one.bypass]
    filed = grouped(figures.openings, lambda one: namespace_of(one.item))
    reserved = [name for name in sorted(filed) if all(one.reserved for one in filed[name])]
    told = {
        "gates": [_days_gate(drivers), _numbers_gate(figures, set(filed) - set(reserved), len(bypasses))],
        "clean_days": [
            {
                "driver": one.driver,
                "days": one.days,
                "since": format_timestamp(one.since),
                "collided": one.collided,
            }
            for one in drivers
        ],
        "never_posted": _never(drivers),
        "all_reserved": reserved,
        "not_all_reserved": sorted(set(filed) - set(reserved)),
        "bypasses": {"landed": len(bypasses), "posts": [one.post for one in bypasses]},
        "blocked_after_ruling": _blocked(figures),
    }
    return told | ({"density": _densities(figures)} if figures.since else {})


def _never(drivers: Iterable[Clean]) -> list[str]:
    seen = {one.driver for one in drivers}
    return [one for one in DRIVERS if one not in seen]


def _days_gate(drivers: list[Clean]) -> dict[str, Any]:
    short = [f"{one.driver} has {one.days}" for one in drivers if one.days < CLEAN_DAYS]
    why = ", ".join(short) if short else f"every driver that posted has at least {CLEAN_DAYS}"
    never = _never(drivers)
    words = f"; never posted: {', '.join(never)}" if never else ""
    return {
        "gate": "clean-days",
        "met": bool(drivers) and not short,
        "why": (why if drivers else "nobody has posted") + words,
        "judged_by": "whole UTC days since the last collision by a seat of each driver, else its first post",
    }


def _numbers_gate(figures: Figures, open_names: set[str], bypasses: int) -> dict[str, Any]:
    since = f"since {format_timestamp(figures.since)}" if figures.since else "since the first post"
    if not figures.openings:
        why = f"nothing was opened {since}"
    elif open_names:
        why = (
            f"not all openings were reserved in {', '.join(sorted(open_names))}; bypasses landed: {bypasses}"
        )
    else:
        why = f"every opening {since} was reserved"
    read = "the reservations" if figures.series is not None else "the posts that a swap landed (offline)"
    return {
        "gate": "all-reserved",
        "met": bool(figures.openings) and not open_names,
        "why": why,
        "judged_by": f"what landed {since}, by {read}; {UNCOUNTED}",
    }


def _blocked(figures: Figures) -> dict[str, Any]:
    """The time that tickets stayed BLOCKED past the ruling that they waited for."""
    spent = [(one.item, total(common([one.span], [figures.window]))) for one in figures.overdue]
    items = [{"item": item, "seconds": round(seconds, 3)} for item, seconds in spent if seconds]
    return {"seconds": round(sum(seconds for _, seconds in spent), 3), "items": items}


def _densities(figures: Figures) -> dict[str, Any]:
    """ClaimSpan density before and after `since`."""
    known = figures.spells.values()
    before = density(known, Span(EVER, figures.window.start))
    return {"before": before, "after": density(known, figures.window)}
