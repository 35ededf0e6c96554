from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
SEATS = """
seats:
  CAMBER-01: {role: code}
  STRAT-2: {role: strat}
  OPS-1: {role: operator}
  otto: {surfaces: [otto-cli, otto-desktop]}
"""
OFFER = "offers CMB-0036: CAMBER-09 (warmer: it knows the cards)"
AMEND = "amends CMB-0036 priority=HIGH: it burns"
MOVE = "moves CMB-0037: CMB-0036 -> CMB-0037 post:#2"
MOVE_FIRST = MOVE.replace("#2", "#1")
NOWHERE = MOVE.replace("#2", "20261120T035200000Z-camber-01-00000000000000aa")
RULING = "05:00 ORA-01 rules rules_on=CMB-0036: Which stands\n| ABSORB: CMB-0036 -> AWAITING_CLAIM"
HELD = OPENED + "04:00 CAMBER-02 claims CMB-0036\n04:05 ORA-01 notes CMB-0036: hm\n"
DONE = HELD + "04:10 CAMBER-02 finishes CMB-0036\n"
BLOCKED = HELD + "04:10 CAMBER-02 blocks CMB-0036 blocked_on=ruling:CMB-0036: which of them\n"
WAITS = (
    HELD
    + "04:09 CAMBER-01 opens CMB-0037: Audio\n04:10 CAMBER-02 blocks CMB-0036 blocked_on=CMB-0037: waits\n"
)
LIFT = "releases CMB-0036: because"
REPLACE = "blocks CMB-0036 blocked_on=rain"
OVER = "04:20 ORA-01 cancels CMB-0037: nobody wants it\n"
BACK = HELD + "04:20 CAMBER-02 releases CMB-0036: not mine\n"
BOTH = OPENED + "03:57 ORA-01 opens CMB-0036: Audio playback\n"
LATE = OPENED + "| CONFIRM-PENDING: CMB-0036\n"
OWNED = "03:51 CAMBER-01 opens CMB-0036 owner=ORA-01: Redline cards\n"
AMENDED = OPENED + "04:00 CAMBER-01 amends CMB-0036 owner=ORA-01: for it\n"
HANDED = OWNED.replace("ORA-01", "ORA-02") + "04:00 ORA-02 offers CMB-0036: ORA-01 (warmer: why)\n"
REFUSED = OPENED + "04:00 CAMBER-01 amends CMB-0036 owner=ORA-01\n"
FOUND = ("error CMB-0036",)


@rows(
    Row(name="no seats table", landed=BLOCKED, new=RULING),
    Row(name="a strat rules", config=SEATS, landed=BLOCKED, new=RULING.replace("ORA-01", "STRAT-2")),
    Row(
        name="an operator repairs", config=SEATS, landed=DONE, new="05:00 OPS-1 repairs CMB-0036: it was not"
    ),
    Row(name="its filer offers it", config=SEATS, landed=OPENED, new=f"04:00 CAMBER-01 {OFFER}"),
    Row(name="its filer amends it", config=SEATS, landed=OPENED, new=f"04:00 CAMBER-01 {AMEND}"),
    Row(name="its holder amends it", config=SEATS, landed=HELD, new=f"04:10 CAMBER-02 {AMEND}"),
    Row(name="a seat moves what it filed", config=SEATS, landed=BOTH, new=f"04:00 ORA-01 {MOVE}"),
    Row(
        name="a seat moves what it filed, and makes it urgent",
        config=SEATS,
        landed=BOTH,
        new=f"04:00 ORA-01 {MOVE.replace(':', ' priority=HIGH:', 1)}",
    ),
    *(
        Row(
            name=f"another moves an opening when its time is over, with {field}",
            config=SEATS,
            landed=BOTH,
            new=f"07:00 ORA-02 {MOVE.replace(':', f' {field}:', 1)}",
            told=("error CMB-0037",),
        )
        for field in ("priority=CRITICAL", "owner=ORA-02", "lane=mine", "after=CMB-0036", "subject=Mine")
    ),
    Row(
        name="a strat moves an opening and says what it is worth",
        config=SEATS,
        landed=BOTH,
        new=f"07:00 STRAT-2 {MOVE.replace(':', ' priority=LOW:', 1)}",
    ),
    Row(name="its owner offers it on", config=SEATS, landed=OWNED, new=f"04:00 ORA-01 {OFFER}"),
    Row(name="its owner by amendment", config=SEATS, landed=AMENDED, new=f"04:20 ORA-01 {OFFER}"),
    Row(name="its owner by a handoff", config=SEATS, landed=HANDED, new=f"04:20 ORA-01 {OFFER}"),
    Row(
        name="its holder gives it on",
        config=SEATS,
        landed=HELD,
        new=f"04:20 CAMBER-02 {OFFER}\n| RELEASE: not mine",
    ),
    Row(name="any seat confirms a late one", config=SEATS, landed=LATE, new="04:20 ORA-01 confirms CMB-0036"),
    Row(name="its filer confirms it", config=SEATS, landed=LATE, new="03:51:05 CAMBER-01 confirms CMB-0036"),
    Row(
        name="another confirms it in its time",
        config=SEATS,
        landed=LATE,
        new="03:51:05 ORA-01 confirms CMB-0036",
        told=FOUND,
    ),
    Row(
        name="any seat moves a provisional one that is late",
        config=SEATS,
        landed=LATE,
        new=f"04:20 ORA-01 {MOVE_FIRST}",
    ),
    Row(name="no seats table: any seat lifts a block", landed=WAITS, new=f"05:00 ORA-01 {LIFT}"),
    Row(name="who set a block lifts it", config=SEATS, landed=WAITS, new=f"05:00 CAMBER-02 {LIFT}"),
    Row(name="a strat lifts a block", config=SEATS, landed=WAITS, new=f"05:00 STRAT-2 {LIFT}"),
    Row(
        name="anybody lifts a block that is over",
        config=SEATS,
        landed=WAITS + OVER,
        new=f"05:00 ORA-01 {LIFT}",
    ),
    Row(
        name="anybody lifts a parking",
        config=SEATS,
        landed=OPENED + "04:00 CAMBER-01 parks CMB-0036: later",
        new=f"05:00 ORA-01 {LIFT}",
    ),
    Row(
        name="anybody adds to a block", config=SEATS, landed=WAITS, new=f"05:00 ORA-01 {REPLACE},CMB-0037: x"
    ),
    Row(name="a code seat lifts a block", config=SEATS, landed=WAITS, new=f"05:00 ORA-01 {LIFT}", told=FOUND),
    Row(
        name="a code seat parks it first",
        config=SEATS,
        landed=WAITS + "04:50 ORA-01 parks CMB-0036: later\n",
        new=f"05:00 ORA-01 {LIFT}",
        told=FOUND,
    ),
    Row(
        name="a code seat replaces a block",
        config=SEATS,
        landed=WAITS,
        new=f"05:00 ORA-01 {REPLACE}: x",
        told=FOUND,
    ),
    Row(
        name="a code seat hands a blocked ticket on and lifts the block",
        config=SEATS,
        landed=WAITS,
        new=f"05:00 CAMBER-01 {OFFER}\n| RELEASE: so",
        told=FOUND,
    ),
    Row(name="an unlisted seat rules", config=SEATS, landed=BLOCKED, new=RULING, told=("error ORA-01",)),
    Row(
        name="a code seat repairs",
        config=SEATS,
        landed=DONE,
        new="05:00 ORA-01 repairs CMB-0036: no",
        told=FOUND,
    ),
    Row(name="a stranger offers it", config=SEATS, landed=OPENED, new=f"04:00 ORA-01 {OFFER}", told=FOUND),
    Row(
        name="its owner of before offers it",
        config=SEATS,
        landed=HANDED,
        new=f"04:20 ORA-02 {OFFER}",
        told=FOUND,
    ),
    Row(
        name="its owner by a post that was refused",
        config=SEATS,
        landed=REFUSED,
        new=f"04:20 ORA-01 {OFFER}",
        told=FOUND,
    ),
    Row(
        name="its holder of before offers it",
        config=SEATS,
        landed=BACK,
        new=f"04:30 CAMBER-02 {OFFER}",
        told=FOUND,
    ),
    Row(name="a stranger amends it", config=SEATS, landed=HELD, new=f"04:10 ORA-01 {AMEND}", told=FOUND),
    Row(
        name="a stranger moves an opening",
        config=SEATS,
        landed=BOTH,
        new=f"03:57:20 ORA-02 {MOVE}",
        told=("error CMB-0037",),
    ),
    Row(
        name="a stranger moves an opening when its time is over",
        config=SEATS,
        landed=BOTH,
        new=f"04:00 ORA-02 {MOVE}",
    ),
    Row(
        name="a stranger whose clock is ahead moves no opening early",
        config=SEATS,
        landed=BOTH,
        new=f"07:00 ORA-02 {MOVE}",
        now="03:57:20",
        told=("error CMB-0037",),
    ),
    Row(
        name="any seat, before the time is over",
        config=SEATS,
        landed=LATE,
        new=f"03:51:30 ORA-01 {MOVE_FIRST}",
        told=("error CMB-0037",),
    ),
    Row(name="old", config=SEATS, landed=OPENED + f"04:00 ORA-01 {OFFER}", told=FOUND),
    Row(
        name="old, and gone on",
        config=SEATS,
        landed=OPENED + f"04:00 ORA-01 {OFFER}\n04:10 CAMBER-09 claims CMB-0036",
        told=("warning CMB-0036",),
    ),
    Row(name="a code seat notes", config=SEATS, landed=OPENED, new="04:00 ORA-01 notes: hm"),
    Row(
        name="a stranger whose claim was refused amends it",
        config=SEATS,
        landed=HELD + "04:08 ORA-01 claims CMB-0036",
        new=f"04:10 ORA-01 {AMEND}",
        told=FOUND,
    ),
    Row(
        name="moves an opening that is not there", config=SEATS, landed=OPENED, new=f"04:00 ORA-01 {NOWHERE}"
    ),
)
def test_role_may_not_rule(row: Row) -> None:
    assert row.says("role-may-not-rule") == row.told
