from ledger.rules.view import Commit
from tests.feeds import feed
from tests.rules.views import Row, rows

BY_ORA = "03:51 ORA-01 notes by hand: hello\n"
SURFACES = "seats:\n  otto: {surfaces: [otto-cli]}\n"


def adding(seat: str | None, text: str) -> Commit:
    """A commit of a clone that adds these posts."""
    return Commit(seat, frozenset(post.id for post in feed(text).posts))


@rows(
    Row(name="its own", new=BY_ORA, commit=adding("ORA-01", BY_ORA)),
    Row(name="nobody commits", new=BY_ORA),
    Row(name="brought by a merge", new=BY_ORA, commit=adding("CAMBER-01", "")),
    Row(name="another's", new=BY_ORA, commit=adding("CAMBER-01", BY_ORA), told=("error ORA-01",)),
    Row(name="no seat is set", new=BY_ORA, commit=adding(None, BY_ORA), told=("warning ORA-01",)),
    Row(
        name="a surface",
        config=SURFACES,
        new=BY_ORA.replace("ORA-01", "otto-cli"),
        commit=adding("otto", BY_ORA.replace("ORA-01", "otto-cli")),
    ),
)
def test_foreign_seat(row: Row) -> None:
    assert row.says("foreign-seat") == row.told
