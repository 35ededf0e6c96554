from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
SECOND = "03:57 ORA-01 opens CMB-0036: Audio playback\n"
MOVED = "04:00 ORA-01 moves CMB-0037: CMB-0036 -> CMB-0037 post:#2\n"
RULED = "04:00 S rules CMB-0036 rules_on=CMB-0036: Which stands"


@rows(
    Row(name="one opening", new=OPENED),
    Row(name="moved since", landed=OPENED + SECOND + MOVED),
    Row(name="old, and not judged", landed=OPENED + SECOND, new="05:00 CAMBER-01 notes CMB-0036: hm"),
    Row(name="second", landed=OPENED, new=SECOND, told=("error CMB-0036",)),
    Row(name="both new", new=OPENED + SECOND, told=("error CMB-0036",)),
    Row(name="old, until it is moved", landed=OPENED + SECOND, told=("error CMB-0036",)),
    Row(
        name="it does not age",
        landed=OPENED + SECOND + "04:10 CAMBER-01 claims CMB-0036",
        told=("error CMB-0036",),
    ),
    Row(
        name="without a subject", landed=OPENED, new="03:57 ORA-01 reposts CMB-0036", told=("error CMB-0036",)
    ),
    Row(name="a ruling's own ticket", landed=OPENED, new=RULED, told=("error CMB-0036",)),
    Row(
        name="such a ruling, and gone on",
        landed=OPENED + RULED + "\n04:10 A claims CMB-0036",
        told=("warning CMB-0036",),
    ),
)
def test_double_opening(row: Row) -> None:
    assert row.says("double-opening") == row.told


def test_what_has_not_landed_is_not_to_be_confirmed() -> None:
    """`confirm` finds nothing to settle before the post has landed."""
    landed = "03:51 A opens CMB-0036: Cards\n"
    again = "03:57 B opens CMB-0036: Audio"
    (new,) = Row(name="", landed=landed, new=again).findings("double-opening")
    assert new.fix.startswith("`git ledger append --reserve CMB …`")
    (bare,) = Row(name="", landed=landed, new="03:57 B reposts CMB-0036").findings("double-opening")
    assert bare.fix.startswith("`git ledger show CMB-0036`")
    (old,) = Row(name="", landed=landed + again).findings("double-opening")
    assert old.fix.startswith("`git ledger confirm CMB-0036` moves this one")
