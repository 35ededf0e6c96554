from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
HELD = OPENED + "04:00 A claims CMB-0036\n"
SOON = "05:59 S sweeps CMB-0036: post:#2 (silent for nearly 2h)"
NOWHERE = SOON.replace("#2", "20261120T035200000Z-camber-01-00000000000000aa")


@rows(
    Row(name="in time", landed=HELD, new="06:00 S sweeps CMB-0036: post:#2 (silent for 2h)"),
    Row(name="the holder itself", landed=HELD, new="04:10 A releases CMB-0036: not mine"),
    Row(name="too soon", landed=HELD, new=SOON, told=("error CMB-0036",)),
    Row(name="another time", config="claim_ttl: 1h", landed=HELD, new=SOON),
    Row(
        name="alive since, said once",
        landed=HELD + "05:30 A notes CMB-0036: hm\n",
        new=SOON,
        told=("error CMB-0036",),
    ),
    Row(name="names what is not there", landed=HELD, new=NOWHERE, told=("error CMB-0036",)),
    Row(name="old", landed=HELD + SOON, told=("error CMB-0036",)),
    Row(
        name="old, and gone on", landed=HELD + SOON + "\n06:10 B claims CMB-0036", told=("warning CMB-0036",)
    ),
)
def test_premature_release(row: Row) -> None:
    assert row.says("premature-release") == row.told
