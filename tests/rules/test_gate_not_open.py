from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
BEHIND = "03:52 CAMBER-01 opens CMB-0040 after=CMB-0036: Cards of the night\n"
GATED = OPENED + BEHIND + "04:00 CAMBER-01 claims CMB-0036\n"


@rows(
    Row(name="no gate", landed=OPENED, new="04:00 CAMBER-01 claims CMB-0036"),
    Row(name="open", landed=GATED + "04:10 CAMBER-01 finishes CMB-0036", new="04:20 A claims CMB-0040"),
    Row(name="shut", landed=GATED, new="04:20 A claims CMB-0040", told=("error CMB-0040",)),
)
def test_gate_not_open(row: Row) -> None:
    assert row.says("gate-not-open") == row.told
