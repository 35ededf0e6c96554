from dataclasses import replace
from datetime import timedelta

from ledger.rules import BY_NAME
from tests.feeds import moment
from tests.rules.views import Row, rows

CLONE = "clone:00000000000000c1"
HELD = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n04:00 A claims CMB-0036\n"
ASKED = HELD + f"06:02 S challenges CMB-0036: post:#2 grace:10m {CLONE}\n"
ENDS = f"06:12 S sweeps CMB-0036: post:#3 {CLONE} (silent)"
SOON = f"06:11 S sweeps CMB-0036: post:#3 {CLONE}"
NOWHERE = ENDS.replace("#3", "20261120T035200000Z-camber-01-00000000000000aa")


@rows(
    Row(name="in time", landed=ASKED, new=ENDS),
    Row(name="the holder itself", landed=HELD, new="04:10 A releases CMB-0036: not mine"),
    Row(name="too soon", landed=ASKED, new=SOON, told=("error CMB-0036",)),
    Row(name="answered", landed=ASKED + "06:05 A lives: CMB-0036\n", new=ENDS, told=("error CMB-0036",)),
    Row(
        name="challenged by the same push",
        landed=HELD,
        new=ASKED.removeprefix(HELD) + ENDS,
        told=("error CMB-0036",),
    ),
    Row(name="names what is not there", landed=ASKED, new=NOWHERE, told=("error CMB-0036",)),
    Row(name="old", landed=ASKED + SOON, told=("error CMB-0036",)),
    Row(name="old, gone on", landed=ASKED + SOON + "\n06:20 A finishes CMB-0036", told=("warning CMB-0036",)),
)
def test_premature_release(row: Row) -> None:
    assert row.says("premature-release") == row.told


def test_a_judge_that_recorded_when_it_let_the_challenge_in_holds_the_grace_to_its_own_clock() -> None:
    """The posts say ten minutes; by the clock of this judge it were nine."""
    view = Row(name="", landed=ASKED, new=ENDS).view()
    (challenge,) = (post.id for post in view.board.all_posts() if post.seat == "S" and post.state is None)
    let_in = {challenge: moment("05:51")}
    check = BY_NAME["premature-release"].check
    assert len([*check(replace(view, let_in=let_in))]) == 1
    assert not [*check(replace(view, let_in=let_in, now=view.now + timedelta(minutes=1)))]
