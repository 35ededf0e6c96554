from tests.rules.views import Row, rows


@rows(
    Row(name="now", new="06:00 CAMBER-01 notes: hello"),
    Row(name="five minutes ahead", new="06:05 CAMBER-01 notes: hello"),
    Row(name="six minutes ahead", new="06:06 CAMBER-01 notes: hello", told=("warning CAMBER-01",)),
    Row(name="a day ahead", new="2026-11-21T06:00 CAMBER-01 notes: hello", told=("warning CAMBER-01",)),
    Row(name="a year", new="2027-11-20T06:00 CAMBER-01 notes: hello", told=("warning CAMBER-01",)),
    Row(name="landed", landed="06:06 CAMBER-01 notes: hello", told=("warning CAMBER-01",)),
    Row(name="landed and not judged", landed="06:06 CAMBER-01 notes: hello", new=""),
)
def test_future_post(row: Row) -> None:
    assert row.says("future-post") == row.told
