from dataclasses import replace

from ledger.rules import BY_NAME
from tests.feeds import moment
from tests.rules.views import Row, rows

CLONE = "clone:00000000000000c1"
HELD = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n04:00 A claims CMB-0036\n"
AHEAD = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n2027-11-20T04:00 A claims CMB-0036\n"
HOUR = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n05:00 A claims CMB-0036\n"
ASKS = f"06:00 S challenges CMB-0036: post:#2 grace:10m {CLONE}"
TOLD = ("error CMB-0036",)


@rows(
    Row(name="silent for claim_ttl", landed=HELD, new=ASKS),
    Row(name="too early", landed=HELD, new=ASKS, now="05:59", told=TOLD),
    Row(name="another time", config="claim_ttl: 1h", landed=HELD, new=ASKS, now="05:00"),
    Row(name="not the last sign of life", landed=HELD + "05:00 A lives: CMB-0036\n", new=ASKS, told=TOLD),
    Row(name="less time than agreed", landed=HELD, new=ASKS.replace("10m", "9m"), told=TOLD),
    Row(name="more time than agreed", landed=HELD, new=ASKS.replace("10m", "1h")),
    Row(name="as agreed", config="claim_grace: 1s", landed=HELD, new=ASKS.replace("10m", "1s")),
    Row(name="the holder's clock is a year ahead", landed=AHEAD, new=ASKS),
    Row(name="ahead by an hour, and others wrote since", landed=HOUR + "04:00 B notes: hm\n", new=ASKS),
    Row(name="its own date proves nothing", landed=HOUR, new=ASKS.replace("06:00", "04:00"), told=TOLD),
    Row(name="landed: past asking", landed=HELD + ASKS, now="05:00"),
)
def test_premature_challenge(row: Row) -> None:
    assert row.says("premature-challenge") == row.told


def test_a_judge_that_recorded_when_it_let_the_sign_of_life_in_goes_by_its_own_clock() -> None:
    view = Row(name="", landed=HELD, new=ASKS).view()
    life = next(post.id for post in view.board.all_posts() if post.seat == "A")
    check = BY_NAME["premature-challenge"].check
    assert len([*check(replace(view, let_in={life: moment("04:01")}))]) == 1
    assert not [*check(replace(view, let_in={life: moment("04:00")}))]
