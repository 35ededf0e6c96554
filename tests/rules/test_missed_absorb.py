from tests.rules.views import Row, rows, view

OPENED = "03:51 A opens FLT-1297: Trim\n03:52 A opens FLT-1299: Splice\n"
WAITING = (
    OPENED
    + """
    04:00 A blocks FLT-1297 blocked_on=ruling:FLT-1296: which of them
    04:01 A blocks FLT-1299 blocked_on=ruling:FLT-1296: which of them
    """
)
MORE = "04:10 A blocks FLT-1299 blocked_on=ruling:FLT-1296,FLT-1297: and the trim\n"
TWO = "04:10 A blocks FLT-1299 blocked_on=ruling:FLT-1296,ruling:FLT-1290: and the other\n"
RULING = "05:00 S rules rules_on=FLT-1296: This one"
BOTH_RULED = "05:00 S rules rules_on=FLT-1296,FLT-1290: This one"
FIRST = "\n| ABSORB: FLT-1297 -> DONE (collision-resolved)"
SECOND = "\n| ABSORB: FLT-1299 -> AWAITING_CLAIM (work continues)"


@rows(
    Row(name="both named", landed=WAITING, new=RULING + FIRST + SECOND),
    Row(name="nobody waits", landed=OPENED, new=RULING + FIRST),
    Row(name="waits for more", landed=WAITING + MORE, new=RULING + FIRST),
    Row(name="waits for another ruling", landed=WAITING, new=RULING.replace("FLT-1296", "FLT-9999") + FIRST),
    Row(name="waits for two that are ruled", landed=WAITING + TWO, new=BOTH_RULED + FIRST + SECOND),
    Row(name="another post", landed=WAITING, new="05:00 A notes FLT-1297: hm"),
    Row(name="one forgotten", landed=WAITING, new=RULING + FIRST, told=("error FLT-1299",)),
    Row(name="both forgotten", landed=WAITING, new=RULING, told=("error FLT-1297", "error FLT-1299")),
    Row(
        name="two that are ruled, forgotten",
        landed=WAITING + TWO,
        new=BOTH_RULED + FIRST,
        told=("error FLT-1299",),
    ),
    Row(name="an old ruling, not judged", landed=WAITING + RULING + FIRST, new="05:10 A notes: hm"),
    Row(name="an old ruling", landed=WAITING + RULING + FIRST, told=("error FLT-1299",)),
    Row(name="released since", landed=WAITING + RULING + FIRST + "\n05:10 A releases FLT-1299: ruled"),
    Row(name="no ruling yet", landed=WAITING),
)
def test_missed_absorb(row: Row) -> None:
    assert row.says("missed-absorb") == row.told


def test_a_new_ruling_is_told_at_its_last_line_with_the_line_to_paste() -> None:
    (one,) = Row(name="one forgotten", landed=WAITING, new=RULING + FIRST).findings("missed-absorb")
    posts = view(WAITING, RULING + FIRST).judged
    assert one.where.line == posts[0].directives[-1].line
    assert "`ABSORB: FLT-1299 -> AWAITING_CLAIM (why)`" in one.fix, "obeyed to the letter, it loses no work"
    assert "`git ledger rule --suggest --on FLT-1296`" in one.fix


def test_an_old_one_is_told_of_the_newest_ruling() -> None:
    feed = (
        f"{WAITING}{TWO}05:00 S rules rules_on=FLT-1290: That{FIRST}\n05:01 S rules rules_on=FLT-1296: This"
    )
    (one,) = Row(name="two rulings", landed=feed).findings("missed-absorb")
    assert one.post == view(feed).judged[-1].id
