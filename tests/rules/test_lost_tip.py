from tests.rules.views import Row, rows

OPENED = "03:51 A opens CMB-0007: Cards\n"


@rows(
    Row(name="the tip is there", landed=OPENED, series="CMB tip=7 7=A"),
    Row(name="opened by hand above it", landed="03:51 A opens CMB-0007 by hand: Cards", series="CMB tip=3"),
    Row(name="reserved by plain git above it", series="CMB tip=3 9=?"),
    Row(name="reserved by hand above it", series="CMB tip=3 9=hand:A"),
    Row(name="a number that leaps", landed=OPENED, series="CMB tip=7 7=A 900000=A"),
    Row(name="a provisional opening", landed=OPENED + "| CONFIRM-PENDING: CMB-0007", series="CMB tip=3"),
    Row(
        name="a number of a fork",
        landed=OPENED + "03:52 A notes CMB-0007: hm\n03:53 B opens CMB-0009 seq=2 prev=#1 by hand: x",
        series="CMB tip=7 7=A",
    ),
    Row(name="no tip, and nothing was given", series="CMB tip=?", told=("error refs/reserve/CMB/tip",)),
    Row(name="not when new", new=OPENED, series="CMB tip=3 7=A"),
    Row(name="lowered", landed=OPENED, series="CMB tip=3", told=("error refs/reserve/CMB/tip",)),
    Row(name="deleted", landed=OPENED, series="CMB", told=("error refs/reserve/CMB/tip",)),
    Row(
        name="deleted far up",
        landed="03:51 A opens CMB-394205: Cards\n03:52 A opens CMB-394206: More",
        series="CMB",
        told=("error refs/reserve/CMB/tip",),
    ),
    Row(name="below a reservation", series="CMB tip=3 9=A", told=("error refs/reserve/CMB/tip",)),
)
def test_lost_tip(row: Row) -> None:
    assert row.says("lost-tip") == row.told
