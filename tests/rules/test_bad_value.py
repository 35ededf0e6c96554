from tests.rules.views import Row, rows, written


@rows(
    Row(name="a value of its type", new="", raw=written("to: [CAMBER-02]")),
    Row(name="no list", new="", raw=written("to: CAMBER-02"), told=("error CAMBER-01",)),
    Row(
        name="a field is missing",
        new="",
        raw=written("item: CMB-0036", kind="actionable"),
        told=("error CMB-0036",),
    ),
    Row(name="a newer kind", new="", raw=written(kind="omen"), told=("warning CAMBER-01",)),
)
def test_bad_value(row: Row) -> None:
    assert row.says("bad-value") == row.told


def test_what_others_call_closed_is_done_and_never_claimed() -> None:
    """By its letters alone `CLOSED` is nearest to `CLAIMED`, which would take the ticket."""
    closed = written("item: CMB-0001\nstate: CLOSED\n", kind="actionable")
    assert [one.fix for one in Row(name="", new="", raw=closed).findings("bad-value")] == ["write `DONE`"]
