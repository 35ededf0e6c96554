from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
BEHIND = "03:52 CAMBER-01 opens CMB-0040 after=CMB-0036: Cards of the night\n"
CANCEL = "04:00 CAMBER-01 cancels CMB-0036: nobody wants it\n"
AMENDABLE = OPENED + "03:52 CAMBER-01 opens CMB-0040: Cards of the night\n" + CANCEL
AMEND = "04:10 CAMBER-01 amends CMB-0040 after=CMB-0036: sorry"


@rows(
    Row(name="open", landed=OPENED, new=BEHIND),
    Row(name="shut, and still to be done", landed=OPENED + BEHIND),
    Row(name="not filed yet", new=BEHIND),
    Row(name="closed behind it", landed=OPENED + BEHIND + CANCEL + "04:10 A cancels CMB-0040: as well"),
    Row(
        name="set before the gate died, when new",
        landed=OPENED + BEHIND + CANCEL,
        new="04:20 A notes CMB-0040: hm",
    ),
    Row(
        name="opened behind one",
        landed=OPENED + CANCEL,
        new=BEHIND.replace("03:52", "04:10"),
        told=("error CMB-0040",),
    ),
    Row(name="amended behind one", landed=AMENDABLE, new=AMEND, told=("error CMB-0040",)),
    Row(name="in an amendment that was refused", landed=AMENDABLE, new=AMEND.removesuffix(": sorry")),
    Row(name="when whole", landed=OPENED + BEHIND + CANCEL, told=("error CMB-0040",)),
    Row(
        name="a second opening behind it",
        landed=OPENED + BEHIND + CANCEL,
        new=BEHIND.replace("03:52", "04:10"),
    ),
)
def test_dead_gate(row: Row) -> None:
    assert row.says("dead-gate") == row.told
