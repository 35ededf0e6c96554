"""Who waits for whom, in a circle."""

from ledger.core.waits import cycles
from tests.core.boards import board_of


def test_no_circle() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A opens CMB-0002 after=CMB-0001: two
        08:02 A opens CMB-0003 after=CMB-0001,CMB-0002: three
    """)
    assert list(cycles(board.tickets)) == []


def test_blocks_and_gates_close_a_circle_and_it_is_told_once() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A opens CMB-0002 after=CMB-0001: two
        08:02 A blocks CMB-0001 blocked_on=CMB-0003: waits
        08:03 A opens CMB-0003 after=CMB-0002: three
        08:04 A opens CMB-0004 after=CMB-0003: hangs on it and is not in it
    """)
    assert list(cycles(board.tickets)) == [("CMB-0001", "CMB-0003", "CMB-0002", "CMB-0001")]


def test_what_is_done_waits_for_nothing() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A blocks CMB-0001 blocked_on=CMB-0001: itself
        08:02 A cancels CMB-0001: no
    """)
    assert list(cycles(board.tickets)) == []
