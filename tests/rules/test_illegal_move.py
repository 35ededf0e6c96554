from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
RULED = f"""{OPENED}
    04:00 A cancels CMB-0036: nobody wants it
    04:10 S rules rules_on=CMB-0001: This one
        | ABSORB: CMB-0036 -> DONE (why)
    04:20 A repairs CMB-0036: somebody wants it
    """


@rows(
    Row(name="by the table", landed=OPENED, new="04:00 CAMBER-02 claims CMB-0036"),
    Row(name="no such ticket", new="04:00 CAMBER-02 claims CMB-0036", told=("error CMB-0036",)),
    Row(
        name="without a reason", landed=OPENED, new="04:00 CAMBER-02 parks CMB-0036", told=("error CMB-0036",)
    ),
    Row(name="an old line of a ruling, and gone on", landed=RULED, told=("warning CMB-0036",)),
)
def test_illegal_move(row: Row) -> None:
    assert row.says("illegal-move") == row.told
