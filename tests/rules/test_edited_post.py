from ledger.rules.view import AlteredPost
from tests.feeds import feed
from tests.rules.views import Row, rows

FEED = "03:51 CAMBER-01 opens CMB-0036: Redline cards"
OPENING = feed(FEED).posts[0].path


@rows(
    Row(name="nothing changed", landed=FEED, new=""),
    Row(name="removed is another thing", landed=FEED, new="", changes=(AlteredPost(OPENING, "removed"),)),
    Row(
        name="edited",
        landed=FEED,
        new="",
        changes=(AlteredPost(OPENING, "edited"),),
        told=("error CMB-0036",),
    ),
    Row(
        name="edited beyond reading",
        landed=FEED,
        new="",
        changes=(AlteredPost("feed/x.md", "edited"),),
        told=("error feed/x.md",),
    ),
)
def test_edited_post(row: Row) -> None:
    assert row.says("edited-post") == row.told
