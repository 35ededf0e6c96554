from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n03:52 CAMBER-01 opens CMB-0037: Audio playback\n"
FIRST = "04:00 A claims CMB-0036\n"
SECOND = "04:10 A claims CMB-0037\n"
NOTE = "04:10 A notes CMB-0037: hm"
BOTH = FIRST + SECOND
DONE = FIRST + "04:05 A finishes CMB-0036\n"


@rows(
    Row(name="one claim", landed=OPENED, new="04:00 A claims CMB-0036"),
    Row(name="the same claim again", landed=OPENED + BOTH, new="04:20 A claims CMB-0036"),
    Row(name="another seat", landed=OPENED + "04:00 A claims CMB-0036", new="04:10 B claims CMB-0037"),
    Row(name="after the first is finished", landed=OPENED + DONE, new="04:20 A claims CMB-0037"),
    Row(
        name="a claim that was refused",
        landed=OPENED + FIRST + "04:05 B claims CMB-0037",
        new="04:10 A claims CMB-0037",
    ),
    Row(name="booted with more", landed=OPENED + "03:55 A boots wip=2\n" + FIRST, new=SECOND),
    Row(name="configured with more", config="seats:\n  A: {wip: 2}\n", landed=OPENED + FIRST, new=SECOND),
    Row(name="a second", landed=OPENED + FIRST, new=SECOND, told=("error CMB-0037",)),
    Row(name="two at once, said once", landed=OPENED, new=BOTH, told=("error CMB-0037",)),
    Row(
        name="booted with less",
        config="seats:\n  A: {wip: 2}\n",
        landed=OPENED + "03:55 A boots wip=1\n" + FIRST,
        new=SECOND,
        told=("error CMB-0037",),
    ),
    Row(
        name="opened as claimed",
        landed=OPENED + FIRST,
        new="04:20 A opens CMB-0040 state=CLAIMED: More",
        told=("error CMB-0040",),
    ),
    Row(name="within its cap", landed=OPENED + "03:55 A boots cap=2\n" + DONE, new="04:20 A claims CMB-0037"),
    Row(
        name="a new boot counts anew",
        landed=OPENED + DONE + "04:15 A boots cap=1",
        new="04:20 A claims CMB-0037",
    ),
    Row(
        name="over its cap",
        landed=OPENED + "03:55 A boots cap=1\n" + DONE,
        new="04:20 A claims CMB-0037",
        told=("error CMB-0037",),
    ),
    Row(name="old", landed=OPENED + BOTH, told=("warning CMB-0037",)),
    Row(
        name="with a note of the same time",
        landed=OPENED + FIRST,
        new=SECOND + NOTE,
        told=("error CMB-0037",),
    ),
)
def test_claim_over_wip(row: Row) -> None:
    assert row.says("claim-over-wip") == row.told
