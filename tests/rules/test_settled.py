"""What drift still tells after a day: how things stand, and errors; not what one post did long ago."""

import pytest

from ledger import rules
from tests.rules.views import view

OPENED = "03:51 A opens CMB-0036: Cards\n"
BACKDATED = OPENED + "03:50 B notes CMB-0036 by hand: hm\n03:55 A notes CMB-0036 saw=#2: seen\n"
LATER, NEXT_DAY, NEXT_WEEK = "06:00", "2026-11-21T06:00", "2026-11-28T06:00"
ORPHAN = "CMB tip=37 36=A 37=ORA-01"
ORA = "03:52 ORA-01 notes CMB-0036: hm\n"


@pytest.mark.parametrize(
    ("landed", "series", "now", "rule", "settled"),
    [
        (BACKDATED, None, LATER, "backdated-post", False),
        (BACKDATED, None, NEXT_DAY, "backdated-post", True),
        (OPENED, "", LATER, "unreserved-ticket", False),
        (OPENED.replace("0036", "0001"), "CMB", NEXT_DAY, "unreserved-ticket", True),
        (OPENED, ORPHAN, NEXT_DAY, "orphan-reservation", False),
        (OPENED, ORPHAN, NEXT_WEEK, "orphan-reservation", True),
        (OPENED + ORA, ORPHAN, NEXT_DAY, "orphan-reservation", False),
        (OPENED + ORA + "03:53 ORA-01 retires", ORPHAN, NEXT_DAY, "orphan-reservation", True),
        (OPENED, "CMB tip=36 36=A 38=?", NEXT_WEEK, "odd-reservation", False),
        (OPENED, "CMB tip=40 36=A 38=?", LATER, "odd-reservation", True),
        (OPENED.replace("0036", "0038"), "CMB tip=36 38=?", LATER, "odd-reservation", True),
        (OPENED + "03:52 C boots", None, NEXT_WEEK, "silent-fleet", False),
        (OPENED + "03:52 B claims CMB-0036", None, NEXT_WEEK, "expired-claim", False),
    ],
)
def test_settled(landed: str, series: str | None, now: str, rule: str, settled: bool) -> None:
    odd = {"refs/reserve/CMB/38": "blob"} if series and "38=?" in series else {}
    series = series if series is None or series else "CMB tip=3"
    seen = view(landed, series=series, now=now, odd_refs=odd, lenient_history=True)
    found = [one for one in rules.judge(seen) if one.rule == rule]
    assert [one.settled for one in found] == [settled]
    strict = view(landed, series=series, now=now, odd_refs=odd)
    assert not any(one.settled for one in rules.judge(strict)), "only drift forgives"
