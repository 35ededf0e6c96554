from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
HELD = OPENED + "04:00 A claims CMB-0036\n"
ASKED = HELD + "06:02 S challenges CMB-0036: post:#2 grace:10m clone:00000000000000c1\n"


@rows(
    Row(name="young", landed=HELD, now="06:00"),
    Row(name="held by nobody", landed=OPENED, now="23:00"),
    Row(name="renewed by a note", landed=HELD + "05:00 A notes CMB-0036: half done", now="07:00"),
    Row(name="not when new", new=HELD, now="23:00"),
    Row(name="silent", landed=HELD, now="06:01", told=("error CMB-0036",)),
    Row(
        name="somebody else's note",
        landed=HELD + "05:00 B notes CMB-0036: and?",
        now="06:01",
        told=("error CMB-0036",),
    ),
    Row(name="challenged", landed=ASKED, now="06:11", told=("warning CMB-0036",)),
    Row(name="its grace is over", landed=ASKED, now="06:12", told=("error CMB-0036",)),
    Row(name="answered", landed=ASKED + "06:05 A lives: CMB-0036", now="06:12"),
    Row(name="another time", config="claim_ttl: 3h", landed=HELD, now="06:01"),
)
def test_expired_claim(row: Row) -> None:
    assert row.says("expired-claim") == row.told
