"""Whom a nudge is for, and what else is due, on plain feeds."""

import pytest

from ledger.app.judge.repairs import TOLD, Repair, find_repairs
from tests.rules.views import view

FOLLOW_ON = """
    03:51 A opens CMB-0001: Cards
    03:52 A claims CMB-0001
    03:53 A opens CMB-0002 parent=CMB-0001: Playback
    03:54 A finishes CMB-0001
"""
OFFER = "03:51 A opens CMB-0001 owner=B: Cards\n"
GATE = """
    03:51 A opens CMB-0001: Cards
    03:51 A opens CMB-0002 after=CMB-0001: Playback
    03:53 S cancels CMB-0001: not needed
"""
PENDING = "03:51 A opens CMB-0001: Cards\n| CONFIRM-PENDING: CMB-0001\n"


def due(feed: str, now: str, seat: str = "S") -> list[Repair]:
    return find_repairs(view(feed, now=now), seat)


def nudged(feed: str, rule: str) -> list[str]:
    """The seats whose nudge speaks of a rule, at 04:50."""
    return [one.what for one in due(feed, "04:50") if f"({rule})" in one.wish.body]


@pytest.mark.parametrize(
    ("feed", "rule", "whom"),
    [
        pytest.param(FOLLOW_ON, "abandoned-follow-on", "A", id="a follow-on: its filer"),
        pytest.param(
            FOLLOW_ON + "03:55 S amends CMB-0002 priority=HIGH: soon",
            "abandoned-follow-on",
            "A",
            id="a follow-on that another amended: its filer",
        ),
        pytest.param(
            FOLLOW_ON + "03:55 B claims CMB-0002\n04:10 B releases CMB-0002: cannot",
            "abandoned-follow-on",
            "A",
            id="a follow-on that another gave back: its filer",
        ),
        pytest.param(OFFER + "03:52 B boots", "stale-offer", "B", id="an offer: whom it waits for"),
        pytest.param(
            OFFER + "03:52 B declines CMB-0001: cold: no", "stale-offer", "A", id="declined: its filer"
        ),
        pytest.param(
            OFFER + "03:52 B boots\n03:53 B retires", "stale-offer", "A", id="to one who retired: its filer"
        ),
        pytest.param(OFFER, "stale-offer", "A", id="to one who never came: its filer"),
        pytest.param(
            GATE + "03:54 S parks CMB-0002: later", "dead-gate", "A", id="a dead gate: the filer behind it"
        ),
        pytest.param(
            PENDING + "03:55 S amends CMB-0001 priority=HIGH: soon",
            "unconfirmed-provisional",
            "A",
            id="not confirmed: its filer",
        ),
        pytest.param(
            "03:51 B opens CMB-0001: Cards\n03:52 A opens CMB-0001 by hand: Audio",
            "double-opening",
            "A",
            id="a collision: who lost the number",
        ),
    ],
)
def test_a_nudge_goes_to_the_seat_that_can_put_it_right(feed: str, rule: str, whom: str) -> None:
    assert nudged(feed, rule) == [whom]


def test_what_one_shepherd_may_not_move_holds_up_nothing_else() -> None:
    """S lost the number CMB-0001, so that each of its posts there would be refused, and all with it."""
    feed = """
        03:51 A opens CMB-0001: Cards
        03:51 B opens CMB-0002: Playback
        03:51 A opens CMB-0003: Export
        03:52 S opens CMB-0001 by hand: Audio
        03:53 A blocks CMB-0001 blocked_on=CMB-0003: waits
        03:53 B blocks CMB-0002 blocked_on=CMB-0003: waits
        03:54 A cancels CMB-0003: not needed
    """
    released = [one.what for one in due(feed, "06:00") if one.rule == "stale-block"]
    assert released == ["CMB-0002"]
    released = [one.what for one in due(feed, "06:00", "T") if one.rule == "stale-block"]
    assert released == ["CMB-0001", "CMB-0002"]


def test_a_nudge_of_very_many_stays_one_short_post() -> None:
    offers = "".join(f"03:51 A opens CMB-{n:04} owner=B: x\n" for n in range(1, TOLD + 4))
    (nudge,) = (one for one in due(offers + "04:49 B notes: hm", "04:50") if one.what == "B")
    assert nudge.wish.body.count("(stale-offer)") == TOLD
    assert "- and 3 more" in nudge.wish.body


@pytest.mark.parametrize(
    ("said", "again"),
    [
        pytest.param("04:00 S notes to=A x-nudge=0: hm", False, id="within the hour"),
        pytest.param("03:49 S notes to=A x-nudge=0: hm", True, id="an hour ago, of something else"),
        pytest.param("05:20 S notes to=A x-nudge=0: hm", False, id="by a shepherd whose clock is ahead"),
        pytest.param("2027-11-20T04:00 S notes to=A x-nudge=0: hm", True, id="of next year silences nobody"),
        pytest.param("04:00 S notes to=B x-nudge=0: hm", True, id="to another seat"),
        pytest.param("04:00 S notes to=A: hm", True, id="a note that is no nudge"),
    ],
)
def test_a_seat_is_nudged_once_an_hour(said: str, again: bool) -> None:
    offer = OFFER.replace("owner=B", "owner=A")
    assert [one.what for one in due(offer + said, "04:50") if one.rule == "nudge"] == (["A"] if again else [])


@pytest.mark.parametrize("when", ["03:00", "08:00", "2027-11-20T04:00"])
def test_a_nudge_is_never_said_twice_whatever_the_clocks(when: str) -> None:
    (nudge,) = due(OFFER, "04:50")
    said = f"{when} S notes to=A x-nudge={nudge.wish.fields['x-nudge']}: hm"
    assert due(OFFER + said, "04:50", "T") == []
