"""The rows that are told of a feed, and the two gates."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.core.board.fold import fold_posts
from ledger.core.config.config import Config
from ledger.core.ids import make_post_id
from ledger.core.stats.figures import Figures
from ledger.core.stats.gates import record_of_gates
from ledger.core.stats.records import record_of_figures
from tests.core.figuring import figures
from tests.feeds import feed, moment

SEATS = "seats:\n  A: {role: code}\n  STRAT-1: {role: strat}\n"
WORK = """
    2026-11-20T22:00 A boots driver=cron
    2026-11-20T22:00 B opens CMB-0001 lane=camber: Cards
    2026-11-20T22:10 A claims CMB-0001
    2026-11-20T22:10 STRAT-1 notes CMB-0001: soon
    2026-11-20T22:20 B opens CMB-0001 by hand: Lost
    2026-11-20T22:30 B opens ORA-0001: Roads
    2026-11-20T22:30 A declines ORA-0001: cold: no
    2026-11-21T00:10 A finishes CMB-0001
    2026-11-21T00:30 A retires
"""


def told(text: str = WORK, since: str | None = None, now: str = "2026-11-21T06:00", **more: Any) -> Any:
    return record_of_figures(figures(text, now=now, since=since, **more))


def pick(rows: list[dict[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(key) for key in keys) for row in rows]


def test_a_row_a_seat() -> None:
    rows = told(yaml=SEATS)["seats"]
    assert pick(rows, "seat", "role", "driver", "posts", "open_s", "claimed_s", "density") == [
        ("A", "code", "cron", 5, 9000, 7200, 0.8),
        ("B", "code", "none said", 3, 9000, 0, 0),
        ("STRAT-1", "strat", "none said", 1, 7200, 0, 0),
    ]
    assert pick(rows, "seat", "claims", "declines", "dark_spells", "dark_s", "median_s") == [
        ("A", 1, 1, 1, 1200, 600),
        ("B", 0, 0, 2, 8400, None),
        ("STRAT-1", 0, 0, 1, 7200, None),
    ]


def test_dark_spells_of_the_second_seat_by_hand() -> None:
    """B posts at 22:00, 22:20 and 22:30 and then no more: 20 minutes, not the 10, and two hours to 00:30."""
    dark = figures(WORK, now="2026-11-21T06:00").spells["B"].dark
    assert [one.seconds for one in dark] == [1200, 7200]


def test_a_row_a_driver_lane_namespace_and_day() -> None:
    seen = told(series="CMB tip=1 1=B\nORA tip=1 1=B")
    assert pick(seen["drivers"], "driver", "seats", "posts", "claims", "collisions_landed", "density") == [
        ("cron", 1, 5, 1, 0, 0.8),
        ("none said", 2, 4, 0, 1, 0),
    ]
    assert pick(seen["lanes"], "lane", "claims", "claimed_s", "declines", "waiting", "collisions_landed") == [
        ("camber", 1, 7200, 0, 0, 0),
        ("cmb", 0, 0, 0, 0, 1),
        ("ora", 0, 0, 1, 1, 0),
    ]
    assert pick(seen["namespaces"], "namespace", "openings", "reserved", "bypasses", "collisions_landed") == [
        ("CMB", 2, 1, 1, 1),
        ("ORA", 1, 1, 0, 0),
    ]
    assert pick(seen["days"], "day", "posts", "open_s", "claimed_s", "claims", "declines") == [
        ("2026-11-21", 2, 1800 + 1800 + 600, 600, 0, 0),
        ("2026-11-20", 7, 7200 + 7200 + 6600, 6600, 1, 1),
    ]
    assert seen["fleet"]["density"] == round(7200 / 25200, 4)


def test_only_what_happened_since() -> None:
    seen = told(since="2026-11-21T00:00")
    assert pick(seen["seats"], "seat", "posts", "open_s", "claimed_s", "claims") == [
        ("A", 2, 1800, 600, 0),
        ("B", 0, 1800, 0, 0),
        ("STRAT-1", 0, 600, 0, 0),
    ]
    assert pick(seen["seats"], "dark_spells", "dark_s") == [(1, 1200), (1, 1800), (1, 600)]
    assert [row["day"] for row in seen["days"]] == ["2026-11-21"]
    assert seen["offer_to_claim"] == {"claimed": 0, "waiting": 1}
    assert seen["namespaces"] == []


def test_a_lane_counts_its_claims_since_then() -> None:
    record = record_of_figures(figures(RULED, since="09:15"))
    assert pick(record["lanes"], "lane", "claimed_s", "claims") == [("flt", 900, 0)]


def test_after_everything_only_what_waits_is_left() -> None:
    seen = told(since="2026-11-21T05:00")
    assert pick(seen["lanes"], "lane", "claims", "waiting") == [("ora", 0, 1)]
    assert [seen[name] for name in ("seats", "namespaces", "days")] == [[], [], []]


def test_a_post_that_repeats_a_nonce_is_not_counted() -> None:
    first, *others = feed("08:00 A notes: hi\n08:10 A notes: hm").posts
    again = replace(first, id=make_post_id(moment("08:05"), "A", first.nonce), seq=None, prev=None)
    seen = Figures(fold_posts([first, *others, again]), Config(), {}, moment("12:00"))
    assert record_of_figures(seen)["fleet"]["posts"] == 2


def test_a_feed_without_posts() -> None:
    assert told("")["fleet"]["open_s"] == 0
    assert [told("")[name] for name in ("seats", "drivers", "lanes", "namespaces", "days")] == [[]] * 5


def gates(text: str, **more: Any) -> dict[str, Any]:
    return record_of_gates(figures(text, **{"now": "2026-11-20T12:00"} | more))


def verdicts(seen: dict[str, Any]) -> dict[str, bool]:
    return {one["gate"]: one["met"] for one in seen["gates"]}


CRON = "2026-11-12T08:00 A boots driver=cron\n2026-11-12T09:00 A opens CMB-0001: x\n"
LOST = "{} B boots driver=operator\n{} B opens CMB-0001 by hand: y\n"


@pytest.mark.parametrize(
    ("text", "days", "met"),
    [
        pytest.param("", [], False, id="nobody"),
        pytest.param(CRON, [("cron", 7, False)], True, id="seven whole days between the 12th and the 20th"),
        pytest.param(CRON.replace("-12T", "-13T"), [("cron", 6, False)], False, id="six"),
        pytest.param(CRON.replace("-12T", "-20T"), [("cron", 0, False)], False, id="today"),
        pytest.param(
            CRON + LOST.format("2026-11-12T10:00", "2026-11-12T10:01"),
            [("cron", 7, False), ("operator", 7, True)],
            True,
            id="a collision long ago",
        ),
        pytest.param(
            CRON
            + LOST.format("2026-11-11T10:00", "2026-11-17T10:00")
            + "2026-11-15T10:00 B opens CMB-0001 by hand: y",
            [("cron", 7, False), ("operator", 2, True)],
            False,
            id="the last collision counts",
        ),
        pytest.param(
            CRON + LOST.format("2026-11-12T10:00", "2026-11-18T23:59"),
            [("cron", 7, False), ("operator", 1, True)],
            False,
            id="a collision under one driver",
        ),
        pytest.param(
            CRON + "2026-11-19T08:00 C notes: hi",
            [("cron", 7, False), ("none said", 0, False)],
            False,
            id="unsaid",
        ),
        pytest.param(
            CRON + "2026-11-19T08:00 A boots driver=helper",
            [("helper", 7, False)],
            True,
            id="the newest boot says",
        ),
    ],
)
def test_seven_clean_days_under_every_driver(text: str, days: list[tuple[str, int, bool]], met: bool) -> None:
    seen = gates(text)
    assert pick(seen["clean_days"], "driver", "days", "collided") == days
    assert verdicts(seen)["clean-days"] is met
    posted = {driver for driver, _, _ in days}
    assert seen["never_posted"] == [
        one for one in ("cron", "operator", "helper", "remote") if one not in posted
    ]


def test_a_seat_that_only_reserved_drives_nothing() -> None:
    series = "CMB tip=2 1=A@2026-11-12T08:00:00 2=GHOST@2026-11-12T08:00:01"
    assert pick(gates(CRON, series=series)["clean_days"], "driver") == [("cron",)]


FILED = """
    2026-11-19T08:00 A opens CMB-0001: x
    2026-11-19T09:00 B opens CMB-0002 by hand: y
    2026-11-20T08:00 A opens CMB-0003: z
    2026-11-20T08:00 A opens ORA-0001: z
"""
SERIES = "CMB tip=3 1=A 3=A\nORA tip=1 1=A"


@pytest.mark.parametrize(
    ("text", "since", "met", "reserved", "other", "landed"),
    [
        pytest.param(FILED, None, False, ["ORA"], ["CMB"], 1, id="a bypass"),
        pytest.param(FILED, "2026-11-20T00:00", True, ["CMB", "ORA"], [], 0, id="none since"),
        pytest.param(FILED, "2026-11-20T09:00", False, [], [], 0, id="nothing opened since"),
        pytest.param(
            "08:00 A opens CMB-0009: x\n| CONFIRM-PENDING: CMB-0009",
            None,
            False,
            [],
            ["CMB"],
            0,
            id="pending",
        ),
    ],
)
def test_every_active_namespace_is_reserved(
    text: str, since: str | None, met: bool, reserved: list[str], other: list[str], landed: int
) -> None:
    seen = gates(text, series=SERIES, since=since)
    assert verdicts(seen)["all-reserved"] is met
    assert (seen["all_reserved"], seen["not_all_reserved"]) == (reserved, other)
    assert seen["bypasses"]["landed"] == len(seen["bypasses"]["posts"]) == landed


def test_a_verdict_says_what_it_was_judged_by() -> None:
    seen = gates(FILED, series=SERIES)
    assert seen["gates"][0]["why"] == "none said has 0; never posted: cron, operator, helper, remote"
    assert seen["gates"][1] == {
        "gate": "all-reserved",
        "met": False,
        "why": "not all openings were reserved in CMB; bypasses landed: 1",
        "judged_by": "what landed since the first post, by the reservations; how many were refused is not "
        "known, as no guard here keeps count",
    }
    assert "(offline)" in gates(FILED, series=None)["gates"][1]["judged_by"]
    assert "density" not in seen


RULED = """
    08:00 B boots
    08:00 B opens FLT-1296: One
    08:01 B opens FLT-1297 state=BLOCKED blocked_on=ruling:FLT-1296: Waits
    08:30 B claims FLT-1296
    09:00 STRAT-1 rules rules_on=FLT-1296: So
    09:30 B releases FLT-1297: ruled
    09:30 B finishes FLT-1296
    10:00 B retires
"""


def test_minutes_blocked_and_density_before_and_after_a_date() -> None:
    seen = gates(RULED, since="09:15", whole=True)
    assert seen["blocked_after_ruling"] == {"seconds": 900, "items": [{"item": "FLT-1297", "seconds": 900}]}
    assert gates(RULED, since="09:45")["blocked_after_ruling"] == {"seconds": 0, "items": []}
    strat_before, strat_after = 15 * 60, 105 * 60
    assert seen["density"] == {
        "before": {"open_s": 75 * 60 + strat_before, "claimed_s": 45 * 60, "density": 0.5},
        "after": {"open_s": 45 * 60 + strat_after, "claimed_s": 15 * 60, "density": 0.1},
    }
