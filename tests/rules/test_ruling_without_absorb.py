from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
RULING = "04:00 S rules rules_on=CMB-0036: This one"


@rows(
    Row(name="a note", new="04:00 S notes: I will rule"),
    Row(name="one line", landed=OPENED, new=RULING + "\n| ABSORB: CMB-0036 -> AWAITING_CLAIM (why)"),
    Row(name="prose", landed=OPENED, new=RULING + "\n| CMB-0036 may go on.", told=("error S",)),
    Row(
        name="a line that is none", landed=OPENED, new=RULING + "\n| ABSORB: CMB-0036 DONE", told=("error S",)
    ),
)
def test_ruling_without_absorb(row: Row) -> None:
    assert row.says("ruling-without-absorb") == row.told
