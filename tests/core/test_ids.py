from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.ids import (
    MAX_NUMBER,
    Number,
    Pattern,
    PostId,
    explain_clash,
    format_timestamp,
    is_lane,
    is_namespace,
    is_post_id,
    is_seat,
    is_series,
    is_ticket,
    make_post_id,
    namespace_of,
    parse_post_id,
    parse_timestamp,
    path_of_post,
    reservation_prefix,
    reservation_ref,
    tip_ref,
)

NONCE = "9c1e07a25b6d4f10"
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "text", ["a", "CLAUDE-CLI-CAMBER-12", "otto-desktop", "0x", "a.b_c", "lock", "a.lockx", "x" * 64]
)
def test_seats(text: str) -> None:
    assert is_seat(text)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("empty", ""),
        ("too long", "x" * 65),
        ("first character", "-a"),
        ("two dots, which git forbids", "a..b"),
        ("dot at the end", "a."),
        ("lock file of git", "a.lock"),
        ("lock file on a disk that folds case", "a.LOCK"),
        ("space", "a b"),
        ("line feed at the end", "a\n"),
        ("slash", "a/b"),
        ("letter that is not ASCII", "é"),
        ("digit that is not ASCII", "a٣"),
    ],
)
def test_no_seats(why: str, text: str) -> None:
    assert not is_seat(text), why


@pytest.mark.parametrize(
    "text",
    ["CMB-0107", "CMB-1", "A-1", "ORA-2026-0001", "FLT-20261120-07", "FLT-2026112007", "A1-" + "9" * 18],
)
def test_tickets(text: str) -> None:
    assert is_ticket(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CMB",
        "CMB-",
        "cmb-0107",
        "CMB-01O7",
        "CMB-123-1",
        "CMB-1-2-3",
        "1A-1",
        "A" * 17 + "-1",
        "CMB-1\n",
        "CMB-٣",
        "CMB--1",
        "CMB-" + "9" * 19,
        " CMB-1",
    ],
)
def test_no_tickets(text: str) -> None:
    assert not is_ticket(text)


def test_a_number_too_long_for_the_machine_is_refused_quickly() -> None:
    assert not is_ticket("CMB-" + "9" * 1_000_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CMB", True),
        ("ORA-2026", True),
        ("FLT-20261120", True),
        ("FLT-20240229", True),
        ("FLT-20260229", False),
        ("FLT-20261320", False),
        ("ORA-0000", False),
        ("ORA-", False),
        ("ORA-202611", False),
        ("ora", False),
    ],
)
def test_series(text: str, expected: bool) -> None:
    assert is_series(text) is expected


def test_small_grammars() -> None:
    assert is_namespace("CMB") and not is_namespace("cmb") and not is_namespace("CMB-1")
    assert is_lane("camber") and is_lane("größe") and not is_lane("two words") and not is_lane("")
    assert namespace_of("ORA-2026-0001") == "ORA" and namespace_of("CMB") == "CMB"


def test_stamps_cut_to_milliseconds_and_are_utc() -> None:
    at = datetime(2026, 11, 20, 5, 38, 57, 123999, tzinfo=timezone(timedelta(hours=2)))
    assert format_timestamp(at) == "2026-11-20T03:38:57.123Z"
    assert parse_timestamp("2026-11-20T03:38:57.123Z") == datetime(
        2026, 11, 20, 3, 38, 57, 123000, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-20",
        "2026-11-20T03:38:57Z",
        "2026-11-20T03:38:57.123",
        "2026-11-20T03:38:57.123+00:00",
        "2026-11-20 03:38:57.123Z",
        "2026-11-20T24:00:00.000Z",
        "2026-02-29T00:00:00.000Z",
        "2026-11-20T03:38:60.000Z",
        "0000-01-01T00:00:00.000Z",
        "2026-11-20T03:38:57.123Z\n",
        "2026-11-2٠T03:38:57.123Z",
        "20261120T033857.123Z",
        "2026-11-20T03:38:57.123456Z",
    ],
)
def test_no_stamps(text: str) -> None:
    assert parse_timestamp(text) is None


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31, 23, 59, 59), timezones=st.just(UTC))


@pytest.mark.parametrize("year", ["0001", "1969", "2200", "9999"])
def test_no_stamps_of_years_to_which_no_duration_can_be_added(year: str) -> None:
    assert parse_timestamp(f"{year}-06-01T00:00:00.000Z") is None


@given(MOMENTS)
def test_stamps_come_back(at: datetime) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert parse_timestamp(format_timestamp(at)) == at


@given(MOMENTS, st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True))
def test_post_ids_come_back(at: datetime, seat: str) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert parse_post_id(make_post_id(at, seat, NONCE)) == PostId(at, seat.lower(), NONCE)


def test_post_path() -> None:
    at = datetime(2026, 11, 20, 3, 38, 57, 123000, tzinfo=UTC)
    name = make_post_id(at, "CLAUDE-CLI-CAMBER-12", NONCE)
    assert name == "20261120T033857123Z-claude-cli-camber-12-9c1e07a25b6d4f10"
    assert path_of_post(name) == f"feed/2026/11/20/03/38/{name}.md"


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("upper-case seat", f"20261120T033857123Z-Camber-{NONCE}"),
        ("no such day", f"20260231T033857123Z-camber-{NONCE}"),
        ("no such hour", f"20261120T243857123Z-camber-{NONCE}"),
        ("no seat", f"20261120T033857123Z-{NONCE}"),
        ("a seat that is none", f"20261120T033857123Z-a..b-{NONCE}"),
        ("short nonce", "20261120T033857123Z-camber-9c1e07a25b6d4f1"),
        ("upper-case nonce", f"20261120T033857123Z-camber-{NONCE.upper()}"),
        ("suffix", f"20261120T033857123Z-camber-{NONCE}.md"),
    ],
)
def test_no_post_ids(why: str, text: str) -> None:
    assert parse_post_id(text) is None and not is_post_id(text), why


PATTERNS = {
    "CMB-{n:04}": ("CMB", 7, "CMB-0007"),
    "CMB-{n}": ("CMB", 7, "CMB-7"),
    "CMB-{yyyy}-{n:04}": ("CMB-2026", 12345, "CMB-2026-12345"),
    "CMB-{yyyy}{n:04}": ("CMB-2026", 7, "CMB-20260007"),
    "CMB-{yyyymmdd}{n:02}": ("CMB-20261120", 7, "CMB-2026112007"),
    "CMB-{yyyymmdd}-{n:02}": ("CMB-20261120", MAX_NUMBER, "CMB-20261120-999999999"),
}


@pytest.mark.parametrize("text", PATTERNS)
def test_patterns_spell_and_read(text: str) -> None:
    series, n, ticket = PATTERNS[text]
    pattern = parsed(text)
    assert str(pattern) == text
    assert pattern.series_on_day(DAY) == series and pattern.is_pattern_of(series)
    assert pattern.spell_ticket(series, n) == ticket and is_ticket(ticket)
    assert pattern.parse_ticket(ticket) == Number(series, n)


def parsed(text: str) -> Pattern:
    pattern = Pattern.parse_pattern(namespace_of(text), text)
    assert isinstance(pattern, Pattern), pattern
    return pattern


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CMB",
        "CMB-",
        "CMB-{n:4}",
        "CMB-{n:00}",
        "CMB-{n:010}",
        "CMB--{n}",
        "CMB{n}",
        "CMB-{n}-{yyyy}",
        "CMB-{yyyymm}{n}",
        "CMB-{n}x",
        "CMB-x{n}",
        "cmb-{n}",
        "CMB-{yyyy}{yyyymmdd}{n}",
        "CMB-{n}{n}",
        "CMB-{N}",
        "FLT-{n}",
        "CMB-{n}\n",
    ],
)
def test_no_patterns(text: str) -> None:
    problem = Pattern.parse_pattern("CMB", text)
    assert isinstance(problem, str) and "CMB-" in problem


@pytest.mark.parametrize(
    ("why", "pattern", "ticket"),
    [
        ("too few zeros", "CMB-{n:04}", "CMB-107"),
        ("too many zeros", "CMB-{n:04}", "CMB-00107"),
        ("number 0", "CMB-{n:04}", "CMB-0000"),
        ("beyond the highest", "CMB-{n:04}", "CMB-1000000000"),
        ("other namespace", "CMB-{n:04}", "FLT-0107"),
        ("a namespace that begins alike", "CMB-{n:04}", "CMBX-0107"),
        ("a date where none belongs", "CMB-{n:04}", "CMB-2026-0107"),
        ("no date where one belongs", "CMB-{yyyy}-{n:04}", "CMB-0107"),
        ("no such day", "CMB-{yyyymmdd}{n:02}", "CMB-2026023007"),
        ("no such year", "CMB-{yyyy}-{n}", "CMB-0000-1"),
        ("no dash", "CMB-{yyyy}-{n:04}", "CMB-20260107"),
        ("a dash too much", "CMB-{yyyy}{n:04}", "CMB-2026-0107"),
        ("only a date", "CMB-{yyyy}{n}", "CMB-2026"),
        ("lower case", "CMB-{n:04}", "cmb-0107"),
    ],
)
def test_one_spelling_only(why: str, pattern: str, ticket: str) -> None:
    assert parsed(pattern).parse_ticket(ticket) is None, why


ALL = [
    Pattern("N", period, dash, width)
    for period, dash, width in product((0, 4, 8), (False, True), range(1, 10))
    if period or not dash
]


@given(st.sampled_from(ALL), st.dates(), st.integers(1, MAX_NUMBER))
def test_reading_gives_back_what_was_spelled(pattern: Pattern, day: date, n: int) -> None:
    series = pattern.series_on_day(day)
    assert pattern.parse_ticket(pattern.spell_ticket(series, n)) == Number(series, n)


def readings(one: Pattern, other: Pattern, day: date, n: int) -> bool:
    """Whether a number of the one pattern shows that the two clash."""
    series = one.series_on_day(day)
    ticket = one.spell_ticket(series, n)
    twice = other.parse_ticket(ticket) not in (None, Number(series, n))
    return twice or (other.is_pattern_of(series) and other.spell_ticket(series, n) != ticket)


@given(st.sampled_from(ALL), st.sampled_from(ALL), st.dates(), st.integers(0, 9), st.integers(1, MAX_NUMBER))
def test_patterns_that_do_not_clash_never_disagree(
    one: Pattern, other: Pattern, day: date, cut: int, n: int
) -> None:
    if explain_clash(one, other) is None:
        assert not readings(one, other, day, max(1, n // 10**cut))


def test_patterns_that_clash_do_disagree_somewhere() -> None:
    """A witness for every clash: some number of the longer date is read, or spelled, otherwise."""
    witnesses = [int("1" * digits) for digits in range(1, 10)]
    for one, other in product(ALL, ALL):
        if explain_clash(one, other):
            assert any(readings(a, b, DAY, n) for a, b in ((one, other), (other, one)) for n in witnesses), (
                f"{one} {other}"
            )


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("FLT-{yyyymmdd}{n:02}", "FLT-{n:04}", None),
        ("FLT-{yyyymmdd}{n}", "FLT-{n:04}", "FLT-202611201"),
        ("FLT-{yyyy}{n:02}", "FLT-{n:04}", "FLT-202611"),
        ("FLT-{yyyy}-{n:02}", "FLT-{n:04}", None),
        ("FLT-{n:03}", "FLT-{n:04}", "FLT-001 and FLT-0001"),
        ("FLT-{yyyy}-{n}", "FLT-{yyyy}{n}", "FLT-2026-1 and FLT-20261"),
        ("FLT-{n}", "FLT-{n}", None),
        ("FLT-{n}", "CMB-{n:04}", None),
    ],
)
def test_clashes_show_the_ticket(one: str, other: str, said: str | None) -> None:
    for text in (explain_clash(parsed(one), parsed(other)), explain_clash(parsed(other), parsed(one))):
        if said is None:
            assert text is None
        else:
            assert text is not None and all(ticket in text for ticket in said.split(" and "))


def test_refs() -> None:
    assert reservation_prefix("FLT-20261120") == "refs/reserve/FLT-20261120/"
    assert reservation_ref("CMB", 107) == "refs/reserve/CMB/107"
    assert tip_ref("CMB") == "refs/reserve/CMB/tip"
