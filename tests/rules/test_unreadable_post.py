from tests.rules.views import PATH, Row, rows, written


@rows(
    Row(name="a post", new="", raw=written()),
    Row(name="no front matter", new="", raw={PATH: b"hello"}, told=(f"error {PATH}",)),
    Row(name="nothing in it", new="", raw={PATH: b""}, told=(f"error {PATH}",)),
    Row(name="no kind", new="", raw=written(kind=""), told=(f"error {PATH}",)),
    Row(
        name="one finding does not hide another",
        new="",
        raw={PATH: b"---\nlane: x\n---\n"},
        told=(f"error {PATH}",) * 3,
    ),
)
def test_unreadable_post(row: Row) -> None:
    assert row.says("unreadable-post") == row.told
