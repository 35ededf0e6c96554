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
        name="an unnamed wait in words, and any ruling since",
        landed="03:51 A opens FLT-1297: x\n03:52 A blocks FLT-1297: awaiting the decision\n"
        + UNNAMED.replace("1297", "1298").replace("awaiting-S-ruling", "open")
        + "05:00 S rules rules_on=FLT-1298: x\n| ABSORB: FLT-1298 -> DONE",
        told=("error FLT-1297",),
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


def test_what_waits_by_its_owner_goes_on_by_its_owner() -> None:
    """`release` of a ticket that is AWAITING_CLAIM already is refused, and `claim` too."""
    ruled = (
        UNNAMED + "03:52 A opens FLT-1296: y\n05:00 S rules rules_on=FLT-1296: x\n| ABSORB: FLT-1296 -> DONE"
    )
    (one,) = Row(name="", landed=ruled).findings("stale-ruling")
    assert one.fix.startswith("`git ledger amend FLT-1297 --owner open --why …`")
