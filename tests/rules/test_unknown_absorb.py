from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
RULING = "04:00 S rules rules_on=CMB-0036: This one"


@rows(
    Row(name="there", landed=OPENED, new=RULING + "\n| ABSORB: CMB-0036 -> DONE (why)"),
    Row(
        name="not there",
        landed=OPENED,
        new=RULING + "\n| ABSORB: CMB-0063 -> DONE (why)",
        told=("error CMB-0063",),
    ),
    Row(
        name="by what is not there",
        landed=OPENED,
        new=RULING + "\n| ABSORB: CMB-0036 -> DONE absorbed-by:CMB-0063",
        told=("error CMB-0036",),
    ),
)
def test_unknown_absorb(row: Row) -> None:
    assert row.says("unknown-absorb") == row.told
