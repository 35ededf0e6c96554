from tests.rules.views import Row, rows, written


@rows(
    Row(name="a directive", new="", raw=written("item: CMB-0036", "DECLINE: CMB-0036 (cold: no time)")),
    Row(name="prose", new="", raw=written("item: CMB-0036", "Decline it if you must.")),
    Row(name="in a code fence", new="", raw=written("item: CMB-0036", "```\nDECLINE: CMB-0036\n```")),
    Row(
        name="no reason", new="", raw=written("item: CMB-0036", "DECLINE: CMB-0036"), told=("error CMB-0036",)
    ),
    Row(
        name="another case",
        new="",
        raw=written(body="Decline: CMB-0036 (cold: no time)"),
        told=("error CAMBER-01",),
    ),
)
def test_bad_directive(row: Row) -> None:
    assert row.says("bad-directive") == row.told
