"""Plain git beside the tool: numbers reserved by hand, posts committed by hand, and what is found of both.

The commands are those that the pages in `docs/` tell, taken from there as they stand.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.fleet import Ran, Seat, fleet

DOCS = Path(__file__).parents[1] / "docs"
TIP = "refs/reserve/CMB/tip"


def commands(page: str, heading: str) -> list[str]:
    """The blocks of shell commands below a heading of a page, up to the next heading."""
    _, _, section = (DOCS / page).read_text().partition(f"\n{heading}\n")
    assert section, heading
    return re.findall(r"^```sh\n(.*?)^```", re.split(r"^#+ ", section, flags=re.MULTILINE)[0], re.M | re.S)


RESERVING, PUTTING_BACK = commands("protocol.md", "### By hand")


def starts(seat: Seat, script: str) -> "subprocess.Popen[str]":
    """Start a shell in a seat's clone with these commands, as its user types them."""
    return subprocess.Popen(
        ["sh", "-e", "-c", script],
        cwd=seat.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def types(seat: Seat, script: str) -> Ran:
    """Run these commands in a seat's clone; what they said is in `out`."""
    shell = starts(seat, script)
    said, _ = shell.communicate()
    return Ran(shell.returncode, said, "")


@pytest.fixture
def pair(tmp_path: Path) -> list[Seat]:
    """Two seats, each set in its own clone."""
    seats = fleet(tmp_path, "ORA-01", "HAND-01")
    for seat in seats:
        seat.git("config", "ledger.seat", seat.name)
    return seats


def findings(seat: Seat, *words: str) -> list[dict[str, str]]:
    """What `drift` finds."""
    return list(seat.run("drift", *words, "--json").json["findings"])


def rules_at(seat: Seat) -> set[tuple[str, str]]:
    """The rules and places of what `drift` finds."""
    return {(one["rule"], one["path"]) for one in findings(seat)}


# Numbers


def test_of_two_seats_that_reserve_one_number_by_hand_one_gets_it(pair: list[Seat]) -> None:
    """Both run the two lines at once; the loser's opening is refused, and the tool skips the number."""
    shells = [starts(seat, RESERVING) for seat in pair]
    said = [shell.communicate()[0] for shell in shells]
    codes = [shell.returncode for shell in shells]
    assert sorted(codes) == [0, 1], said
    assert "stale info" in said[codes.index(1)] or "reference already exists" in said[codes.index(1)], said
    winner, loser = pair[codes.index(0)], pair[codes.index(1)]
    error = loser.refused("append", "--item", "CMB-0041", "--subject", "Not mine")
    assert error["kind"] == "reserved-by-another"
    assert winner.ok("append", "--item", "CMB-0041", "--subject", "Mine")["posts"][0]["item"] == "CMB-0041"
    winner.raises_tip("CMB", 40)
    assert loser.files("CMB", "Next") == "CMB-0042"
    assert findings(loser) == []


def test_a_number_reserved_by_hand_raises_no_alarm_and_no_tip(pair: list[Seat]) -> None:
    ora, hand = pair
    assert ora.files("CMB", "First") == "CMB-0001"
    assert types(hand, RESERVING).code == 0
    assert findings(ora) == []
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert ora.files("CMB", "Second") == "CMB-0002"


def test_what_reserves_nothing_is_told_once_each(pair: list[Seat]) -> None:
    """A commit, a blob of words, a padded name: pushes that succeed for everybody."""
    ora, hand = pair
    ora.files("CMB", "First")
    for seat in pair:
        seat.git("push", "-q", "origin", "HEAD:refs/reserve/CMB/8")
        seat.git("push", "-q", "origin", f"{seat.blob('CMB-0009')}:refs/reserve/CMB/9")
    hand.git("push", "-q", "origin", f"{hand.blob('mine')}:refs/reserve/CMB/0005")
    refs = {f"refs/reserve/CMB/{name}" for name in ("8", "9", "0005")}
    assert rules_at(ora) == {("odd-reservation", ref) for ref in refs}
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert ora.files("CMB", "Second") == "CMB-0002"


def test_a_number_that_leaps_moves_no_tip(pair: list[Seat]) -> None:
    """A payload as the tool writes it, 900,000 above: no repair follows it, and numbers go on below."""
    ora, hand = pair
    ora.files("CMB", "First")
    payload = {"format": 1, "series": "CMB", "n": 900_001, "ticket": "CMB-900001", "seat": "HAND-01"}
    blob = hand.blob(json.dumps(payload | {"at": "2026-11-20T08:00:00.000Z", "nonce": "00000000000000aa"}))
    hand.git("push", "-q", "origin", f"{blob}:refs/reserve/CMB/900001")
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert ora.files("CMB", "Second") == "CMB-0002"


def test_a_tip_that_leaps_stops_its_series_until_somebody_says_what_is_meant(pair: list[Seat]) -> None:
    ora, hand = pair
    for n in range(2):
        ora.files("CMB", f"Work {n}")
    hand.raises_tip("CMB", 900_000)
    error = ora.refused("reserve", "CMB")
    assert (error["kind"], error["exit"]) == ("bad-tip", 3)
    assert f"{TIP} leapt to 900000; the highest number known otherwise is 2" in error["message"]
    assert ora.files("ORA", "Another series goes on") == "ORA-0001"
    ran = ora.run("drift", "--fix", "--json")
    assert (ran.code, ran.json["fixed"]) == (1, [])
    assert [(one["rule"], one["path"]) for one in ran.json["findings"]] == [("odd-reservation", TIP)]
    assert types(hand, PUTTING_BACK.replace('"tip": 41', '"tip": 2')).code == 0
    assert ora.files("CMB", "Work 3") == "CMB-0003"


def test_a_tip_that_leaps_is_meant_where_a_number_of_its_height_is_reserved(pair: list[Seat]) -> None:
    ora, hand = pair
    ora.files("CMB", "First")
    hand.raises_tip("CMB", 900_000)
    assert types(hand, RESERVING.replace("/41", "/900000")).code == 0
    assert ora.files("CMB", "Far up") == "CMB-900001"
    assert findings(ora) == []


def test_the_first_of_a_series_is_one_by_tool_and_by_hand(pair: list[Seat]) -> None:
    """Number 2 as the first that a series sees is refused by both: nobody knows who has number 1."""
    ora, _ = pair
    assert ora.refused("append", "--item", "CMB-0002", "--subject", "Two")["kind"] == "not-reserved"
    assert ora.ok("append", "--item", "CMB-0001", "--subject", "One")["posts"][0]["item"] == "CMB-0001"
