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
from ledger.core.stats.counts import group_rows_by
from ledger.core.stats.figures import Figures, measure_density
from ledger.core.stats.spans import EVER, Span, intersect_spans, total_seconds

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


def find_clean_drivers(figures: Figures) -> list[Clean]:
    """Every driver that posted, by name, whatever the window."""
    done = group_rows_by(figures.find(*POSTED, LOSS), lambda deed: figures.driver_of_seat(deed.seat))
    return [_judge_driver(driver, done[driver], figures.now) for driver in sorted(done)]


def _judge_driver(driver: str, done: Sequence[Deed], now: datetime) -> Clean:
    collisions = [deed.at for deed in done if deed.what == LOSS]
    since = max(collisions) if collisions else min(deed.at for deed in done)
    # Neither the day it happened nor today is a whole one.
    return Clean(driver, max(0, (now.date() - since.date()).days - 1), since, bool(collisions))


def record_of_gates(figures: Figures) -> dict[str, Any]:
    """Both gates and what they are judged by, as JSON has them."""
    drivers = find_clean_drivers(figures)
    bypasses = [entry for entry in figures.openings if entry.bypass]
    filed = group_rows_by(figures.openings, lambda entry: namespace_of(entry.item))
    reserved = [name for name in sorted(filed) if all(entry.reserved for entry in filed[name])]
    record = {
        "gates": [
            _record_of_days_gate(drivers),
            _record_of_numbers_gate(figures, set(filed) - set(reserved), len(bypasses)),
        ],
        "clean_days": [
            {
                "driver": entry.driver,
                "days": entry.days,
                "since": format_timestamp(entry.since),
                "collided": entry.collided,
            }
            for entry in drivers
        ],
        "never_posted": _list_never_clean(drivers),
        "all_reserved": reserved,
        "not_all_reserved": sorted(set(filed) - set(reserved)),
        "bypasses": {"landed": len(bypasses), "posts": [entry.post for entry in bypasses]},
        "blocked_after_ruling": _record_of_blocked_time(figures),
    }
    return record | ({"density": _record_of_densities(figures)} if figures.since else {})


def _list_never_clean(drivers: Iterable[Clean]) -> list[str]:
    seen = {driver.driver for driver in drivers}
    return [driver for driver in DRIVERS if driver not in seen]


def _record_of_days_gate(drivers: list[Clean]) -> dict[str, Any]:
    short = [f"{clean.driver} has {clean.days}" for clean in drivers if clean.days < CLEAN_DAYS]
    why = ", ".join(short) if short else f"every driver that posted has at least {CLEAN_DAYS}"
    never = _list_never_clean(drivers)
    words = f"; never posted: {', '.join(never)}" if never else ""
    return {
        "gate": "clean-days",
        "met": bool(drivers) and not short,
        "why": (why if drivers else "nobody has posted") + words,
        "judged_by": "whole UTC days since the last collision by a seat of each driver, else its first post",
    }


def _record_of_numbers_gate(figures: Figures, open_names: set[str], bypasses: int) -> dict[str, Any]:
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


def _record_of_blocked_time(figures: Figures) -> dict[str, Any]:
    """The time that tickets stayed BLOCKED past the ruling that they waited for."""
    spent = [
        (overdue.item, total_seconds(intersect_spans([overdue.span], [figures.window])))
        for overdue in figures.overdue
    ]
    items = [{"item": item, "seconds": round(seconds, 3)} for item, seconds in spent if seconds]
    return {"seconds": round(sum(seconds for _, seconds in spent), 3), "items": items}


def _record_of_densities(figures: Figures) -> dict[str, Any]:
    """ClaimSpan density before and after `since`."""
    spells = figures.spells.values()
    before = measure_density(spells, Span(EVER, figures.window.start))
    return {"before": before, "after": measure_density(spells, figures.window)}
