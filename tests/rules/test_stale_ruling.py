from tests.rules.views import Row, rows

WAITS = """
    03:50 A opens FLT-1296: collided
    03:51 A opens FLT-1297 state=BLOCKED blocked_on=ruling:FLT-1296,FLT-1299: waits for two
"""
RULED = WAITS + "05:00 S rules rules_on=FLT-1296: x\n| ABSORB: FLT-1296 -> DONE\n"
UNNAMED = "03:51 A opens FLT-1297 owner=awaiting-S-ruling: x\n"


@rows(
    Row(name="no ruling yet", landed=WAITS),
    Row(name="a fresh ruling", landed=RULED, now="05:09"),
    Row(name="freed", landed=RULED + "05:01 A releases FLT-1297: over"),
    Row(
        name="another ruling", landed=WAITS + "05:00 S rules rules_on=FLT-0001: x\n| ABSORB: FLT-1296 -> DONE"
    ),
    Row(
        name="not when new",
        landed=WAITS,
        new="05:00 S rules rules_on=FLT-1296: x\n| ABSORB: FLT-1296 -> DONE",
    ),
    Row(name="stale", landed=RULED, now="05:11", told=("error FLT-1297",)),
    Row(name="its own patience", landed=RULED, now="05:11", config="ruling_stale_after: 1h"),
    Row(
        name="an unnamed wait, no ruling since",
        landed="03:00 A opens FLT-1296: y\n03:01 S rules rules_on=FLT-1296: x\n| ABSORB: FLT-1296 -> DONE\n"
        + UNNAMED,
    ),
    Row(
        name="an unnamed wait, and any ruling since",
        landed=UNNAMED
        + "03:52 A opens FLT-1296: y\n05:00 S rules rules_on=FLT-1296: x\n| ABSORB: FLT-1296 -> DONE",
        told=("error FLT-1297",),
    ),
)
def test_stale_ruling(row: Row) -> None:
    assert row.says("stale-ruling") == row.told
