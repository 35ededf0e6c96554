"""What waits for what, both ways, and the trees that are made of it."""

from ledger.core.board.board import Board
from ledger.core.board.dependencies import find_dependencies
from ledger.faces.cli.trees import DEEPEST, LONGEST, write_dependencies
from tests.core.boards import board_of


def tree(board: Board, item: str | None = None) -> list[str]:
    return list(write_dependencies(find_dependencies(board, item), item, None))


CHAIN = """
    08:00 A opens CMB-0001: one
    08:01 A opens CMB-0002 after=CMB-0001: two
    08:02 A opens CMB-0003 after=CMB-0001,CMB-0002: three
    08:03 A opens CMB-0004: four
    08:04 A blocks CMB-0004 blocked_on=CMB-0003: waits
    08:05 A opens CMB-0005: alone
"""


def test_below_a_ticket_stand_those_that_wait_for_it() -> None:
    board = board_of(CHAIN)
    assert tree(board) == [
        'CMB-0001  AWAITING_CLAIM  "one"',
        '  CMB-0002  AWAITING_CLAIM  "two"  (after)',
        '    CMB-0003  AWAITING_CLAIM  "three"  (after)',
        '      CMB-0004  BLOCKED  "four"  (block)',
        '  CMB-0003  AWAITING_CLAIM  "three"  (after, further up)',
    ]


def test_a_ticket_has_a_tree_each_way() -> None:
    assert tree(board_of(CHAIN), "CMB-0003") == [
        'CMB-0003  AWAITING_CLAIM  "three"',
        "waits for",
        '  CMB-0001  AWAITING_CLAIM  "one"  (after)',
        '  CMB-0002  AWAITING_CLAIM  "two"  (after)',
        '    CMB-0001  AWAITING_CLAIM  "one"  (after)',
        "is waited for by",
        '  CMB-0004  BLOCKED  "four"  (block)',
    ]
    assert tree(board_of(CHAIN), "CMB-0005") == ['CMB-0005  AWAITING_CLAIM  "alone"']


def test_what_is_over_is_told_of_the_ticket_that_is_asked_for_alone() -> None:
    board = board_of(
        CHAIN
        + """
    08:06 A claims CMB-0001: mine
    08:07 A finishes CMB-0001: done
    """
    )
    assert tree(board)[0] == 'CMB-0002  AWAITING_CLAIM  "two"'
    assert '  CMB-0001  DONE  "one"  (after, over)' in tree(board, "CMB-0002")
    assert tree(board, "CMB-0001")[1:3] == [
        "is waited for by",
        '  CMB-0002  AWAITING_CLAIM  "two"  (after, over)',
    ]


def test_words_rulings_and_tickets_that_are_not_there_are_waited_for_too() -> None:
    board = board_of("""
        08:00 A opens CMB-0001: one
        08:01 A opens CMB-0002 after=CMB-0009: two
        08:02 A blocks CMB-0002 blocked_on=ruling:CMB-0001: waits
        08:03 A opens CMB-0003: three
        08:04 A blocks CMB-0003 blocked_on=rain: waits
    """)
    assert tree(board) == [
        'CMB-0001  AWAITING_CLAIM  "one"',
        '  CMB-0002  BLOCKED  "two"  waits for CMB-0009  (ruling)',
        'CMB-0003  BLOCKED  "three"  waits for rain',
    ]
    assert tree(board, "CMB-0002")[1:] == [
        "waits for",
        "  CMB-0009 (not filed)  (after)",
        '  CMB-0001  AWAITING_CLAIM  "one"  (ruling)',
    ]


def test_a_circle_is_gone_round_once_and_named() -> None:
    board = board_of("""
        08:00 A opens CMB-0001 after=CMB-0003: one
        08:01 A opens CMB-0002 after=CMB-0001: two
        08:02 A opens CMB-0003 after=CMB-0002: three
        08:03 A opens CMB-0004 after=CMB-0003,CMB-0004: hangs on it, and on itself
    """)
    circle = [
        "circle: CMB-0001 waits for CMB-0003 waits for CMB-0002 waits for CMB-0001",
        "circle: CMB-0004 waits for CMB-0004",
    ]
    assert tree(board) == [
        'CMB-0001  AWAITING_CLAIM  "one"',
        '  CMB-0002  AWAITING_CLAIM  "two"  (after)',
        '    CMB-0003  AWAITING_CLAIM  "three"  (after)',
        '      CMB-0001  AWAITING_CLAIM  "one"  (after, in a circle)',
        '      CMB-0004  AWAITING_CLAIM  "hangs on it, and on itself"  (after)',
        '        CMB-0004  AWAITING_CLAIM  "hangs on it, and on itself"  (after, in a circle)',
        *circle,
    ]
    assert tree(board, "CMB-0002")[-2:] == circle
    graph = find_dependencies(board, "CMB-0003")
    assert graph.circles[0] == ("CMB-0001", "CMB-0003", "CMB-0002", "CMB-0001")


def test_thousands_in_a_ring_are_one_line_each() -> None:
    """Deeper than Python recurses, and indented as far as a terminal is wide."""
    n = 2_500
    moments = [
        f"{hour:02}:{minute:02}:{second:02}"
        for hour in range(3)
        for minute in range(60)
        for second in range(60)
    ]
    row = "\n".join(
        f"{moments[place]} A opens CMB-{place + 1:05} after=CMB-{place or n:05}: {place}"
        for place in range(n)
    )
    ring = board_of(row)
    lines = tree(ring)
    assert len(lines) == n + 2 and max(map(len, lines)) < 250
    assert lines[DEEPEST + 1].startswith(f"{'  ' * DEEPEST}{DEEPEST + 1}> CMB-")
    assert lines[-1].count("waits for") == LONGEST and lines[-1].endswith("…")
    assert len(tree(ring, "CMB-00500")) == 2 * n + 4
