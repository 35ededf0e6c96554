from tests.rules.views import Row, rows

OPENED = "05:00 A opens CMB-0036: Cards\n05:01 A opens CMB-0037: Playback\n"
DONE = "05:10 C claims CMB-0036\n05:20 C finishes CMB-0036\n"


@rows(
    Row(name="nothing at all"),
    Row(name="somebody posted", landed=OPENED + DONE + "05:55 A notes CMB-0037: hm"),
    Row(name="nobody here works", landed=OPENED),
    Row(name="all who work have retired", landed=OPENED + DONE + "05:21 C retires"),
    Row(name="nothing is claimable", landed=OPENED + DONE + "05:21 A parks CMB-0037: later"),
    Row(name="not when new", landed=OPENED, new=DONE),
    Row(name="silent", landed=OPENED + DONE, told=("warning CMB-0037",)),
    Row(name="a day later still", landed=OPENED + DONE, now="2026-11-21T06:00", told=("warning CMB-0037",)),
    Row(
        name="a date of next year breaks no silence",
        landed=OPENED + DONE + "2027-11-20T05:21 A notes CMB-0037: hm",
        told=("warning CMB-0037",),
    ),
    Row(name="a clock of another time zone does", landed=OPENED + DONE + "15:21 A notes CMB-0037: hm"),
    Row(name="who booted counts", landed=OPENED + "05:10 C boots", told=("warning CMB-0036",)),
    Row(
        name="a seat that a schedule drives",
        landed=OPENED + "05:10 C boots\n05:11 D boots driver=cron\n05:12 E boots",
        told=("error CMB-0036",),
    ),
)
def test_silent_fleet(row: Row) -> None:
    assert row.says("silent-fleet") == row.told
