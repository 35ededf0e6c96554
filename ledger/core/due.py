"""When a ticket is due, as posts spell it: a day of UTC (`2026-12-01`), or a time (`2026-12-01T17:00Z`).

No right hangs on it: a ticket that is overdue is shown as such, and stays what it was.
"""

from datetime import datetime, timedelta

from ledger.core.durations import LONGEST
from ledger.core.ids import YEARS, format_timestamp, parse_day_or_time
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import NEVER_DUE
from ledger.core.moments import parse_length

FORM = "write a day or a time of UTC, like 2026-12-01 or 2026-12-01T17:00Z"
"""What to do about a text that is neither."""

_DAYS = {"today": "0d", "tomorrow": "1d"}
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_match_due = LazyPattern(rf"{_DAY}(?:T[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]{{3}})?)?Z)?").fullmatch
_match_day = LazyPattern(_DAY).fullmatch


def is_due(text: str) -> bool:
    """Whether a text is a day or time of the calendar as posts spell one, or NEVER_DUE."""
    return text == NEVER_DUE or (_match_due(text) is not None and _parse_moment(text) is not None)


def end_of_due(due: str) -> datetime:
    """From when on a ticket is overdue: after the time, or once the day is over. `due` is one of `is_due`."""
    moment = datetime.fromisoformat(f"{due}T00:00Z" if _match_day(due) else due)
    return moment + timedelta(days=1) if _match_day(due) else moment


def respell_due(text: str) -> str | None:
    """A day or time that a program wrote as posts spell it; None for what is neither."""
    if is_due(text):
        return text if text != NEVER_DUE else None
    moment = _parse_moment(text)
    return None if moment is None else format_timestamp(moment)


def spell_due(text: str, now: datetime) -> str | None:
    """What a person says as posts spell it: a day stays one, `3d`, `12h` and `tomorrow` count from now; None
    for what is neither."""
    if is_due(text):
        return text
    word = text.strip().lower()
    span = parse_length(_DAYS.get(word, word))
    if span is None:
        parsed = _parse_moment(text)
        return None if parsed is None else format_timestamp(parsed)
    if span > LONGEST:
        return None
    moment = now + span
    return f"{moment:%Y-%m-%d}" if not span % timedelta(days=1) else f"{moment:%Y-%m-%dT%H:%MZ}"


def _parse_moment(text: str) -> datetime | None:
    moment = parse_day_or_time(text)
    # YEARS ends long before datetime does, so that `end_of_due` can add a day to any of them.
    return moment if moment is not None and moment.year in YEARS else None
