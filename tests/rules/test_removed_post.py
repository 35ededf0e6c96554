from ledger.rules.view import AlteredPost
from tests.feeds import feed
from tests.rules.views import Row, rows

FEED = "03:51 CAMBER-01 opens CMB-0036: Redline cards"
OPENING = feed(FEED).posts[0].path
GONE = "feed/2026/11/20/03/52/20261120T035200000Z-camber-01-00000000000000aa.md"
HOLED = "03:53 CAMBER-01 notes CMB-0036 seq=9 prev=20261120T035200000Z-camber-01-00000000000000aa by hand: hm"


@rows(
    Row(name="all there", landed=FEED),
    Row(name="edited is another thing", landed=FEED, new="", changes=(AlteredPost(OPENING, "edited"),)),
    Row(
        name="removed",
        landed=FEED,
        new="",
        changes=(AlteredPost(OPENING, "removed"),),
        told=(f"error {OPENING}",),
    ),
    Row(
        name="nobody can tell",
        landed=FEED,
        new="",
        changes=(AlteredPost(OPENING, "unknown"), AlteredPost(GONE, "unknown")),
        told=(f"warning {OPENING}",),
    ),
    Row(name="still named by another", landed=HOLED, told=(f"error {GONE}",)),
    Row(name="a new post that names nothing is a fork", landed=FEED, new=HOLED),
    Row(name="said once", landed=HOLED, changes=(AlteredPost(GONE, "removed"),), told=(f"error {GONE}",)),
    Row(
        name="not there, and nobody knows why",
        landed=FEED,
        new="",
        changes=(AlteredPost(OPENING, "unknown"), AlteredPost(GONE, "unknown")),
        told=(f"warning {OPENING}",),
    ),
)
def test_removed_post(row: Row) -> None:
    assert row.says("removed-post") == row.told
