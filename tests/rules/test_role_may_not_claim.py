from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
BY_STRAT = "04:00 STRAT-2 claims CMB-0036"
BACK = "\n04:10 STRAT-2 releases CMB-0036: not mine"
FOR_STRAT = "03:51 CAMBER-01 opens CMB-0036 owner=STRAT-2: Cards"
OFFER = "04:00 CAMBER-01 offers CMB-0036: {} (capacity: busy)"
FOUND = ("error CMB-0036",)
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
    Row(name="offered to a seat that works", config=SEATS, landed=OPENED, new=OFFER.format("CAMBER-01")),
    Row(name="offered to all", config=SEATS, landed=OPENED, new=OFFER.format("open")),
    Row(name="offered, no seats table", landed=OPENED, new=OFFER.format("STRAT-2")),
    Row(name="offered to a strat", config=SEATS, landed=OPENED, new=OFFER.format("STRAT-2"), told=FOUND),
    Row(name="opened for a strat", config=SEATS, new=FOR_STRAT, told=FOUND),
    Row(
        name="amended for a strat",
        config=SEATS,
        landed=OPENED,
        new="04:00 CAMBER-01 amends CMB-0036 owner=STRAT-2: so",
        told=FOUND,
    ),
    Row(
        name="a ruling awaited of one",
        config=SEATS,
        new="03:51 CAMBER-01 opens CMB-0036 owner=awaiting-STRAT-2-ruling: Cards",
    ),
    Row(name="offered to one, old", config=SEATS, landed=FOR_STRAT, told=FOUND),
    Row(name="offered to all since", config=SEATS, landed=f"{FOR_STRAT}\n{OFFER.format('open')}"),
    Row(
        name="closed since",
        config=SEATS,
        landed=f"{FOR_STRAT}\n04:00 CAMBER-01 cancels CMB-0036: not needed",
    ),
)
def test_role_may_not_claim(row: Row) -> None:
    assert row.says("role-may-not-claim") == row.told
