from tests.rules.views import Row, rows

SEATS = """
seats:
  CAMBER-01: {role: code}
  STRAT-2: {role: strat}
  OPS-1: {role: operator}
  otto: {surfaces: [otto-cli, otto-desktop]}
"""
ONLY = SEATS + "seats_listed_only: true\n"


@rows(
    Row(name="no config", new="03:51 ORA-01 notes: hello"),
    Row(name="anybody may post", config=SEATS, new="03:51 ORA-01 notes: hello"),
    Row(name="listed", config=ONLY, new="03:51 CAMBER-01 notes: hello\n03:52 otto-cli notes: hello"),
    Row(name="unlisted", config=ONLY, new="03:51 ORA-01 notes: hello", told=("error ORA-01",)),
    Row(name="another case", config=ONLY, new="03:51 camber-01 notes: hello", told=("error camber-01",)),
    Row(
        name="no table at all",
        config="seats_listed_only: true",
        new="03:51 A notes: hello",
        told=("error A",),
    ),
    Row(name="to whom it is not known", config=SEATS, new="03:51 ORA-01 notes to=ORA-02,CAMBER-01: hello"),
    Row(
        name="to a name in another case",
        config=SEATS,
        new="03:51 ORA-01 notes to=camber-01,OTTO-cli: hello",
        told=("warning ORA-01", "warning ORA-01"),
    ),
    Row(
        name="left to nobody",
        config=ONLY,
        new="03:51 STRAT-2 opens CMB-0001 owner=CAMBR-01: x\n"
        "03:52 STRAT-2 offers CMB-0001: ORA-01 (warmer: x)",
        told=("warning CMB-0001", "warning CMB-0001"),
    ),
    Row(
        name="left to all, to a ruling, to a surface",
        config=ONLY,
        new="03:51 STRAT-2 opens CMB-0001 owner=awaiting-STRAT-2-ruling: x\n"
        "03:52 STRAT-2 offers CMB-0001: open (warmer: x)\n"
        "03:53 STRAT-2 offers CMB-0001: otto-cli (warmer: x)",
    ),
    Row(name="old", config=ONLY, landed="03:51 ORA-01 notes: hello", told=("warning ORA-01",)),
)
def test_unlisted_seat(row: Row) -> None:
    assert row.says("unlisted-seat") == row.told
