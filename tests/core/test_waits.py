"""Who waits for whom, in a circle."""

import random

from ledger.core.board.board import Board
from ledger.core.board.waits import find_circle_through, find_wait_knots
from tests.core.boards import board_of


def circles(board: Board) -> list[tuple[str, ...]]:
    """A circle through the first ticket of each knot."""
    return [find_circle_through(board.tickets, min(knot), knot) for knot in all_knots(board)]


def all_knots(board: Board) -> list[list[str]]:
    """The knots among all tickets."""
    return list(find_wait_knots(board.tickets, board.tickets.keys_from("")))


def test_no_circle() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A opens CMB-0002 after=CMB-0001: two
        08:02 A opens CMB-0003 after=CMB-0001,CMB-0002: three
    """)
    assert circles(board) == []


def test_blocks_and_gates_close_a_circle_and_it_is_told_once() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A opens CMB-0002 after=CMB-0001: two
        08:02 A blocks CMB-0001 blocked_on=CMB-0003: waits
        08:03 A opens CMB-0003 after=CMB-0002: three
        08:04 A opens CMB-0004 after=CMB-0003: hangs on it and is not in it
    """)
    assert circles(board) == [("CMB-0001", "CMB-0003", "CMB-0002", "CMB-0001")]


def test_what_is_done_waits_for_nothing() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A blocks CMB-0001 blocked_on=CMB-0001: itself
        08:02 A cancels CMB-0001: no
    """)
    assert circles(board) == []


def test_a_circle_goes_through_the_ticket_that_is_asked_for() -> None:
    board = board_of("""
        08:00 A opens CMB-0001 after=CMB-0002: one
        08:01 A opens CMB-0002 after=CMB-0001,CMB-0003: in both circles
        08:02 A opens CMB-0003 after=CMB-0004: three
        08:03 A opens CMB-0004 after=CMB-0002: four
        08:04 A opens CMB-0005 after=CMB-0004: hangs on them
        08:05 A opens CMB-0006 after=CMB-0006: another circle
    """)
    knots = [sorted(knot) for knot in all_knots(board)]
    assert knots == [["CMB-0001", "CMB-0002", "CMB-0003", "CMB-0004"], ["CMB-0006"]]
    around = {item: find_circle_through(board.tickets, item, knots[0]) for item in knots[0]}
    assert around["CMB-0001"] == ("CMB-0001", "CMB-0002", "CMB-0001")
    assert around["CMB-0004"] == around["CMB-0003"] == ("CMB-0002", "CMB-0003", "CMB-0004", "CMB-0002")


def test_knots_are_what_walking_from_every_ticket_finds() -> None:
    """Against the plain definition, on random waits of up to twelve tickets."""
    for seed in range(300):
        dice = random.Random(seed)
        items = [f"CMB-{n:04}" for n in range(1, dice.randrange(2, 13))]
        waits = {item: dice.sample(items, dice.randrange(min(3, len(items)))) for item in items}
        text = "\n".join(
            f"08:{n:02} A opens {item}{' after=' + ','.join(waits[item]) if waits[item] else ''}: x"
            for n, item in enumerate(items)
        )
        reach = {item: walked(waits, item) for item in items}
        knots = {
            frozenset(b for b in items if b in reach[a] and a in reach[b]) for a in items if a in reach[a]
        }
        found = all_knots(board_of(text))
        assert sorted(map(sorted, found)) == sorted(map(sorted, knots)), seed


def walked(waits: dict[str, list[str]], start: str) -> set[str]:
    """What a ticket waits for, directly or over others."""
    reached: set[str] = set()
    todo = [*waits[start]]
    while todo:
        item = todo.pop()
        todo += [] if item in reached else waits[item]
        reached.add(item)
    return reached
