from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
RETIRED = OPENED + "03:52 ORA-01 boots\n03:53 ORA-01 retires\n"
CLAIMS = "04:00 ORA-01 claims CMB-0036"


@rows(
    Row(name="never booted", landed=OPENED, new=CLAIMS),
    Row(name="booted", landed=OPENED + "03:52 ORA-01 boots", new=CLAIMS),
    Row(name="booted again", landed=RETIRED + "03:54 ORA-01 boots", new=CLAIMS),
    Row(name="it only says something", landed=RETIRED, new="04:00 ORA-01 notes CMB-0036: hm"),
    Row(name="old", landed=RETIRED + CLAIMS),
    Row(name="retired", landed=RETIRED, new=CLAIMS, told=("error CMB-0036",)),
)
def test_retired_seat(row: Row) -> None:
    assert row.says("retired-seat") == row.told
