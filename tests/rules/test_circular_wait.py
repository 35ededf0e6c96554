from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
AFTER = "03:55 A opens CMB-0040 after=CMB-0036: Cards of the night\n"
GATES = "04:10 A amends CMB-0036 after=CMB-0040: sorry"
BLOCK = "04:10 A blocks CMB-0036 blocked_on=CMB-0040: the night first\n"
CIRCLE = OPENED + AFTER + BLOCK
BROKEN = f"""{OPENED}
    03:55 A opens CMB-0040: Cards of the night
    04:00 A claims CMB-0040
    04:10 A finishes CMB-0040
    04:20 A amends CMB-0040 after=CMB-0036: it came after
    04:30 A blocks CMB-0036 blocked_on=CMB-0040: to be sure
    """
WAITING = OPENED + "03:55 A opens CMB-0040 state=BLOCKED blocked_on=ruling:CMB-0036: Cards of the night\n"
BLOCKED = "03:55 A opens CMB-0040 state=BLOCKED blocked_on=words: Cards of the night\n"
THIRD = "04:30 A opens CMB-0050: Third\n"
RULED = f"""{OPENED}
    03:55 A opens CMB-0040 after=CMB-0036: Cards of the night
    04:00 S rules rules_on=CMB-0040: Which
        | ABSORB: CMB-0040 -> DONE (why)
    04:10 A blocks CMB-0036 blocked_on=CMB-0040: to be sure
    """
CORRECTED = "04:20 S rules rules_on=CMB-0040 corrects=#3: Both\n| ABSORB: CMB-0040 -> AWAITING_CLAIM (why)"
RULING = "05:00 S rules rules_on=CMB-0036: That one"
ABSORBED = "\n| ABSORB: CMB-0036 -> DONE absorbed-by:CMB-0040"
FREED = "\n| ABSORB: CMB-0040 -> AWAITING_CLAIM (work continues)"


@rows(
    Row(name="a line of waits", landed=OPENED, new=AFTER + "\n04:10 A opens CMB-0041 after=CMB-0040: Third"),
    Row(name="absorbed by a free one", landed=OPENED + AFTER, new=RULING + ABSORBED),
    Row(name="absorbed by one that is absorbed too", landed=WAITING, new=RULING + ABSORBED + FREED),
    Row(name="an old circle, and another post", landed=CIRCLE, new="04:30 A notes CMB-0036: hm"),
    Row(
        name="an old circle, and another change",
        landed=CIRCLE,
        new="04:30 A amends CMB-0036 priority=LOW: hm",
    ),
    Row(name="a circle that was left", landed=CIRCLE + "04:30 A releases CMB-0036: no need"),
    Row(name="gates", landed=OPENED + AFTER, new=GATES, told=("error CMB-0036",)),
    Row(
        name="absorbed by one that waits for it",
        landed=WAITING,
        new=RULING + ABSORBED,
        told=("error CMB-0040",),
    ),
    Row(name="a gate and a block", landed=OPENED + AFTER, new=BLOCK, told=("error CMB-0036",)),
    Row(name="when whole", landed=CIRCLE, told=("error CMB-0036",)),
    Row(
        name="opened again",
        landed=BROKEN,
        new="04:50 A repairs CMB-0040: it was not done",
        told=("error CMB-0040",),
    ),
    Row(name="an old ruling", landed=WAITING + RULING + ABSORBED, told=("error CMB-0040",)),
    Row(name="absorbed by one that waits for something else", landed=OPENED + BLOCKED, new=RULING + ABSORBED),
    Row(
        name="an old circle, and a wait elsewhere",
        landed=CIRCLE + THIRD,
        new="04:40 A blocks CMB-0050 blocked_on=rain: x",
    ),
    Row(name="a gate behind a block", landed=OPENED + BLOCK, new=AFTER, told=("error CMB-0040",)),
    Row(name="ruled open again", landed=RULED, new=CORRECTED, told=("error CMB-0040",)),
)
def test_circular_wait(row: Row) -> None:
    assert row.says("circular-wait") == row.told


def test_an_old_circle_is_left_by_the_command_that_its_newest_ticket_allows() -> None:
    (block,) = Row(name="blocked", landed=CIRCLE).findings("circular-wait")
    (gate,) = Row(name="behind a gate", landed=OPENED + BLOCK + AFTER).findings("circular-wait")
    assert block.fix.startswith("`git ledger release CMB-0036 ")
    assert gate.fix.startswith("`git ledger amend CMB-0040 --after ")
