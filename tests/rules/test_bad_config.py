from tests.rules.views import Row, rows


@rows(
    Row(name="no config"),
    Row(name="right", config="format: 1\nclaim_ttl: 2h\n"),
    Row(name="unknown setting", config="format: 1\nclaim_tll: 2h\n", told=("error feed/ledger.yaml",)),
    Row(name="a newer format", config="format: 2\n", told=("warning feed/ledger.yaml",)),
)
def test_bad_config(row: Row) -> None:
    assert row.says("bad-config") == row.told
