"""What a ruling owes: the tickets that wait for it alone."""

from ledger.core.board.absorbing import tickets_owed_by_ruling
from ledger.core.board.rulings import find_absorbed
from tests.core.boards import board_of


def test_absorbed_names_each_ticket_once() -> None:
    assert find_absorbed(
        "Words.\nABSORB: A-1 -> DONE\nABSORB: A-2 -> DONE (x)\n ABSORB: A-3 -> DONE\nABSORB: A-1 -> DONE"
    ) == [
        "A-1",
        "A-2",
    ]


def test_only_what_waits_for_this_ruling_and_nothing_else_is_owed() -> None:
    board = board_of("""
        08:00 A opens FLT-0001 state=BLOCKED blocked_on=ruling:FLT-0009: alone
        08:01 A opens FLT-0002 state=BLOCKED blocked_on=ruling:FLT-0009,ruling:FLT-0008: for two rulings
        08:02 A opens FLT-0003 state=BLOCKED blocked_on=ruling:FLT-0009,FLT-0001: for a ticket too
        08:03 A opens FLT-0004: waits for nothing
        08:04 A opens FLT-0005 state=BLOCKED blocked_on=FLT-0009: for the ticket itself
    """)
    assert [one.id for one in tickets_owed_by_ruling(board, ["FLT-0009"])] == ["FLT-0001"]
    assert [one.id for one in tickets_owed_by_ruling(board, ["FLT-0009", "FLT-0008"])] == [
        "FLT-0001",
        "FLT-0002",
    ]
