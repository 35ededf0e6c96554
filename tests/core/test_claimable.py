"""What a seat may claim, why not, how warm it is, and in which order."""

from datetime import datetime

import pytest

from ledger.core.board.fold import fold_posts
from ledger.core.config.config import parse_config
from ledger.core.queue.seat_view import SeatView, by_urgency
from tests.counting import work
from tests.feeds import feed, moment

NOON = moment("12:00")


def eyes(text: str, seat: str = "S", yaml: str = "", now: datetime = NOON) -> SeatView:
    return SeatView(fold_posts(feed(text).posts), parse_config(yaml.encode())[0], seat, now)


OPEN = "08:00 A opens CMB-0001: Cards\n"
GATE = "07:00 A opens CMB-0009 owner=B: Gate\n"
BLOCKED = OPEN + "08:01 A blocks CMB-0001 blocked_on=CMB-0009: waits\n"
GATE_DONE = "09:00 B claims CMB-0009\n09:01 B finishes CMB-0009\n"


@pytest.mark.parametrize(
    ("text", "yaml", "reasons"),
    [
        pytest.param(OPEN, "", [], id="open, and any lane is the seat's"),
        pytest.param(OPEN + "08:01 B claims CMB-0001", "", ["state"], id="held"),
        pytest.param(GATE + BLOCKED, "", ["state"], id="blocked on a ticket that is open"),
        pytest.param(GATE + BLOCKED + GATE_DONE, "", [], id="blocked on a ticket that is DONE"),
        pytest.param(
            GATE + BLOCKED.replace("CMB-0009", "CMB-0009,rain") + GATE_DONE, "", ["state"], id="and on words"
        ),
        pytest.param(OPEN + "08:01 A parks CMB-0001: later", "", ["state"], id="parked"),
        pytest.param(
            "08:00 A opens CMB-0001: x\n| CONFIRM-PENDING: CMB-0001", "", ["provisional"], id="pending"
        ),
        pytest.param("08:00 A opens CMB-0001 after=CMB-0002: x", "", ["gate"], id="a gate that is not filed"),
        pytest.param("08:00 A opens CMB-0001 owner=B: x", "", ["owner"], id="offered to another"),
        pytest.param(OPEN, "seats:\n  S: {role: strat}", ["role"], id="a strat never claims"),
        pytest.param(OPEN + "08:01 A opens CMB-0002: y\n08:02 S claims CMB-0002", "", ["wip"], id="wip"),
        pytest.param(
            OPEN + "07:00 S boots wip=2\n08:01 A opens CMB-0002: y\n08:02 S claims CMB-0002",
            "",
            [],
            id="wip 2",
        ),
        pytest.param(
            OPEN
            + "07:00 S boots cap=1\n08:01 A opens CMB-0002: y\n"
            + "08:02 S claims CMB-0002\n08:03 S finishes CMB-0002",
            "",
            ["cap"],
            id="cap",
        ),
        pytest.param(OPEN + "08:01 S retires", "", ["retired"], id="retired"),
        pytest.param(OPEN + "08:01 S declines CMB-0001: cold: no", "", ["declined"], id="declined"),
        pytest.param(
            OPEN + "08:01 S declines CMB-0001: cold: no\n08:02 A amends CMB-0001 priority=HIGH: y",
            "",
            [],
            id="declined, and changed since",
        ),
        pytest.param(OPEN + "08:01 S opens CMB-0001 by hand: mine", "", ["ambiguous"], id="lost the number"),
        pytest.param(OPEN, "seats:\n  S: {lanes: [other]}", ["cold"], id="out of lane"),
    ],
)
def test_why_a_ticket_is_not_claimable(text: str, yaml: str, reasons: list[str]) -> None:
    seen = eyes(text, yaml=yaml)
    assert [one.reason for one in seen.why_not_claimable(seen.board.tickets["CMB-0001"])] == reasons


FAR = "seats:\n  S: {lanes: [far]}"


@pytest.mark.parametrize(
    ("text", "warmth"),
    [
        pytest.param(OPEN, 0, id="nothing in common"),
        pytest.param("08:00 A opens CMB-0001 lane=far: x", 1, id="its lane"),
        pytest.param(
            OPEN + "08:01 A opens CMB-0002: y\n08:02 S notes CMB-0002: hm", 1, id="posted in that lane"
        ),
        pytest.param(OPEN + "08:02 S notes CMB-0001: hm", 2, id="posted on it"),
        pytest.param(
            OPEN.replace("CMB-0001", "CMB-0001 parent=ORA-0002")
            + "07:00 A opens ORA-0002: y\n08:02 S notes ORA-0002: h",
            2,
            id="posted on its parent",
        ),
        pytest.param(
            OPEN + "08:01 A opens ORA-0002 parent=CMB-0001: y\n08:02 S notes ORA-0002: h", 2, id="on a child"
        ),
        pytest.param(
            "08:00 A opens CMB-0001 parent=ORA-0009: x\n08:01 A opens ORA-0002 parent=ORA-0009: y\n"
            "08:02 S notes ORA-0002: h",
            2,
            id="on a sibling",
        ),
        pytest.param(
            OPEN + "08:01 A opens ORA-0002 related=CMB-0001: y\n08:02 S notes ORA-0002: h", 2, id="related"
        ),
        pytest.param("08:00 A opens CMB-0001 owner=S: x", 3, id="meant for it"),
        pytest.param("08:00 S opens CMB-0001: x", 3, id="filed by it"),
    ],
)
def test_warmth(text: str, warmth: int) -> None:
    seen = eyes(text, yaml=FAR)
    assert seen.warmth_of(seen.board.tickets["CMB-0001"]) == warmth


def test_a_large_family_takes_no_longer_than_strangers() -> None:
    def steps(parent: str) -> int:
        many = "".join(f"08:00 A opens CMB-{n:04}{parent}: x\n" for n in range(1, 150))
        seen = eyes(many)
        count = work(lambda: seen.claimable_tickets)
        assert len(seen.claimable_tickets) == 149
        return count

    assert steps(" parent=CMB-9999") < 1.5 * steps("")


def test_a_lane_cools_down() -> None:
    text = "2026-11-18T08:00 A opens CMB-0001: x\n2026-11-18T08:01 A opens CMB-0002: y\n"
    seen = eyes(text + "2026-11-18T08:02 S notes CMB-0002: hm", yaml=FAR)
    assert seen.warmth_of(seen.board.tickets["CMB-0001"]) == 0


def test_the_order_in_which_a_seat_should_take_tickets() -> None:
    seen = eyes("""
        06:00 A opens CMB-0010: the one just finished
        06:01 S claims CMB-0010
        06:30 S opens CMB-0011 parent=CMB-0010 priority=LOW: filed by itself from it
        06:31 S finishes CMB-0010
        07:00 A opens CMB-0001: normal, older
        07:01 A opens CMB-0002: normal, younger
        07:02 A opens CMB-0003 priority=HIGH: high
        07:03 A opens CMB-0004 owner=S: normal, named
        07:04 A opens CMB-0005 priority=CRITICAL owner=S: critical and named
        07:05 A opens CMB-0006 priority=CRITICAL: critical
        07:06 A opens CMB-0007: normal, warm
        07:07 S notes CMB-0007: hm
    """)
    open_ones = [one for one in seen.board.all_tickets() if not seen.why_not_claimable(one)]
    order = [one.id[-1] for one in seen.sort_by_rank(open_ones)]
    assert order == ["5", "1", "6", "3", "4", "7", "1", "2"]
    assert seen.sort_by_rank(open_ones)[1].id == "CMB-0011"


def test_a_ticket_whose_block_opened_is_a_trigger() -> None:
    """It is claimed as it stands, without a release; the refusal before says what it waits for."""
    waiting = eyes(GATE + BLOCKED)
    assert waiting.claimable_tickets == []
    (why,) = waiting.why_not_claimable(waiting.board.tickets["CMB-0001"])
    assert why.detail == "it is BLOCKED on CMB-0009 (AWAITING_CLAIM)"
    assert [one.id for one in eyes(GATE + BLOCKED + GATE_DONE).claimable_tickets] == ["CMB-0001"]


def test_a_claim_since_ends_the_pull_of_what_was_finished() -> None:
    seen = eyes("""
        06:00 S opens CMB-0010: first
        06:01 S claims CMB-0010
        06:02 S finishes CMB-0010
        06:03 S opens CMB-0011 parent=CMB-0010: follow-on
        06:04 A opens CMB-0012 priority=HIGH: other
        06:05 S claims CMB-0012
        06:06 S releases CMB-0012: no
    """)
    tickets = [seen.board.tickets[one] for one in ("CMB-0011", "CMB-0012")]
    assert [one.id for one in seen.sort_by_rank(tickets)] == ["CMB-0012", "CMB-0011"]


def test_the_queue_that_is_nobodys_own_goes_by_priority_then_age() -> None:
    board = eyes("""
        08:00 A opens CMB-0001: x
        08:01 A opens CMB-0002 priority=CRITICAL: x
        07:00 A opens CMB-0003: x
    """).board
    assert [one.id for one in by_urgency(list(board.all_tickets()))] == ["CMB-0002", "CMB-0003", "CMB-0001"]
