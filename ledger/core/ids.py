"""The grammar of names: seats, tickets, series, post ids, times, and the refs that reserve numbers.

All of it is ASCII and matched whole. A ticket is spelled by a `Pattern` of its namespace; what it
means is a `Number`: a place in a series.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.core.lazy_pattern import LazyPattern

MAX_NUMBER = 999_999_999
"""The highest number of a series: so a ticket has 9 digits of its own at most."""
_NUMBER_DIGITS = 9
YEARS = range(1970, 2200)
"""The years in which a post may be: any duration of the settings can be added to such a time."""
_EXAMPLE_DAY = date(2026, 11, 20)

# git-check-ref-format(1) refuses `..`, and a dot or `.lock` at the end: seats stand in names of refs.
_SEAT = r"(?!.*\.\.)(?!.*\.(?:[Ll][Oo][Cc][Kk])?$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_NAMESPACE = r"[A-Z][A-Z0-9]{0,15}"
_LANE = r"[^\s,]{1,64}"
_LABEL = r"[^\W_][\w.:/+-]{0,39}"
_PERIOD = r"(?:-(?:[0-9]{8}|[0-9]{4}))?"
_TICKET = rf"{_NAMESPACE}{_PERIOD}-[0-9]{{1,18}}"
_POST_ID = (
    r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{3})Z"
    r"-([a-z0-9][a-z0-9._-]{0,63})-([0-9a-f]{16})"
)
NAME_PATTERNS: Final = {"seat": _SEAT, "lane": _LANE, "ticket": _TICKET, "post": _POST_ID}
"""How names are spelled from end to end, in regular expressions that other languages read too."""

_match_seat = re.compile(_SEAT).fullmatch
_match_lane = re.compile(_LANE).fullmatch
_match_label = LazyPattern(_LABEL).fullmatch
_match_namespace = re.compile(_NAMESPACE).fullmatch
_match_ticket = re.compile(_TICKET).fullmatch
_match_series = re.compile(rf"{_NAMESPACE}({_PERIOD})").fullmatch
_match_timestamp = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z").fullmatch
_match_post_id = re.compile(_POST_ID).fullmatch
_match_nonce = re.compile(r"[0-9a-f]{16}").fullmatch
_match_number = re.compile(r"[1-9][0-9]{0,8}").fullmatch
_match_pattern = re.compile(rf"({_NAMESPACE})-(?:\{{(yyyymmdd|yyyy)\}}(-)?)?\{{n(?::0([1-9]))?\}}").fullmatch


def is_seat(text: str) -> bool:
    """True for a seat's name. `.lock` at the end is refused in any case, as some disks fold case."""
    return _match_seat(text) is not None


def is_lane(text: str) -> bool:
    """True for a lane: one word of up to 64 characters without a comma."""
    return _match_lane(text) is not None


def is_label(text: str) -> bool:
    """True for a label: a letter or digit of any script, then up to 39 of these and `_ . : / + -`."""
    return _match_label(text) is not None


def is_namespace(text: str) -> bool:
    """True for `CMB`: an upper-case letter and up to 15 letters and digits."""
    return _match_namespace(text) is not None


def is_ticket(text: str) -> bool:
    """True for anything spelled like a ticket, whatever the config: `CMB-0107`, `ORA-2026-0001`."""
    return _match_ticket(text) is not None


@lru_cache(maxsize=256)  # asked for each of a hundred thousand reservations, of a few series
def is_series(text: str) -> bool:
    """True for `CMB`, `ORA-2026` and `FLT-20261120`; a year or day must be in the calendar."""
    found = _match_series(text)
    return found is not None and _is_in_calendar(found[1][1:])


def is_post_id(text: str) -> bool:
    """True for `<YYYYMMDDTHHMMSSmmmZ>-<seat, lower case>-<nonce, 16 hex>` with a real date."""
    return parse_post_id(text) is not None


def is_nonce(text: str) -> bool:
    """True for 16 hex digits in lower case."""
    return _match_nonce(text) is not None


def namespace_of(ticket: str) -> str:
    """The namespace of a ticket or series: what stands before the first dash."""
    return ticket.partition("-")[0]


def format_timestamp(at: datetime) -> str:
    """Spell an aware time as posts do: `2026-11-20T03:38:57.123Z`, UTC, milliseconds, cut."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    # Cut and not rounded: a rounded time could lie ahead of the clock that it was read from.
    return utc.isoformat("T", "milliseconds")[:23] + "Z"


def parse_timestamp(text: str) -> datetime | None:
    """Read exactly what `stamp` writes; None for any other form, date or year."""
    if _match_timestamp(text) is None or int(text[:4]) not in YEARS:
        return None
    try:
        # `fromisoformat` takes more forms than this one since Python 3.11; the pattern has let one through.
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def parse_day_or_time(text: str) -> datetime | None:
    """Read a day or a time that a person wrote, as UTC unless it says otherwise; None when it is neither."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the last one of a time zone at the end of the calendar
        return None


@dataclass(frozen=True, slots=True)
class PostId:
    """The parts of a post id. The seat is in lower case, as the id spells it."""

    at: datetime
    seat: str
    nonce: str


def make_post_id(at: datetime, seat: str, nonce: str) -> str:
    """The id of a post by `seat` at `at` (aware); `nonce` is 16 hex digits in lower case."""
    return f"{compact_timestamp(at)}-{seat.lower()}-{nonce}"


def compact_timestamp(at: datetime) -> str:
    """A time as the ids of posts begin with it: `20261120T033857123Z`."""
    return format_timestamp(at).replace("-", "").replace(":", "").replace(".", "")


def path_of_post(name: str) -> str:
    """Where a post stands, from the repository's root: `feed/YYYY/MM/DD/HH/MM/<post id>.md`."""
    day, time = name[:8], name[9:13]
    return f"feed/{day[:4]}/{day[4:6]}/{day[6:]}/{time[:2]}/{time[2:]}/{name}.md"


def parse_post_id(text: str) -> PostId | None:
    """Take a post id apart; None when it is none, or its date or seat cannot be."""
    found = _match_post_id(text)
    # The pattern of ids lets `a..b` and `a.lock` through, which are no seats.
    if found is None or not is_seat(found[8]):
        return None
    year, month, day, hour, minute, second, milli, seat, nonce = found.groups()
    at = parse_timestamp(f"{year}-{month}-{day}T{hour}:{minute}:{second}.{milli}Z")
    return None if at is None else PostId(at, seat, nonce)


@dataclass(frozen=True, slots=True)
class Number:
    """What a ticket means: the `n`-th (1 to MAX_NUMBER) of its series."""

    series: str
    n: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a namespace spells its tickets, e.g. `CMB-{n:04}` or `FLT-{yyyymmdd}{n:02}`.

    `period` is the count of date digits (0, 4 or 8), `dash` whether one stands between date and
    number, `width` the least digits of the number, 1 to 9, filled with zeros.
    """

    namespace: str
    period: int
    dash: bool
    width: int

    @staticmethod
    def parse_pattern(namespace: str, text: str) -> "Pattern | str":
        """Read a pattern of `namespace`; a text says what is wrong with it."""
        found = _match_pattern(text)
        if found is None:
            return (
                f'pattern "{text}" is not `{namespace}-`, then maybe `{{yyyy}}` or `{{yyyymmdd}}` and maybe '
                "`-`, then `{n}` or `{n:04}`"
            )
        if found[1] != namespace:
            return f'pattern "{text}" of {namespace} must begin with `{namespace}-`'
        return Pattern(namespace, len(found[2] or ""), found[3] is not None, int(found[4] or 1))

    def __str__(self) -> str:
        dated = f"{{{'yyyymmdd'[: self.period]}}}" if self.period else ""
        number = f"{{n:0{self.width}}}" if self.width > 1 else "{n}"
        return f"{self.namespace}-{dated}{'-' if self.dash else ''}{number}"

    def series_on_day(self, day: date) -> str:
        """The series in which a ticket filed on `day` (UTC) counts."""
        digits = f"{day.year:04}{day.month:02}{day.day:02}"[: self.period]
        return f"{self.namespace}-{digits}" if digits else self.namespace

    def spell_ticket(self, series: str, n: int) -> str:
        """The one spelling of the `n`-th ticket of a series of this pattern."""
        between = "-" if self.dash or not self.period else ""
        return f"{series}{between}{n:0{self.width}}"

    def is_pattern_of(self, series: str) -> bool:
        """True when this pattern spells the tickets of that series."""
        named, _, digits = series.partition("-")
        return named == self.namespace and len(digits) == self.period

    def parse_ticket(self, ticket: str) -> Number | None:
        """What a ticket means; None when this pattern would not spell it so."""
        if not ticket.startswith(f"{self.namespace}-") or not is_ticket(ticket):
            return None
        start = len(self.namespace) + (1 + self.period if self.period else 0)
        series, digits = ticket[:start], ticket[start:].removeprefix("-")
        # `isdigit` takes digits of other scripts too; `is_ticket` has let ASCII alone through.
        if not digits.isdigit() or (self.period and not is_series(series)):
            return None
        n = int(digits)
        if not 1 <= n <= MAX_NUMBER or self.spell_ticket(series, n) != ticket:
            return None
        return Number(series, n)


def explain_clash(a: Pattern, b: Pattern) -> str | None:
    """Why two different patterns of one namespace cannot live together, None when they can.

    Either they count in the same series and spell one number in two ways, or one ticket could be
    read by both. The second needs both without a dash after the date: then the longer date eats
    digits that the other reads as its number, which has 9 at most.
    """
    if a == b or a.namespace != b.namespace:
        return None
    if a.period == b.period:
        series = a.series_on_day(_EXAMPLE_DAY)
        return (
            f"{a} and {b} spell number 1 of {series} as "
            f"{a.spell_ticket(series, 1)} and {b.spell_ticket(series, 1)}"
        )
    short, long = sorted((a, b), key=lambda pattern: pattern.period)
    # Without a dash the date and the number are one run of digits.
    eaten = long.period - short.period
    if short.dash or long.dash or eaten + long.width > _NUMBER_DIGITS:
        return None
    digits = max(long.width, short.width - eaten)
    ticket = long.spell_ticket(long.series_on_day(_EXAMPLE_DAY), int("1" * digits))
    return f"{a} and {b} both read {ticket}, as two different numbers"


def reservation_prefix(series: str) -> str:
    """The folder of a series' reservations: `refs/reserve/CMB/`."""
    return f"refs/reserve/{series}/"


def reservation_ref(series: str, n: int) -> str:
    """The ref that reserves one number: `refs/reserve/CMB/107`."""
    return f"{reservation_prefix(series)}{n}"


def tip_ref(series: str) -> str:
    """The ref that holds the highest number ever given: `refs/reserve/CMB/tip`."""
    return f"{reservation_prefix(series)}tip"


def parse_reservation_ref(ref: str) -> tuple[str, int] | None:
    """The series and number of a ref below `refs/reserve`, 0 for a tip; None when it is named otherwise."""
    series, _, n = ref.removeprefix("refs/reserve/").rpartition("/")
    if not ref.startswith("refs/reserve/") or not is_series(series) or not (n == "tip" or _match_number(n)):
        return None
    return series, 0 if n == "tip" else int(n)


def _is_in_calendar(digits: str) -> bool:
    """True for a year, or a day as 8 digits, that exists; and for no digits at all."""
    try:
        date.fromisoformat(digits + "20000101"[len(digits) :])
    except ValueError:
        return False
    return True


def is_post_path(path: str) -> bool:
    """True for every Markdown file of the feed but `feed/README.md`."""
    return path.startswith("feed/") and path.endswith(".md") and path != "feed/README.md"
