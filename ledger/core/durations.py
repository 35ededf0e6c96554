"""Lengths of time as settings and directives spell them: a number and ms, s, m, h or d."""

from datetime import timedelta

from ledger.core.lazy_pattern import LazyPattern

FORM = "write a number and ms, s, m, h or d, like 20m, 100 years at most"
"""What to do about a text that is no duration."""
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
LONGEST = timedelta(days=36_500)
"""A hundred years: added to the time of a post it is a time still."""
LEAST_GRACE = timedelta(seconds=1)
"""The shortest time that a challenge may leave for an answer."""
_match_duration = LazyPattern(r"([1-9][0-9]{0,5})(ms|s|m|h|d)").fullmatch


def parse_duration(text: str) -> timedelta | None:
    """The duration that a text spells, at most LONGEST; None when it spells none."""
    # Six digits of the largest unit are far from the end of timedelta, so that nothing overflows before the
    # comparison with LONGEST.
    found = _match_duration(text)
    duration = int(found[1]) * _UNITS[found[2]] if found else None
    return duration if duration is None or duration <= LONGEST else None


def format_duration(value: timedelta) -> str:
    """A duration in the largest unit that fits: `20m`."""
    unit = next(name for name, size in reversed(_UNITS.items()) if not value % size)
    return f"{value // _UNITS[unit]}{unit}"
