from tests.rules.views import Row, rows

PROVISIONAL = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n| CONFIRM-PENDING: CMB-0036"


@rows(
    Row(name="confirmed", landed=PROVISIONAL + "\n03:52 CAMBER-01 confirms CMB-0036"),
    Row(name="in time", landed=PROVISIONAL, now="03:51:30"),
    Row(name="not when new", new=PROVISIONAL),
    Row(name="too late", landed=PROVISIONAL, now="03:51:31", told=("error CMB-0036",)),
    Row(name="a longer time", landed=PROVISIONAL, now="03:52", config="confirm_within: 2m"),
)
def test_unconfirmed_provisional(row: Row) -> None:
    assert row.says("unconfirmed-provisional") == row.told
