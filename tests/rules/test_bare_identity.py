from tests.rules.views import Row, rows

SEATS = """
seats:
  CAMBER-01: {role: code}
  STRAT-2: {role: strat}
  OPS-1: {role: operator}
  otto: {surfaces: [otto-cli, otto-desktop]}
"""


@rows(
    Row(name="no config", new="03:51 otto notes: hello"),
    Row(name="a surface", config=SEATS, new="03:51 otto-cli notes: hello"),
    Row(name="a seat without surfaces", config=SEATS, new="03:51 CAMBER-01 notes: hello"),
    Row(name="the bare name", config=SEATS, new="03:51 otto notes: hello", told=("warning otto",)),
    Row(
        name="said once",
        config=SEATS,
        landed="03:51 otto notes: a\n03:52 otto notes: b",
        told=("warning otto",),
    ),
)
def test_bare_identity(row: Row) -> None:
    assert row.says("bare-identity") == row.told
