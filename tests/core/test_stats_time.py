"""The time of seats: when they are open, have a claim, or are dark."""

from datetime import timedelta

import pytest

from ledger.core.stats.figures import measure_density
from ledger.core.stats.spans import (
    Span,
    cut_spans,
    intersect_spans,
    split_by_day,
    subtract_spans,
    unite_spans,
)
from tests.core.figuring import figures, words
from tests.feeds import moment


def spans(text: str) -> list[Span]:
    """`08:00-09:00 10:00-11:00`."""
    pairs = (one.split("-") for one in text.split())
    return [Span(moment(start), moment(end)) for start, end in pairs]


@pytest.mark.parametrize(
    ("some", "others", "both", "only"),
    [
        pytest.param("", "08:00-09:00", "", "", id="nothing"),
        pytest.param("08:00-09:00", "", "", "08:00-09:00", id="and nothing"),
        pytest.param("08:00-09:00", "09:00-10:00", "", "08:00-09:00", id="side by side"),
        pytest.param("08:00-10:00", "09:00-11:00", "09:00-10:00", "08:00-09:00", id="overlapping"),
        pytest.param("08:00-12:00", "09:00-10:00", "09:00-10:00", "08:00-09:00 10:00-12:00", id="within"),
        pytest.param("09:00-10:00", "08:00-12:00", "09:00-10:00", "", id="around"),
        pytest.param(
            "08:00-09:00 10:00-11:00 12:00-13:00",
            "08:30-10:30 12:30-14:00 15:00-16:00",
            "08:30-09:00 10:00-10:30 12:30-13:00",
            "08:00-08:30 10:30-11:00 12:00-12:30",
            id="several",
        ),
        pytest.param("10:00-11:00", "08:00-09:00 12:00-13:00", "", "10:00-11:00", id="before and after"),
    ],
)
def test_what_spans_have_in_common(some: str, others: str, both: str, only: str) -> None:
    assert [words(one) for one in intersect_spans(spans(some), spans(others))] == both.split()
    assert [words(one) for one in subtract_spans(spans(some), spans(others))] == only.split()


def test_spans_that_touch_are_one_and_empty_ones_are_gone() -> None:
    given = spans("10:00-11:00 08:00-09:00 09:00-09:30 09:10-09:20 12:00-11:00 13:00-13:00")
    assert [words(one) for one in unite_spans(given)] == ["08:00-09:30", "10:00-11:00"]
    assert [one.seconds for one in spans("12:00-11:00 08:00-08:01")] == [0, 60]


def test_spans_are_cut_at_times_inside_them_and_short_ones_are_left_out() -> None:
    times = [moment(one) for one in ("08:00", "08:20", "09:00", "09:30", "10:30")]
    found = [words(one) for one in cut_spans(spans("08:00-09:00 10:00-11:00"), times, timedelta(minutes=20))]
    assert found == ["08:20-09:00", "10:00-10:30", "10:30-11:00"]


def test_a_span_over_midnight_counts_in_each_day() -> None:
    found = split_by_day([Span(moment("2026-11-20T22:00"), moment("2026-11-22T01:00"))])
    assert [(day.day, seconds) for day, seconds in found] == [(20, 7200), (21, 86400), (22, 3600)]


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        pytest.param("08:00 S notes: hi", "08:00-10:00", id="one post, and claim_ttl past it"),
        pytest.param("08:00 S boots\n09:00 S retires", "08:00-09:00", id="boot to retirement"),
        pytest.param("11:30 S boots", "11:30-12:00", id="not past now"),
        pytest.param("08:00 S notes: a\n09:30 S notes: b", "08:00-11:30", id="a pause within claim_ttl"),
        pytest.param("08:00 S notes: a\n10:00 S notes: b", "08:00-12:00", id="a pause of claim_ttl"),
        pytest.param("08:00 S notes: a\n11:00 S notes: b", "08:00-10:00 11:00-12:00", id="a longer pause"),
        pytest.param("08:00 S boots\n08:30 S retires\n09:00 S notes: a", "08:00-08:30", id="a retired seat"),
        pytest.param(
            "08:00 S boots\n08:30 S retires\n09:00 S boots\n09:30 S retires",
            "08:00-08:30 09:00-09:30",
            id="two boots",
        ),
        pytest.param("08:00 S boots\n08:30 S boots\n09:00 S retires", "08:00-09:00", id="boot upon boot"),
        pytest.param("08:00 S retires", "", id="a retirement alone"),
        pytest.param("09:00 S notes: a\n08:30 S notes: b by hand", "08:30-11:00", id="a clock set back"),
        pytest.param("11:00 S notes: a\n20:00 S notes: b", "11:00-12:00", id="dated in the future"),
    ],
)
def test_when_a_seat_is_open(text: str, opened: str) -> None:
    assert [words(one) for one in figures(text).spells["S"].open] == opened.split()


OPEN = "08:00 A opens CMB-0001: Cards\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", [], id="never claimed"),
        pytest.param(
            "08:10 S claims CMB-0001\n08:20 S notes CMB-0001: hm\n08:40 S finishes CMB-0001",
            ["S 08:10-08:40 08:10-08:40"],
            id="until DONE",
        ),
        pytest.param(
            "08:10 S claims CMB-0001\n08:20 S notes CMB-0001: hm\n08:30 A notes CMB-0001: ?\n"
            "10:50 B challenges CMB-0001: post:#3 grace:10m clone:00000000000000c1\n"
            "11:00 B sweeps CMB-0001: post:#5 clone:00000000000000c1 (silent)",
            ["S 08:10-08:20 08:10-11:00"],
            id="swept: until the holder's last post",
        ),
        pytest.param(
            "08:10 S claims CMB-0001\n08:30 S notes CMB-0001: hm\n08:50 S notes: elsewhere",
            ["S 08:10-08:30 08:10-12:00"],
            id="it stands",
        ),
        pytest.param(
            "08:10 S claims CMB-0001\n09:00 S retires", ["S 08:10-09:00 08:10-09:00"], id="given back"
        ),
        pytest.param(
            "08:10 S claims CMB-0001\n08:40 S claims CMB-0001\n09:00 S finishes CMB-0001",
            ["S 08:10-09:00 08:10-09:00"],
            id="renewed",
        ),
        pytest.param(
            "08:10 S claims CMB-0001\n08:20 S blocks CMB-0001: no key\n08:50 S claims CMB-0001\n"
            "09:00 S releases CMB-0001: tired\n09:05 A claims CMB-0001\n09:06 A finishes CMB-0001",
            ["S 08:10-08:20 08:10-08:20", "S 08:50-09:00 08:50-09:00", "A 09:05-09:06 09:05-09:06"],
            id="blocked and taken up",
        ),
        pytest.param(
            "08:10 S claims CMB-0001\n08:05 S finishes CMB-0001", ["S 08:10-08:05 08:10-08:05"], id="a clock"
        ),
        pytest.param(
            "08:10 S opens CMB-0002 state=CLAIMED: mine\n08:40 S finishes CMB-0002",
            ["S 08:10-08:40 08:10-08:40"],
            id="opened CLAIMED",
        ),
        pytest.param(
            "08:10 S opens CMB-0001 state=CLAIMED: lost\n08:20 S moves CMB-0002: CMB-0001 -> CMB-0002 "
            "post:#2\n08:40 S finishes CMB-0002",
            ["S 08:20-08:40 08:20-08:40"],
            id="opened CLAIMED, lost and moved",
        ),
    ],
)
def test_how_long_a_claim_counts_and_is_held(text: str, told: list[str]) -> None:
    found = figures(OPEN + text).claims
    assert [
        f"{seat} {words(claim.counted)} {words(claim.held)}"
        for seat, claims in sorted(found.items(), key=lambda row: row[0] == "A")
        for claim in claims
    ] == told


WORK = """
    08:00 S boots wip=2
    08:10 A opens CMB-0001: x
    08:10 A opens CMB-0002: x
    08:30 S claims CMB-0001
    08:40 S claims CMB-0002
    08:50 S finishes CMB-0001
    09:00 S finishes CMB-0002
    10:00 S retires
"""


@pytest.mark.parametrize(
    ("since", "told"),
    [
        pytest.param(None, {"open_s": 7200, "claimed_s": 1800, "density": 0.25}, id="both claims once"),
        pytest.param("08:45", {"open_s": 4500, "claimed_s": 900, "density": 0.2}, id="cut"),
        pytest.param("09:30", {"open_s": 1800, "claimed_s": 0, "density": 0}, id="after the work"),
        pytest.param("11:00", {"open_s": 0, "claimed_s": 0}, id="after the retirement"),
    ],
)
def test_claim_density(since: str | None, told: dict[str, float]) -> None:
    seen = figures(WORK, since=since)
    assert measure_density([seen.spells["S"]], seen.window) == told


def test_a_claim_that_another_ends_counts_no_longer_than_it_was_held() -> None:
    """The holder's clock runs ahead: its last post on the ticket is dated after the REPAIR that ended it."""
    text = "08:00 S claims CMB-0001\n08:40 S notes CMB-0001: hm\n08:30 A repairs CMB-0001: taken back"
    (claim,) = figures(OPEN + text).claims["S"]
    assert (words(claim.counted), words(claim.held)) == ("08:00-08:30", "08:00-08:30")


def test_a_claim_counts_only_while_its_seat_is_open() -> None:
    """A seat that retired, claims nevertheless (no rule stops a post made by hand), and finishes."""
    seen = figures(OPEN + "08:00 S retires\n08:10 S claims CMB-0001\n08:40 S finishes CMB-0001")
    assert measure_density([seen.spells["S"]], seen.window) == {"open_s": 0, "claimed_s": 0}


@pytest.mark.parametrize(
    ("text", "dark"),
    [
        pytest.param("08:00 S notes: a\n08:09 S notes: b\n08:10 S retires", "", id="talking"),
        pytest.param("08:00 S notes: a\n08:10 S retires", "", id="not longer than dark_after"),
        pytest.param("08:00 S notes: a\n08:11 S retires", "08:00-08:11", id="longer"),
        pytest.param("08:00 S notes: a", "08:00-10:00", id="gone without retiring"),
        pytest.param(
            "08:00 S boots\n08:30 S notes: a\n08:35 S notes: b\n09:00 S retires",
            "08:00-08:30 08:35-09:00",
            id="twice",
        ),
        pytest.param(
            "08:00 S boots\n08:05 S claims CMB-0001\n09:00 S finishes CMB-0001\n09:05 S retires",
            "",
            id="at work, silently",
        ),
        pytest.param("11:00 S claims CMB-0001", "", id="its claim stands"),
        pytest.param(
            "08:00 S boots\n08:05 S claims CMB-0001\n09:00 S finishes CMB-0001\n10:00 S retires",
            "09:00-10:00",
            id="DONE, and dark",
        ),
    ],
)
def test_dark_spells(text: str, dark: str) -> None:
    assert [words(one) for one in figures(OPEN + text).spells["S"].dark] == dark.split()


def test_settings_of_the_feed_say_how_long() -> None:
    seen = figures("08:00 S notes: a", yaml="claim_ttl: 30m\ndark_after: 40m")
    assert [words(one) for one in seen.spells["S"].open] == ["08:00-08:30"]
    assert seen.spells["S"].dark == []
