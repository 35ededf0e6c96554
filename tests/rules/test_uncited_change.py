from tests.rules.views import Row, rows

LANDED = "03:50 A opens CMB-0001: one\n03:51 A amends CMB-0001 lane=x: why\n03:52 A notes CMB-0001: hm\n"
RULES = "04:00 S rules rules_on=CMB-0001 {}: x\n| ABSORB: CMB-0001 -> DONE"
DONE = LANDED + "03:53 A cancels CMB-0001: no\n"
OVER = (
    LANDED
    + """
    03:53 A opens CMB-0002: two
    03:54 A blocks CMB-0001 blocked_on=CMB-0002: waits
    03:55 A cancels CMB-0002: no
"""
)


@rows(
    Row(name="it cites the newest move", landed=LANDED, new=RULES.format("cites=#2")),
    Row(name="a note need not be cited", landed=LANDED, new=RULES.format("cites=#2")),
    Row(
        name="a ruling on it that absorbed others need not be cited",
        landed=LANDED + "03:54 S rules rules_on=CMB-0001: y\n",
        new=RULES.format("cites=#2"),
    ),
    Row(name="nothing is touched", landed=LANDED, new="04:00 S notes CMB-0001: hm"),
    Row(
        name="opened in the same breath",
        new="04:00 S opens CMB-0001: x\n04:01 S offers CMB-0001 cites=#1: B (warmer: x)",
    ),
    Row(name="old posts are left alone", landed=LANDED + RULES.replace(" {}", "")),
    Row(name="it cites nothing", landed=LANDED, new=RULES.replace(" {}", ""), told=("warning CMB-0001",)),
    Row(
        name="it cites an older move", landed=LANDED, new=RULES.format("cites=#1"), told=("warning CMB-0001",)
    ),
    Row(name="a repair", landed=DONE, new="04:00 S repairs CMB-0001: why", told=("warning CMB-0001",)),
    Row(name="a repair that cites", landed=DONE, new="04:00 S repairs CMB-0001 cites=#4: why"),
    Row(
        name="a release that cites what ended the block",
        landed=OVER,
        new="04:00 S releases CMB-0001 cites=#6: it is over",
    ),
    Row(
        name="a release that does not",
        landed=OVER,
        new="04:00 S releases CMB-0001: it is over",
        told=("warning CMB-0001",),
    ),
    Row(
        name="a handoff",
        landed=LANDED,
        new="04:00 A offers CMB-0001: B (warmer: x)",
        told=("warning CMB-0001",),
    ),
)
def test_uncited_change(row: Row) -> None:
    assert row.says("uncited-change") == row.told
