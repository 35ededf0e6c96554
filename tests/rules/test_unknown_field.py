from tests.rules.views import Row, rows, written


@rows(
    Row(name="a field of one's own", new="", raw=written("x-mood: fine")),
    Row(name="a slip", new="", raw=written("too: [CAMBER-02]"), told=("error CAMBER-01",)),
    Row(name="on the wrong kind", new="", raw=written("rules_on: [CMB-0036]"), told=("error CAMBER-01",)),
)
def test_unknown_field(row: Row) -> None:
    assert row.says("unknown-field") == row.told
