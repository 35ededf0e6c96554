from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
CONFIG = "namespaces:\n  CMB: {id: 'CMB-{n:04}'}\n"
BAD = "03:51 CAMBER-01 opens CMB-36: Cards\n"


@rows(
    Row(name="as its namespace asks", config=CONFIG, new=OPENED),
    Row(name="any namespace without a config", new="03:51 CAMBER-01 opens ORA-0001: Sound"),
    Row(name="a move names no new ticket", config=CONFIG, new="03:51 CAMBER-01 claims CMB-36"),
    Row(
        name="another width", config=CONFIG, new="03:51 CAMBER-01 opens CMB-36: Cards", told=("error CMB-36",)
    ),
    Row(
        name="no such namespace",
        config=CONFIG,
        new="03:51 CAMBER-01 opens ORA-0001: Sound",
        told=("error ORA-0001",),
    ),
    Row(
        name="a ruling's own ticket",
        config=CONFIG,
        new="03:51 S rules CMB-99 rules_on=CMB-0036: Which stands",
        told=("error CMB-99",),
    ),
    Row(
        name="an amendment's target",
        config=CONFIG,
        landed=OPENED + "03:57 ORA-01 opens CMB-0036 by hand: Sound\n",
        new="04:00 ORA-01 moves CMB-37: CMB-0036 -> CMB-37 post:#2",
        told=("error CMB-37",),
    ),
    Row(name="old", config=CONFIG, landed=BAD, told=("error CMB-36",)),
    Row(
        name="old, and gone on",
        config=CONFIG,
        landed=BAD + "04:00 CAMBER-01 claims CMB-36",
        told=("warning CMB-36",),
    ),
)
def test_bad_ticket_id(row: Row) -> None:
    assert row.says("bad-ticket-id") == row.told
