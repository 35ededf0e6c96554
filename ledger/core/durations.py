"""Lengths of time as settings and directives spell them: a number and ms, s, m, h or d."""

import re
from datetime import timedelta

FORM = "write a number and ms, s, m, h or d, like 20m"
"""What to do about a text that is no duration."""
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_form = re.compile(r"([1-9][0-9]{0,5})(ms|s|m|h|d)").fullmatch


def read_duration(text: str) -> timedelta | None:
    """The duration that a text spells; None when it spells none."""
    found = _form(text)
    return int(found[1]) * _UNITS[found[2]] if found else None


def write_duration(value: timedelta) -> str:
    """A duration in the largest unit that fits: `20m`."""
    unit = next(name for name, size in reversed(_UNITS.items()) if not value % size)
    return f"{value // _UNITS[unit]}{unit}"
