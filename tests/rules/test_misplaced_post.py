from tests.rules.views import PATH, Row, rows, written


@rows(
    Row(name="where it belongs", new="", raw=written()),
    Row(
        name="another folder",
        new="",
        raw=written(path=PATH.replace("/51/", "/52/")),
        told=("error CAMBER-01",),
    ),
    Row(
        name="another seat",
        new="",
        raw=written(path=PATH.replace("camber-01", "ora-01")),
        told=("error CAMBER-01",),
    ),
    Row(
        name="a free name", new="", raw=written(path="feed/2026/notes.md"), told=("error feed/2026/notes.md",)
    ),
)
def test_misplaced_post(row: Row) -> None:
    assert row.says("misplaced-post") == row.told
