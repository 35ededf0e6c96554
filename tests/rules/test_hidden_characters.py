from tests.rules.views import Row, rows, written


@rows(
    Row(name="an emoji of two", new="", raw=written(body="done \U0001f469\u200d\U0001f680")),
    Row(name="direction", new="", raw=written(body="do\u202ene"), told=("error CAMBER-01",)),
    Row(name="spelled as an escape", new="", raw=written('x-mood: "fi\\u200bne"'), told=("error CAMBER-01",)),
)
def test_hidden_characters(row: Row) -> None:
    assert row.says("hidden-characters") == row.told
