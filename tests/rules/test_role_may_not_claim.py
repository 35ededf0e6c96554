from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
BY_STRAT = "04:00 STRAT-2 claims CMB-0036"
BACK = "\n04:10 STRAT-2 releases CMB-0036: not mine"
SEATS = """
seats:
  CAMBER-01: {role: code}
  STRAT-2: {role: strat}
  OPS-1: {role: operator}
  otto: {surfaces: [otto-cli, otto-desktop]}
"""


@rows(
    Row(name="no seats table", landed=OPENED, new="04:00 STRAT-2 claims CMB-0036"),
    Row(name="a seat that works", config=SEATS, landed=OPENED, new="04:00 CAMBER-01 claims CMB-0036"),
    Row(name="an unlisted seat is code", config=SEATS, landed=OPENED, new="04:00 ORA-01 claims CMB-0036"),
    Row(name="an operator", config=SEATS, landed=OPENED, new="04:00 OPS-1 claims CMB-0036"),
    Row(name="a strat files", config=SEATS, new="04:00 STRAT-2 opens CMB-0036: Redline cards"),
    Row(name="a strat claims", config=SEATS, landed=OPENED, new=BY_STRAT, told=("error CMB-0036",)),
    Row(name="old", config=SEATS, landed=OPENED + BY_STRAT, told=("error CMB-0036",)),
    Row(name="old, and gone on", config=SEATS, landed=OPENED + BY_STRAT + BACK, told=("warning CMB-0036",)),
)
def test_role_may_not_claim(row: Row) -> None:
    assert row.says("role-may-not-claim") == row.told
