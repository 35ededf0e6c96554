from tests.rules.views import Row, rows

FEED = """
    04:00 CAMBER-01 notes: one
    04:01 CAMBER-01 notes: two
    """
UNLINKED = "04:02 ORA-01 notes seq=9 prev=20261120T035200000Z-camber-01-00000000000000aa by hand: two"
TAKING = """
    04:02 ORA-01 notes seq=2 prev=#1 by hand: two
    04:03 ORA-01 notes seq=3 prev=#3 by hand: three
    """
UNSEEN = "04:02 ORA-01 notes seq=3 prev=#2 saw=20261120T035200000Z-camber-01-00000000000000aa by hand: three"
FORK = "04:02 ORA-01 notes seq=2 prev=#1 by hand: two"
FORKED = FEED + FORK
SEEN = "\n04:05 CAMBER-01 notes: three"


@rows(
    Row(name="by the tool", landed=FEED, new="04:02 ORA-01 notes: two"),
    Row(name="by hand", landed=FEED, new="04:02 ORA-01 notes by hand: two"),
    Row(
        name="the same place",
        landed=FEED,
        new="04:02 ORA-01 notes seq=2 prev=#1 by hand: two",
        told=("error ORA-01",),
    ),
    Row(name="nothing below", landed=FEED, new=UNLINKED, told=("error ORA-01",)),
    Row(name="a missing post on the chain is a removed one, when whole", landed=FEED + UNLINKED),
    Row(name="takes the chain", landed=FEED, new=TAKING, told=("error ORA-01",)),
    Row(name="saw what is not there", landed=FEED, new=UNSEEN, told=("error ORA-01",)),
    Row(name="an old fork that nobody saw", landed=FORKED, told=("error ORA-01",)),
    Row(name="an old fork that was seen", landed=FORKED + SEEN, told=("warning ORA-01",)),
    Row(name="an old fork is not the next one's fault", landed=FORKED, new=SEEN),
    Row(name="a fork that the next new one saw", landed=FEED, new=FORK + SEEN, told=("error ORA-01",)),
    Row(name="an old fork, and a post by hand", landed=FORKED, new="04:06 CAMBER-01 notes by hand: hm"),
    Row(name="an old fork, and another one", landed=FORKED + SEEN, new=FORK, told=("error ORA-01",)),
)
def test_forked_feed(row: Row) -> None:
    assert row.says("forked-feed") == row.told


def test_what_is_not_there_is_told_at_the_field_that_names_it() -> None:
    (prev,) = Row(name="prev", landed=FEED, new=UNLINKED).findings("forked-feed")
    (saw,) = Row(name="saw", landed=FEED, new=UNSEEN).findings("forked-feed")
    assert prev.message.startswith("`prev` names ")
    assert saw.message.startswith("`saw` names ")
