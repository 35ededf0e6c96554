"""What pictures are drawn of: the tickets around one, and a day."""

from datetime import date, timedelta

from ledger.core.board.board import Board
from ledger.core.board.fold import fold_posts
from ledger.core.config.config import parse_config
from ledger.core.pictures.day import MOST_CLAIMS, STEP, DayPicture, picture_day
from ledger.core.pictures.dependencies import (
    MOST_NODES,
    DependencyPicture,
    gather_dependencies,
    map_waiters,
)
from tests.core.boards import board_of
from tests.core.figuring import clock, words
from tests.feeds import feed, moment

DAY = date(2026, 11, 20)


def around(board: Board, item: str) -> DependencyPicture:
    return gather_dependencies(board.tickets, board.tickets[item], map_waiters(board.open_tickets()))


def steps(picture: DependencyPicture) -> dict[str, int]:
    return {node.name: node.step for node in picture.nodes}


CHAIN = """
    08:00 A opens CMB-0001: first
    08:01 A opens CMB-0002 after=CMB-0001: second
    08:02 A opens CMB-0003 after=CMB-0002: third
    08:03 A opens CMB-0004: aside
"""


def test_both_sides_of_a_ticket_are_shown_with_how_far_they_are() -> None:
    picture = around(board_of(CHAIN), "CMB-0002")
    assert steps(picture) == {"CMB-0001": -1, "CMB-0002": 0, "CMB-0003": 1}
    assert [(wait.waiter, wait.awaited, wait.is_over) for wait in picture.waits] == [
        ("CMB-0002", "CMB-0001", False),
        ("CMB-0003", "CMB-0002", False),
    ]


def test_a_wait_that_is_over_says_so() -> None:
    board = board_of(CHAIN + "08:10 A claims CMB-0001\n08:11 A finishes CMB-0001")
    assert [wait.is_over for wait in around(board, "CMB-0002").waits] == [True, False]


def test_words_and_rulings_are_nodes_without_a_ticket() -> None:
    board = board_of(
        "08:00 A opens CMB-0001: one\n08:01 A blocks CMB-0001 blocked_on=ruling:CMB-0009,words: it waits"
    )
    picture = around(board, "CMB-0001")
    assert steps(picture) == {"ruling:CMB-0009": -1, "words": -1, "CMB-0001": 0}
    assert [node.ticket is None for node in picture.nodes] == [True, True, False]
    assert {(wait.waiter, wait.awaited) for wait in picture.waits} == {
        ("CMB-0001", "ruling:CMB-0009"),
        ("CMB-0001", "words"),
    }


def test_who_waits_for_a_ruling_on_a_ticket_waits_for_the_ticket() -> None:
    board = board_of(
        CHAIN + "08:10 A opens CMB-0005: x\n08:11 A blocks CMB-0005 blocked_on=ruling:CMB-0004: waits"
    )
    picture = around(board, "CMB-0004")
    assert steps(picture) == {"CMB-0004": 0, "CMB-0005": 1}
    assert [(wait.waiter, wait.awaited) for wait in picture.waits] == [("CMB-0005", "CMB-0004")]


def test_a_circle_is_drawn_once_and_ends() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A opens CMB-0002 after=CMB-0001: two
        08:02 A blocks CMB-0001 blocked_on=CMB-0002: waits
    """)
    picture = around(board, "CMB-0001")
    assert steps(picture) == {"CMB-0001": 0, "CMB-0002": -1}
    assert len(picture.waits) == 2


def test_a_picture_says_how_many_have_no_room() -> None:
    text = "08:00 A opens CMB-0001: hub\n"
    text += "\n".join(f"08:01 A opens CMB-{n:04} after=CMB-0001: leaf" for n in range(2, 102))
    picture = around(board_of(text), "CMB-0001")
    assert (len(picture.nodes), picture.more) == (MOST_NODES, 101 - MOST_NODES)


def day_of(text: str, day: date = DAY, now: str = "2026-11-21T12:00") -> DayPicture:
    return picture_day(fold_posts(feed(text).posts), parse_config(b"")[0], day, moment(now))


def queue(picture: DayPicture) -> list[tuple[str, tuple[int, ...]]]:
    return [(clock(count.at), count.counts) for count in picture.queue]


def test_a_day_shows_what_each_seat_held_and_how_long_the_queue_was() -> None:
    picture = day_of("""
        08:00 A opens CMB-0001: one
        08:00 A opens CMB-0002: two
        09:00 B claims CMB-0001
        10:00 B finishes CMB-0001
        11:00 A blocks CMB-0002 blocked_on=words: it waits
        11:02 A cancels CMB-0002: no
    """)
    assert [(seat.seat, len(seat.posts)) for seat in picture.seats] == [("A", 4), ("B", 2)]
    assert [(claim.item, words(claim.span)) for claim in picture.seats[1].claims] == [
        ("CMB-0001", "09:00-10:00")
    ]
    # claimed, awaiting, blocked; a change within a step is seen at the step's end
    assert queue(picture) == [
        ("00:00", (0, 0, 0)),
        ("08:05", (0, 2, 0)),
        ("09:05", (1, 1, 0)),
        ("10:05", (0, 1, 0)),
        ("11:05", (0, 0, 0)),
    ]
    assert picture.queue[0].at + STEP * 97 == picture.queue[1].at


def test_what_happened_after_the_day_is_taken_back() -> None:
    text = """
        08:00 A opens CMB-0001: one
        09:00 B claims CMB-0001
        2026-11-21T07:00 B finishes CMB-0001
        2026-11-21T08:00 A opens CMB-0002: two
    """
    first, second = day_of(text), day_of(text, date(2026, 11, 21))
    assert queue(first)[-1] == ("09:05", (1, 0, 0))
    assert queue(second) == [("21T00:00", (1, 0, 0)), ("21T07:05", (0, 0, 0)), ("21T08:05", (0, 1, 0))]
    [claim] = first.seats[1].claims
    assert (words(claim.span), claim.began, claim.ended) == ("09:00-21T00:00", True, False)
    [claim] = second.seats[0].claims
    assert (words(claim.span), claim.began, claim.ended) == ("21T00:00-21T07:00", False, True)


def test_a_claim_that_stands_ends_now_and_a_day_to_come_is_empty() -> None:
    text = "08:00 A opens CMB-0001: one\n09:00 B claims CMB-0001"
    [_, seat] = day_of(text, now="12:00").seats
    assert [words(claim.span) for claim in seat.claims] == ["09:00-12:00"]
    future = day_of(text, date(2026, 11, 25), now="12:00")
    assert (future.seats, queue(future)) == ((), [("25T00:00", (1, 0, 0))])


def test_a_ruling_and_a_retirement_change_the_queue_too() -> None:
    picture = day_of("""
        08:00 A opens CMB-0001: one
        08:00 A opens CMB-0002: two
        08:01 A blocks CMB-0002 blocked_on=ruling:CMB-0001: it waits
        09:00 B claims CMB-0001
        10:00 B retires: enough
        11:00 S rules rules_on=CMB-0001: it is done
            | ABSORB: CMB-0002 -> DONE (so it is)
    """)
    assert queue(picture)[-3:] == [("09:05", (1, 0, 1)), ("10:05", (0, 1, 1)), ("11:05", (0, 1, 0))]


def test_of_very_many_claims_the_longest_are_shown() -> None:
    begin, lines = moment("09:00"), ["08:00 A opens CMB-0001: one"]
    for n in range(MOST_CLAIMS + 20):
        for seconds, deed in ((0, "claims CMB-0001"), (1 + n % 7, "releases CMB-0001: x")):
            at = begin + timedelta(seconds=20 * n + seconds)
            lines.append(f"{at:%Y-%m-%dT%H:%M:%S} B {deed}")
    [_, seat] = day_of("\n".join(lines)).seats
    assert (len(seat.claims), seat.more) == (MOST_CLAIMS, 20)
    assert min(claim.span.seconds for claim in seat.claims) == 2
    assert list(seat.claims) == sorted(seat.claims, key=lambda claim: claim.span)
