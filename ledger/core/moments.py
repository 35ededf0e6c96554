"""Times as people say them: how long ago something was, and from when on they want to see."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from re import ASCII, Match

from ledger.core.durations import LONGEST
from ledger.core.ids import parse_day_or_time
from ledger.core.lazy_pattern import LazyPattern

FORMS = "90m, 2h, 3d, 1w, today, yesterday, 2026-11-20 or 2026-11-20T03:38:57Z"
"""What a person may write for a time in the past."""

_DAY = 86_400
_SIZES: Mapping[str, int] = {
    "y": 365 * _DAY,
    "mo": 30 * _DAY,
    "w": 7 * _DAY,
    "d": _DAY,
    "h": 3_600,
    "min": 60,
}
"""Units from the largest on, in seconds."""
_LEAST: Mapping[str, int] = {"w": 14 * _DAY, "mo": 70 * _DAY}
"""How long a time must be to be told in a unit, where that is more than one of it: 13 days are no week."""
_UNITS: Mapping[str, str] = {"s": "s", "sec": "s", "m": "min", "min": "min", "h": "h", "hour": "h"} | {
    "d": "d",
    "day": "d",
    "w": "w",
    "week": "w",
}
_match_length = LazyPattern(r"([0-9]{1,6}) ?(s|sec|m|min|h|hour|d|day|w|week)s?(?: ago)?").fullmatch
_replace_times = LazyPattern(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]{3})?Z\b", ASCII).sub
_DAYS: Mapping[str, Callable[[datetime], datetime]] = {
    "now": lambda now: now,
    "today": lambda now: _begin_day(now),
    "yesterday": lambda now: _begin_day(now) - timedelta(days=1),
}


def format_age(age: timedelta) -> str:
    """A length of time in its largest unit, cut and not rounded: `40 s`, `12 min`, `2 h`, `3 d`, `5 w`."""
    seconds = max(0, int(age.total_seconds()))
    for unit, size in _SIZES.items():
        if seconds >= _LEAST.get(unit, size):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def format_ago(moment: datetime, now: datetime) -> str:
    """When something was or will be, as seen from now: `2 h ago`, `in 3 min`, `now`."""
    if abs(now - moment) < timedelta(seconds=1):
        return "now"
    return f"{format_age(now - moment)} ago" if moment < now else f"in {format_age(moment - now)}"


def tell_ages(words: str, now: datetime) -> str:
    """A sentence in which each time in UTC has its age behind it: `since 03:38Z (2 h ago)`."""

    def tell_time(found: Match[str]) -> str:
        moment = parse_day_or_time(found[0])
        if moment is None:
            return found[0]
        day = "" if moment.date() == now.date() else f"{moment:%Y-%m-%d} "
        return f"{day}{moment:%H:%M}Z ({format_ago(moment, now)})"

    # Most sentences have no time: for them the pattern is not even compiled.
    return _replace_times(tell_time, words) if "Z" in words else words


def parse_length(text: str) -> timedelta | None:
    """The length of time that a person wrote, as `90m`, `2 h`, `3 days`, `1w`, at most LONGEST.

    None when it is none, or longer.
    """
    found = _match_length(text.strip().lower())
    if found is None:
        return None
    # Six digits of weeks are far from the end of timedelta: nothing overflows before it is compared.
    length = timedelta(seconds=int(found[1]) * _SIZES.get(_UNITS[found[2]], 1))
    return length if length <= LONGEST else None


def parse_moment(text: str, now: datetime) -> datetime | None:
    """The time in UTC that a person wrote as one of FORMS; None when it is none."""
    word = text.strip().lower()
    if word in _DAYS:
        return _DAYS[word](now)
    length = parse_length(word)
    return parse_day_or_time(text) if length is None else now - length


def _begin_day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
