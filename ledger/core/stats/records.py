"""The figures as JSON-ready rows: the fleet, and by seat, driver, lane, namespace and day."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from ledger.core.ids import namespace_of
from ledger.core.queue.seat_view import lane_of
from ledger.core.stats.counts import Counts, What, grouped, grouped_counts, tally, waits
from ledger.core.stats.figures import Figures, density, share
from ledger.core.stats.openings import Opening
from ledger.core.stats.spans import Measure, Span, by_day, common, total
from ledger.core.stats.spells import Spells

Row = dict[str, Any]
COLLISIONS = (What.LANDED, What.PREVENTED)


def figures_record(figures: Figures) -> Row:
    """Everything that is counted in the window."""
    return {
        "fleet": density(figures.working.values(), figures.window) | tally(figures.recent),
        "offer_to_claim": _offers(figures),
        "seats": _seats(figures),
        "drivers": _drivers(figures),
        "lanes": _lanes(figures),
        "namespaces": _namespaces(figures),
        "days": _days(figures),
    }


def _offers(figures: Figures) -> Row:
    taken = sum(count for thing, count in figures.recent.items() if thing.what is What.TAKEN)
    return waits(figures.recent) | {"claimed": taken, "waiting": len(figures.waiting)}


def _seats(figures: Figures) -> list[Row]:
    """A row a seat that was open in the window or did something, the longest open first."""
    done = grouped_counts(figures.recent, lambda thing: thing.seat)
    rows = [_seat(figures, seat, done.get(seat, {})) for seat in {**figures.spells, **done}]
    shown = [row for row in rows if row["open_s"] or row["seat"] in done]
    return sorted(shown, key=lambda row: (-row["open_s"], row["seat"]))


def _seat(figures: Figures, seat: str, done: Counts) -> Row:
    known = [figures.spells[seat]] if seat in figures.spells else []
    dark = [span for one in known for span in common(one.dark, [figures.window])]
    told: Row = {"seat": seat, "role": figures.config.role(seat), "driver": figures.driver(seat)}
    told |= density(known, figures.window)
    return told | {"dark_spells": len(dark), "dark_s": round(total(dark), 3)} | tally(done)


def _drivers(figures: Figures) -> list[Row]:
    seats: dict[str, list[str]] = {}
    for seat in figures.spells:
        seats.setdefault(figures.driver(seat), []).append(seat)
    done = grouped_counts(figures.recent, lambda thing: figures.driver(thing.seat))
    return [
        {"driver": driver, "seats": len(its)}
        | density((figures.working[seat] for seat in its if seat in figures.working), figures.window)
        | tally(done.get(driver, {}))
        for driver, its in sorted(seats.items())
    ]


def _lanes(figures: Figures) -> list[Row]:
    """A row a lane that saw something in the window, or in which a ticket waits."""
    done = grouped_counts(figures.recent, lambda thing: thing.lane)
    done.pop("", None)
    waiting = Counter(lane_of(ticket, figures.config) for ticket in figures.waiting)
    claimed: dict[str, float] = {}
    for seat, spells in figures.spells.items():
        opened = Measure(common(spells.open, [figures.window]))
        for claim in figures.claims[seat]:
            claimed[claim.lane] = claimed.get(claim.lane, 0.0) + opened.seconds_in(claim.counted)
    return [
        {"lane": lane, "claimed_s": round(claimed.get(lane, 0.0), 3), "waiting": waiting[lane]}
        | tally(done.get(lane, {}))
        for lane in sorted({*done, *waiting})
    ]


def _namespaces(figures: Figures) -> list[Row]:
    filed = grouped(figures.openings, lambda opening: namespace_of(opening.item))
    lost = {thing: count for thing, count in figures.recent.items() if thing.what in COLLISIONS}
    collided = grouped_counts(lost, lambda thing: namespace_of(thing.item))
    return [
        _namespace(name, filed.get(name, []), collided.get(name, {})) for name in sorted({*filed, *collided})
    ]


def _namespace(name: str, filed: Sequence[Opening], collided: Counts) -> Row:
    counts = tally(collided)
    return {
        "namespace": name,
        "openings": len(filed),
        "reserved": sum(one.reserved for one in filed),
        "bypasses": sum(one.bypass for one in filed),
        **{str(what): counts[what] for what in COLLISIONS},
    }


def _days(figures: Figures) -> list[Row]:
    """A row a UTC day on which a seat was open or did something, the newest first."""
    done = grouped_counts(figures.recent, lambda thing: thing.day)
    opened = _per_day(figures, lambda one: one.open)
    claimed = _per_day(figures, lambda one: one.claimed)
    return [
        {"day": day.isoformat()}
        | share(opened.get(day, 0.0), claimed.get(day, 0.0))
        | tally(done.get(day, {}))
        for day in sorted({*done, *opened}, reverse=True)
    ]


def _per_day(figures: Figures, part: Callable[[Spells], Sequence[Span]]) -> dict[date, float]:
    found: dict[date, float] = {}
    for one in figures.working.values():
        for day, seconds in by_day(common(part(one), [figures.window])):
            found[day] = found.get(day, 0.0) + seconds
    return found
