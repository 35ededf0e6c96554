from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n03:52 CAMBER-01 opens CMB-0037: Audio playback\n"
WAITS = "04:00 A blocks CMB-0036 blocked_on=CMB-0037: playback first\n"
RULED_UPON = "04:00 A blocks CMB-0036 blocked_on=CMB-0037,ruling:CMB-0001: which\n"
CANCEL = "05:00 A cancels CMB-0037: nobody wants it\n"
OPEN_AND_RULED = "05:05 A opens CMB-0050: More\n05:10 S rules rules_on=CMB-0050: This one\n"
DONE = "04:30 B claims CMB-0037\n04:40 B finishes CMB-0037\n"
MORE = "03:53 CAMBER-01 opens CMB-0038: Export\n"
RULING = "05:10 S rules rules_on=CMB-0001: This one\n"


@rows(
    Row(name="still waiting", landed=OPENED + WAITS),
    Row(name="waits for words", landed=OPENED + "04:00 A blocks CMB-0036 blocked_on=the-weather: rain"),
    Row(name="waits for nothing it names", landed=OPENED + "04:00 A blocks CMB-0036: rain"),
    Row(name="one of two is over", landed=OPENED + WAITS.replace("0037", "0037,CMB-0050") + CANCEL),
    Row(name="released", landed=OPENED + WAITS + CANCEL + "05:10 A releases CMB-0036: it is over"),
    Row(name="not when new", landed=OPENED + WAITS, new=CANCEL),
    Row(name="cancelled", landed=OPENED + WAITS + CANCEL, told=("error CMB-0036",)),
    Row(name="done opens it", landed=OPENED + WAITS + DONE),
    Row(
        name="one is done, the other cancelled",
        landed=OPENED + MORE + WAITS.replace("0037", "0037,CMB-0038") + DONE + CANCEL.replace("0037", "0038"),
        told=("error CMB-0036",),
    ),
    Row(
        name="done, and a ruling that landed beside it",
        landed=OPENED + RULED_UPON + DONE + RULING,
        told=("error CMB-0036",),
    ),
    Row(name="parked since", landed=OPENED + WAITS + CANCEL + "05:10 A parks CMB-0036: later"),
    Row(name="and a ruling that is due", landed=OPENED + RULED_UPON + CANCEL),
    Row(
        name="and a ruling that landed",
        landed=OPENED + RULED_UPON + CANCEL + RULING,
        told=("error CMB-0036",),
    ),
    Row(name="a ruling alone is missed-absorb", landed=OPENED + RULED_UPON.replace("CMB-0037,", "") + RULING),
    Row(
        name="and a ticket that was ruled upon and is open",
        landed=OPENED + RULED_UPON.replace("ruling:CMB-0001", "CMB-0050") + CANCEL + OPEN_AND_RULED,
    ),
)
def test_stale_block(row: Row) -> None:
    assert row.says("stale-block") == row.told
