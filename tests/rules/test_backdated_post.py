from tests.rules.views import Row, rows

FEED = "03:51 CAMBER-01 opens CMB-0036: Redline cards"
UNNAMED = "03:50 ORA-01 notes by hand: hm\n03:52 ORA-01 notes CMB-0036 by hand: hm"
LATER = "\n04:10 CAMBER-01 notes CMB-0036: hm\n03:55 CAMBER-02 notes CMB-0036: hm"
BY_HAND = FEED + "\n04:00 CAMBER-01 claims CMB-0036 by hand"
NOTED = FEED + "\n04:00 CAMBER-01 notes CMB-0036 by hand: hm"
EARLY = "03:55 ORA-01 claims CMB-0036 by hand"
RULING = "03:55 S rules rules_on=CMB-0001 by hand: This one\n| ABSORB: CMB-0036 -> DONE (why)"


@rows(
    Row(name="in turn", landed=FEED, new="04:00 ORA-01 claims CMB-0036 by hand"),
    Row(name="the same time", landed=FEED, new="03:51 ORA-01 claims CMB-0036 by hand"),
    Row(name="another ticket", landed=FEED, new="03:50 ORA-01 opens ORA-0001 by hand: Sound"),
    Row(name="landed by the tool", landed=FEED, new="03:50 ORA-01 claims CMB-0036"),
    Row(
        name="dated before",
        landed=FEED,
        new="03:50 ORA-01 claims CMB-0036 by hand",
        told=("warning CMB-0036",),
    ),
    Row(
        name="before the newest only",
        landed=FEED + LATER,
        new="04:00 ORA-01 notes CMB-0036 by hand: I",
        told=("warning CMB-0036",),
    ),
    Row(
        name="old, when whole",
        landed=FEED + "\n03:50 ORA-01 claims CMB-0036 by hand",
        told=("warning CMB-0036",),
    ),
    Row(
        name="old, when not",
        landed=FEED + "\n03:50 ORA-01 notes CMB-0036 by hand: I",
        new="04:00 ORA-01 notes CMB-0036 by hand: I",
    ),
    Row(
        name="before one that landed by hand",
        landed=FEED + "\n04:00 CAMBER-02 claims CMB-0036 by hand",
        new="03:55 ORA-01 claims CMB-0036 by hand",
        told=("error CMB-0036",),
    ),
    Row(
        name="before a note that landed by hand",
        landed=FEED + "\n04:00 CAMBER-02 notes CMB-0036 by hand: hm",
        new="03:55 ORA-01 claims CMB-0036 by hand",
    ),
    Row(
        name="before one on another ticket",
        landed=FEED + "\n04:00 CAMBER-02 opens ORA-0001 by hand: Sound",
        new="03:55 ORA-01 claims CMB-0036 by hand",
    ),
    Row(name="on no ticket", landed=FEED + "\n04:00 A notes: hm", new=UNNAMED),
    Row(
        name="by hand beside one of the tool",
        landed=FEED,
        new="03:49 A notes CMB-0036: hm\n03:50 ORA-01 notes CMB-0036 by hand: hm",
        told=("warning CMB-0036",),
    ),
    Row(name="after a landed one by hand", landed=BY_HAND, new="04:01 ORA-01 claims CMB-0036 by hand"),
    Row(
        name="before it, on another ticket", landed=BY_HAND, new="03:55 ORA-01 opens ORA-0001 by hand: Sound"
    ),
    Row(name="before it, and only a note", landed=BY_HAND, new="03:55 ORA-01 notes CMB-0036 by hand: hm"),
    Row(name="a landed note undoes nothing", landed=NOTED, new="03:55 ORA-01 claims CMB-0036 by hand"),
    Row(name="by the tool", landed=BY_HAND, new="03:55 ORA-01 claims CMB-0036"),
    Row(name="would stand before it", landed=BY_HAND, new=EARLY, told=("error CMB-0036",)),
    Row(name="a ruling would", landed=BY_HAND, new=RULING, told=("error S",)),
    Row(name="stands before it, when whole", landed=f"{BY_HAND}\n{EARLY}"),
)
def test_backdated_post(row: Row) -> None:
    assert row.says("backdated-post") == row.told
