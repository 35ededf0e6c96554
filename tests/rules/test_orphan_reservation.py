from dataclasses import replace

from ledger.core.write.numbers import Series
from ledger.rules.orphan_reservation import check
from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"


@rows(
    Row(name="filed", landed=OPENED, series="CMB tip=36 36=CAMBER-01@2026-11-18T05:00"),
    Row(name="a day old", series="CMB tip=36 36=CAMBER-01@2026-11-19T06:00"),
    Row(name="not ours", series="CMB tip=36 36=?"),
    Row(name="not when new", new="", series="CMB tip=36 36=CAMBER-01@2026-11-18T05:00"),
    Row(
        name="more than a day", series="CMB tip=36 36=CAMBER-01@2026-11-19T05:59", told=("warning CMB-0036",)
    ),
    Row(
        name="filed in another spelling",
        config="namespaces:\n  FLT: {id: ['FLT-{n:05}', 'FLT-{yyyy}-{n:04}']}\n",
        landed="03:51 A opens FLT-00036: Cards",
        series="FLT tip=36 36=A@2026-11-18T05:00",
    ),
)
def test_orphan_reservation(row: Row) -> None:
    assert row.says("orphan-reservation") == row.told


def test_a_time_that_nobody_can_read_tells_no_age() -> None:
    whole = Row(name="old", series="CMB tip=36 36=CAMBER-01@2026-11-18T05:00").view()
    (owner,) = (one for one in whole.series["CMB"].owners.values() if one)
    unread = {"CMB": Series("CMB", owners={36: replace(owner, at="last week")})}
    assert list(check(replace(whole, series=unread))) == []
