"""Stretches of time, and what they have in common.

A list of spans here is in order and disjoint, as `unite_spans` gives it, and holds no empty one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple

EVER = datetime.min.replace(tzinfo=UTC)
"""Before every post."""


class Span(NamedTuple):
    """From `start` up to `end`, aware times in UTC. One that ends before it starts is empty."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Its length."""
        return max(0.0, (self.end - self.start).total_seconds())


def unite_spans(spans: Iterable[Span]) -> list[Span]:
    """Any spans as a list in order: those that touch are one, empty ones are gone."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def intersect_spans(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The time that lies in both lists."""
    found: list[Span] = []
    a = b = 0
    while a < len(some) and b < len(others):
        both = Span(max(some[a].start, others[b].start), min(some[a].end, others[b].end))
        if both.start < both.end:
            found.append(both)
        if some[a].end < others[b].end:
            a += 1
        else:
            b += 1
    return found


def subtract_spans(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The time of `some` that does not lie in `others`."""
    if not some:
        return []
    edges = [some[0].start, *(edge for span in others for edge in (span.start, span.end)), some[-1].end]
    # A pair ends before it starts where others reach beyond the ends; `unite_spans` leaves it out.
    between = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)]
    return intersect_spans(some, unite_spans(between))


def cut_spans(spans: Sequence[Span], times: Sequence[datetime], least: timedelta) -> Iterator[Span]:
    """The spans, cut in two wherever one of the times (in order) lies inside; what is longer than `least`."""
    for span in spans:
        inside = times[bisect_right(times, span.start) : bisect_left(times, span.end)]
        for start, end in pairwise((span.start, *inside, span.end)):
            if end - start > least:
                yield Span(start, end)


def total_seconds(spans: Iterable[Span]) -> float:
    """Their length together, in seconds."""
    return sum(span.seconds for span in spans)


class Measure:
    """Spans that are asked how much of other stretches of time lies in them, each in the time of a search."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._before = [0.0, *accumulate(span.seconds for span in spans)]

    def seconds_in(self, span: Span) -> float:
        """The seconds of a span that lie in these."""
        return max(0.0, self._until(span.end) - self._until(span.start))

    def _until(self, at: datetime) -> float:
        place = bisect_right(self._spans, at, key=lambda span: span.start)
        if not place:
            return 0.0
        return (
            self._before[place - 1]
            + Span(self._spans[place - 1].start, min(at, self._spans[place - 1].end)).seconds
        )


def split_by_day(spans: Iterable[Span]) -> Iterator[tuple[date, float]]:
    """The seconds of each span in each UTC day that it touches."""
    for span in spans:
        start = span.start
        while start < span.end:
            day = start.date()
            end = min(span.end, datetime.combine(day + timedelta(days=1), time(), UTC))
            yield day, (end - start).total_seconds()
            start = end
