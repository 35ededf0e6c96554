from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
SECOND = "03:57 ORA-01 opens CMB-0036: Audio playback\n"
PROVISIONAL = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n| CONFIRM-PENDING: CMB-0036"
FIRST = "03:51 CAMBER-01 opens CMB-0001: Redline cards\n"
MOVED = "04:00 ORA-01 moves CMB-0037: CMB-0036 -> CMB-0037 post:#2"
RULED = "04:00 S rules CMB-0037 rules_on=CMB-0036: Which stands\n| ABSORB: CMB-0036 -> AWAITING_CLAIM"
RENAMED = "04:00 CAMBER-01 amends CMB-0036 subject=Cards: shorter"
CLAIM = "04:10 CAMBER-01 claims CMB-0036"
PRIVATE = "namespaces:\n  CMB: {private_to: CAMBER-01}\n"


@rows(
    Row(name="reserved", series="CMB tip=36 36=CAMBER-01", new=OPENED),
    Row(name="reserved by plain git", series="CMB tip=30 36=?", new=OPENED),
    Row(
        name="a move takes no number", series="CMB tip=35", landed=OPENED, new="04:00 ORA-01 claims CMB-0036"
    ),
    Row(name="provisional", series="CMB tip=35", new=PROVISIONAL),
    Row(name="private to the seat", series="CMB tip=35", config=PRIVATE, new=OPENED),
    Row(name="sealed, when whole", series="CMB tip=36", landed=OPENED),
    Row(name="lost, when whole", series="CMB tip=30 36=CAMBER-01", landed=OPENED + SECOND),
    Row(name="an id that nobody can read", series="CMB tip=1", new="03:51 CAMBER-01 opens CMB-36: Cards"),
    Row(name="counted from memory", series="CMB tip=35 35=ORA-01", new=OPENED, told=("error CMB-0036",)),
    Row(name="below the tip", series="CMB tip=40 40=ORA-01", new=OPENED, told=("error CMB-0036",)),
    Row(name="above the tip, when whole", series="CMB tip=35", landed=OPENED, told=("error CMB-0036",)),
    Row(
        name="above the tip, and gone on",
        series="CMB tip=35",
        landed=OPENED + CLAIM,
        told=("warning CMB-0036",),
    ),
    Row(name="lost, when new", series="CMB tip=30", landed=OPENED, new=SECOND, told=("error CMB-0036",)),
    Row(
        name="a ruling's own ticket", series="CMB tip=35", landed=OPENED, new=RULED, told=("error CMB-0037",)
    ),
    Row(
        name="an amendment's target",
        series="CMB tip=36 36=A",
        landed=OPENED + SECOND,
        new=MOVED,
        told=("error CMB-0037",),
    ),
    Row(
        name="private to another seat",
        series="CMB tip=35",
        config=PRIVATE,
        new=SECOND,
        told=("error CMB-0036",),
    ),
    Row(
        name="private, until a second seat opens one there",
        series="CMB tip=35",
        config=PRIVATE,
        landed="03:40 ORA-01 opens CMB-0001: Audio playback",
        new=OPENED,
        told=("error CMB-0036",),
    ),
    Row(
        name="private, until a second seat's opening loses there",
        series="CMB tip=40 36=CAMBER-01",
        config=PRIVATE,
        landed=OPENED + SECOND,
        new="04:00 CAMBER-01 opens CMB-0037: More",
        told=("error CMB-0037",),
    ),
    Row(name="a series that could not be read", series="ORA tip=1", new=OPENED, told=("warning CMB-0036",)),
    Row(name="the first of its series", series="CMB", new=FIRST, told=("warning CMB-0001",)),
    Row(
        name="the first, and claimed since",
        series="CMB",
        landed=FIRST + "04:00 A claims CMB-0001",
        told=("warning CMB-0001",),
    ),
    Row(
        name="two that are first",
        series="CMB",
        new=FIRST + FIRST.replace("CAMBER", "ORA"),
        told=("warning CMB-0001", "error CMB-0001"),
    ),
    Row(name="first, but not number 1", series="CMB", new=OPENED, told=("error CMB-0036",)),
    Row(
        name="named before",
        series="CMB",
        landed="03:00 A notes CMB-0004: hm",
        new=FIRST,
        told=("error CMB-0001",),
    ),
    Row(name="another reserved before", series="CMB 4=ORA-01", new=FIRST, told=("error CMB-0001",)),
    Row(
        name="private, whoever files elsewhere",
        series="CMB tip=35",
        config=PRIVATE + "  ORA: {}\n",
        landed="03:40 ORA-01 opens ORA-0001: Sound",
        new=OPENED,
    ),
    Row(name="a new subject is no opening", series="CMB tip=35", landed=OPENED, new=RENAMED),
    Row(
        name="first, beside a spelling that nobody can read",
        series="CMB",
        landed="03:40 A notes CMB-4: hm",
        new=FIRST,
        told=("warning CMB-0001",),
    ),
)
def test_unreserved_ticket(row: Row) -> None:
    assert row.says("unreserved-ticket") == row.told
