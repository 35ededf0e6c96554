"""Times as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.core.moments import format_age, format_ago, parse_length, parse_moment, tell_ages

NOW = datetime(2026, 11, 22, 5, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=119), "1 h"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=47), "1 d"),
        (timedelta(days=13), "13 d"),
        (timedelta(days=14), "2 w"),
        (timedelta(days=69), "9 w"),
        (timedelta(days=70), "2 mo"),
        (timedelta(days=364), "12 mo"),
        (timedelta(days=366), "1 y"),
        (timedelta(days=36_500), "100 y"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(length: timedelta, words: str) -> None:
    assert format_age(length) == words


def test_what_was_is_ago_and_what_comes_is_in_some_time() -> None:
    assert format_ago(NOW - timedelta(hours=2, minutes=50), NOW) == "2 h ago"
    assert format_ago(NOW + timedelta(minutes=3), NOW) == "in 3 min"
    assert format_ago(NOW - timedelta(milliseconds=900), NOW) == "now"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90m", timedelta(minutes=90)),
        ("90 min", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("2 hours ago", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        (" 3 Days ", timedelta(days=3)),
        ("1w", timedelta(weeks=1)),
        ("0s", timedelta(0)),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    assert parse_length(text) == length


@pytest.mark.parametrize("text", ["", "d", "3", "3 x", "-3d", "3.5d", "1000000d", "3d2h", "٣d", "3d later"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert parse_length(text) is None
    assert parse_moment(text, NOW) is None


def test_a_time_is_a_length_before_now_a_day_or_a_time() -> None:
    assert parse_moment("2d", NOW) == NOW - timedelta(days=2)
    assert parse_moment("now", NOW) == NOW
    assert parse_moment("today", NOW) == datetime(2026, 11, 22, tzinfo=UTC)
    assert parse_moment("Yesterday", NOW) == datetime(2026, 11, 21, tzinfo=UTC)
    assert parse_moment("2026-11-20", NOW) == datetime(2026, 11, 20, tzinfo=UTC)
    assert parse_moment("2026-11-20T03:38:57+01:00", NOW) == datetime(2026, 11, 20, 2, 38, 57, tzinfo=UTC)


def test_a_length_of_more_than_a_hundred_years_is_none() -> None:
    assert parse_length("36500d") == timedelta(days=36_500)
    assert parse_length("36501d") is None
    assert parse_moment("999999w", NOW) is None


def test_a_sentence_tells_the_age_of_each_time_in_it() -> None:
    said = "held since 2026-11-22T03:20:00.000Z; asked again from 2026-11-22T05:40:15.000Z on"
    assert tell_ages(said, NOW) == "held since 03:20Z (2 h ago); asked again from 05:40Z (in 10 min) on"
    assert tell_ages("since 2026-11-20T03:20:00.000Z", NOW) == "since 2026-11-20 03:20Z (2 d ago)"


@pytest.mark.parametrize("words", ["20261122T053105127Z-otto", "2026-11-22T99:20:00.000Z", "no time, Z"])
def test_what_is_no_time_stays_in_a_sentence_as_it_is(words: str) -> None:
    assert tell_ages(words, NOW) == words
