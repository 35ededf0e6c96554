from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
HELD = OPENED + "04:00 CAMBER-02 claims CMB-0036\n"
FINISHED = "04:10 ORA-01 finishes CMB-0036\n04:20 CAMBER-02 finishes CMB-0036"


@rows(
    Row(name="by its holder", landed=HELD, new="04:10 CAMBER-02 finishes CMB-0036"),
    Row(name="by a stranger", landed=HELD, new="04:10 ORA-01 finishes CMB-0036", told=("error CMB-0036",)),
    Row(name="held by nobody", landed=OPENED, new="04:10 ORA-01 finishes CMB-0036", told=("error CMB-0036",)),
    Row(name="old", landed=HELD + "04:10 ORA-01 finishes CMB-0036", told=("error CMB-0036",)),
    Row(name="old, and gone on", landed=HELD + FINISHED, told=("warning CMB-0036",)),
    Row(
        name="old, and not judged",
        landed=HELD + "04:10 ORA-01 finishes CMB-0036",
        new="04:20 ORA-01 notes: hm",
    ),
)
def test_not_the_holder(row: Row) -> None:
    assert row.says("not-the-holder") == row.told
