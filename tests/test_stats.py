"""`stats` end to end: a real feed by two seats, as text, as JSON, since a time, with its gates, offline."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.faces.cli.figures import WIDTH, lasted
from tests.fleet import AT, Seat, fleet, standing

LONG = "CLAUDE-CLI-CAMBER-AUDIO-PLAYBACK-REWRITE-12"


def build(folder: Path) -> Sequence[Seat]:
    """Two openings by hand at one moment in April, of which otto's lost; two reserved just now, one DONE."""
    otto, long = fleet(folder, "otto", LONG)
    otto.opens_by_hand("CMB-0001", "Lost, by the name of its seat")
    long.opens_by_hand("CMB-0001", "First")
    otto.ok("boot", "--driver", "cron")
    item = otto.files("ORA", "Roads", "--lane", "roads")
    otto.ok("claim", item)
    otto.ok("done", item)
    long.ok("decline", otto.files("ORA", "More"), "--why", "not mine")
    return otto, long


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(build, tmp_path)


def days_since(at: str) -> int:
    """Whole UTC days between a time and now."""
    return (datetime.now(UTC).date() - datetime.fromisoformat(at).date()).days - 1


def test_the_figures_as_json(seats: list[Seat]) -> None:
    told = seats[0].ok("stats")
    assert list(told) == [
        *("schema", "as_of", "fleet", "offer_to_claim", "seats", "drivers", "lanes", "namespaces", "days")
    ]
    assert told["as_of"]["commit"] == seats[0].git("ls-remote", "origin", "main").split()[0]
    rows = {row["seat"]: row for row in told["seats"]}
    assert list(rows["otto"]) == [
        *("seat", "role", "driver", "open_s", "claimed_s", "density", "dark_spells", "dark_s", "posts"),
        *("claims", "declines", "collisions_landed", "collisions_prevented", "median_s", "p90_s"),
    ]
    assert [rows["otto"][key] for key in ("role", "driver", "posts", "claims")] == ["any", "cron", 6, 1]
    assert [rows[LONG][key] for key in ("driver", "posts", "declines")] == ["none said", 2, 1]
    # In April both were open for claim_ttl past the one post that each made then.
    assert rows[LONG]["dark_spells"] == 1 and rows[LONG]["dark_s"] == 7200
    assert 7200 < rows[LONG]["open_s"] < 7260
    assert 0 < rows["otto"]["claimed_s"] <= rows["otto"]["open_s"] - 7200
    namespaces = {row.pop("namespace"): row for row in told["namespaces"]}
    assert namespaces["CMB"]["bypasses"] == 2 and namespaces["CMB"]["collisions_landed"] == 1
    assert (namespaces["ORA"]["openings"], namespaces["ORA"]["reserved"]) == (2, 2)
    assert {row["lane"]: row["claims"] for row in told["lanes"]} == {"cmb": 0, "ora": 0, "roads": 1}
    assert [row["collisions_landed"] for row in told["days"]][-1] == 1
    assert told["offer_to_claim"]["claimed"] == 1 and told["offer_to_claim"]["waiting"] == 2


def test_only_since_a_day(seats: list[Seat]) -> None:
    told = seats[0].ok("stats", "--since", "2026-04-16")
    assert told["since"] == "2026-04-16T00:00:00.000Z"
    assert told["fleet"]["collisions_landed"] == 0
    assert {row["seat"]: row["posts"] for row in told["seats"]} == {"otto": 5, LONG: 1}
    assert [row["namespace"] for row in told["namespaces"]] == ["ORA"]
    assert seats[0].ok("stats", "--since", "2026-04-16T00:00:00Z")["since"] == told["since"]
    refused = seats[0].refused("stats", "--since", "tomorrow")
    assert (refused["exit"], refused["message"]) == (2, '"tomorrow" is no time')


def test_the_gates(seats: list[Seat]) -> None:
    since_april = days_since(AT)
    whole, recent = seats[0].ok("stats", "--gates"), seats[0].ok("stats", "--gates", "--since", "2026-04-16")
    assert [one["gate"] for one in whole["gates"]] == ["clean-days", "all-reserved"]
    assert (whole["gates"][1]["met"], recent["gates"][1]["met"]) == (False, True)
    assert whole["not_all_reserved"] == ["CMB"] and recent["all_reserved"] == ["ORA"]
    assert whole["bypasses"]["landed"] == 2 and recent["bypasses"] == {"landed": 0, "posts": []}
    clean = {one["driver"]: (one["days"], one["since"], one["collided"]) for one in whole["clean_days"]}
    assert clean in [
        {"cron": (days, AT, True), "none said": (days, AT, False)} for days in (since_april, days_since(AT))
    ]
    assert recent["density"]["before"]["open_s"] == 14400
    offline = seats[0].ok("stats", "--gates", "--offline")
    assert offline["bypasses"]["landed"] == 2 and "(offline)" in offline["gates"][1]["judged_by"]


def test_the_tables_for_people(seats: list[Seat]) -> None:
    said, gates = seats[0].run("stats"), seats[0].run("stats", "--gates", "--since", "2026-04-16")
    assert (said.code, gates.code) == (0, 0)
    assert said.err.startswith("as of ")
    lines = [*said.out.splitlines(), *gates.out.splitlines()]
    assert max(map(len, lines)) <= WIDTH
    assert [line.split()[0] for line in said.out.splitlines() if line.startswith(("seat ", "day "))] == [
        "seat",
        "day",
    ]
    assert f"\n{LONG[:19]}…  " in said.out
    assert "collisions     1 landed, 0 prevented\n" in said.out
    assert gates.out.startswith("clean-days: ")
    assert "\nall-reserved: met" in gates.out
    assert "\nbypasses refused       unknown (no guard here keeps count)\n" in gates.out


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "0s"), (0.4, "0s"), (59.9, "59s"), (60, "1m"), (61, "1m01s"), (3599, "59m59s"), (3600, "1h")),
        *((7500, "2h05m"), (86399, "23h59m"), (86400, "1d"), (90000, "1d01h"), (8640000, "100d")),
    ],
)
def test_how_long_in_words(seconds: float, words: str) -> None:
    assert lasted(seconds) == words
