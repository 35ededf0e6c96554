"""The figures as JSON-ready rows: the fleet, and by seat, driver, lane, namespace and day."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from ledger.core.ids import namespace_of
from ledger.core.queue.seat_view import lane_of
from ledger.core.stats.counts import (
    Counts,
    What,
    group_counts_by,
    group_rows_by,
    record_of_counts,
    record_of_waits,
)
from ledger.core.stats.figures import Figures, measure_density, record_of_share
from ledger.core.stats.openings import Opening
from ledger.core.stats.spans import Measure, Span, intersect_spans, split_by_day, total_seconds
from ledger.core.stats.spells import Spells

Row = dict[str, Any]
COLLISIONS = (What.LANDED, What.PREVENTED)


def record_of_figures(figures: Figures) -> Row:
    """Everything that is counted in the window."""
    return {
        "fleet": measure_density(figures.spells_of_workers.values(), figures.window)
        | record_of_counts(figures.counts_in_window),
        "offer_to_claim": _record_of_offers(figures),
        "seats": _records_of_seats(figures),
        "drivers": _records_of_drivers(figures),
        "lanes": _records_of_lanes(figures),
        "namespaces": _records_of_namespaces(figures),
        "days": _records_of_days(figures),
    }


def _record_of_offers(figures: Figures) -> Row:
    taken = sum(count for counted, count in figures.counts_in_window.items() if counted.what is What.TAKEN)
    return record_of_waits(figures.counts_in_window) | {"claimed": taken, "waiting": len(figures.waiting)}


def _records_of_seats(figures: Figures) -> list[Row]:
    """A row a seat that was open in the window or did something, the longest open first."""
    done = group_counts_by(figures.counts_in_window, lambda counted: counted.seat)
    rows = [_record_of_seat(figures, seat, done.get(seat, {})) for seat in {**figures.spells, **done}]
    shown = [row for row in rows if row["open_s"] or row["seat"] in done]
    return sorted(shown, key=lambda row: (-row["open_s"], row["seat"]))


def _record_of_seat(figures: Figures, seat: str, done: Counts) -> Row:
    own = [figures.spells[seat]] if seat in figures.spells else []
    dark = [span for spells in own for span in intersect_spans(spells.dark, [figures.window])]
    record: Row = {"seat": seat, "role": figures.config.role(seat), "driver": figures.driver_of_seat(seat)}
    record |= measure_density(own, figures.window)
    return (
        record | {"dark_spells": len(dark), "dark_s": round(total_seconds(dark), 3)} | record_of_counts(done)
    )


def _records_of_drivers(figures: Figures) -> list[Row]:
    seats: dict[str, list[str]] = {}
    for seat in figures.spells:
        seats.setdefault(figures.driver_of_seat(seat), []).append(seat)
    done = group_counts_by(figures.counts_in_window, lambda counted: figures.driver_of_seat(counted.seat))
    return [
        {"driver": driver, "seats": len(its)}
        | measure_density(
            (figures.spells_of_workers[seat] for seat in its if seat in figures.spells_of_workers),
            figures.window,
        )
        | record_of_counts(done.get(driver, {}))
        for driver, its in sorted(seats.items())
    ]


def _records_of_lanes(figures: Figures) -> list[Row]:
    """A row a lane that saw something in the window, or in which a ticket waits."""
    done = group_counts_by(figures.counts_in_window, lambda counted: counted.lane)
    done.pop("", None)
    waiting = Counter(lane_of(ticket, figures.config) for ticket in figures.waiting)
    claimed: dict[str, float] = {}
    for seat, spells in figures.spells.items():
        opened = Measure(intersect_spans(spells.open, [figures.window]))
        for claim in figures.claims[seat]:
            claimed[claim.lane] = claimed.get(claim.lane, 0.0) + opened.seconds_in(claim.counted)
    return [
        {"lane": lane, "claimed_s": round(claimed.get(lane, 0.0), 3), "waiting": waiting[lane]}
        | record_of_counts(done.get(lane, {}))
        for lane in sorted({*done, *waiting})
    ]


def _records_of_namespaces(figures: Figures) -> list[Row]:
    filed = group_rows_by(figures.openings, lambda opening: namespace_of(opening.item))
    lost = {
        counted: count for counted, count in figures.counts_in_window.items() if counted.what in COLLISIONS
    }
    collided = group_counts_by(lost, lambda counted: namespace_of(counted.item))
    return [
        _record_of_namespace(name, filed.get(name, []), collided.get(name, {}))
        for name in sorted({*filed, *collided})
    ]


def _record_of_namespace(name: str, filed: Sequence[Opening], collided: Counts) -> Row:
    counts = record_of_counts(collided)
    return {
        "namespace": name,
        "openings": len(filed),
        "reserved": sum(opening.reserved for opening in filed),
        "bypasses": sum(opening.bypass for opening in filed),
        **{str(what): counts[what] for what in COLLISIONS},
    }


def _records_of_days(figures: Figures) -> list[Row]:
    """A row a UTC day on which a seat was open or did something, the newest first."""
    done = group_counts_by(figures.counts_in_window, lambda counted: counted.day)
    opened = _seconds_per_day(figures, lambda spells: spells.open)
    claimed = _seconds_per_day(figures, lambda spells: spells.claimed)
    return [
        {"day": day.isoformat()}
        | record_of_share(opened.get(day, 0.0), claimed.get(day, 0.0))
        | record_of_counts(done.get(day, {}))
        for day in sorted({*done, *opened}, reverse=True)
    ]


def _seconds_per_day(figures: Figures, part: Callable[[Spells], Sequence[Span]]) -> dict[date, float]:
    found: dict[date, float] = {}
    for spells in figures.spells_of_workers.values():
        for day, seconds in split_by_day(intersect_spans(part(spells), [figures.window])):
            found[day] = found.get(day, 0.0) + seconds
    return found
