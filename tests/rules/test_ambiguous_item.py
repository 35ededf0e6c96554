from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
BOTH = OPENED + "03:57 ORA-01 opens CMB-0036: Audio playback\n"
MOVED = "04:00 ORA-01 moves CMB-0037: CMB-0036 -> CMB-0037 post:#2\n"


@rows(
    Row(name="by the winner", landed=BOTH, new="04:00 CAMBER-01 claims CMB-0036"),
    Row(name="by a third seat", landed=BOTH, new="04:00 CAMBER-02 claims CMB-0036"),
    Row(name="by the loser", landed=BOTH, new="04:00 ORA-01 claims CMB-0036", told=("error CMB-0036",)),
    Row(name="after it was moved", landed=BOTH + MOVED, new="04:10 ORA-01 claims CMB-0036"),
)
def test_ambiguous_item(row: Row) -> None:
    assert row.says("ambiguous-item") == row.told
