from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
SECOND = "03:57 ORA-01 opens CMB-0036: Audio playback\n"
MOVED = "04:00 ORA-01 moves CMB-0037: CMB-0036 -> CMB-0037 post:#2"
BY_STRAT = MOVED.replace("ORA-01", "STRAT-2")
BOTH = "CMB tip=36 36=CAMBER-01 "
CLAIM = "04:10 CAMBER-01 claims CMB-0036"


@rows(
    Row(name="by the seat itself", series="CMB tip=36 36=CAMBER-01", new=OPENED),
    Row(name="by nobody", series="CMB tip=36", new=OPENED),
    Row(name="a series that could not be read", series="ORA tip=1", new=OPENED),
    Row(name="by another", series="CMB tip=36 36=ORA-01", new=OPENED, told=("error CMB-0036",)),
    Row(name="by plain git", series="CMB tip=36 36=?", new=OPENED, told=("warning CMB-0036",)),
    Row(name="a target of the seat's own", series=BOTH + "37=ORA-01", landed=OPENED + SECOND, new=MOVED),
    Row(
        name="a strat moves it to the seat's number",
        series=BOTH + "37=ORA-01",
        landed=OPENED + SECOND,
        new=BY_STRAT,
    ),
    Row(
        name="a strat moves it to its own number",
        series=BOTH + "37=STRAT-2",
        landed=OPENED + SECOND,
        new=BY_STRAT,
    ),
    Row(
        name="a target of another",
        series=BOTH + "37=CAMBER-02",
        landed=OPENED + SECOND,
        new=BY_STRAT,
        told=("error CMB-0037",),
    ),
    Row(name="old", series="CMB tip=36 36=ORA-01", landed=OPENED, told=("error CMB-0036",)),
    Row(
        name="old, and gone on",
        series="CMB tip=36 36=ORA-01",
        landed=OPENED + CLAIM,
        told=("warning CMB-0036",),
    ),
    Row(name="old, and lost", series=BOTH, landed=OPENED + SECOND),
    Row(name="new, and lost", series=BOTH, landed=OPENED, new=SECOND, told=("error CMB-0036",)),
)
def test_reserved_by_another(row: Row) -> None:
    assert row.says("reserved-by-another") == row.told
