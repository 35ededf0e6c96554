"""Labels, criteria and due times: what openings say, amendments change and holders tick."""

from ledger.core.board.board import Board
from ledger.core.board.criteria import list_criteria
from ledger.core.model import Ticket
from tests.core.boards import all_refusals, board_of, refusals

OPEN = "08:00 A opens CMB-0001 criteria=one,two,three labels=ui,docs due=2026-12-01: Cards\n"
HELD = OPEN + "08:01 B claims CMB-0001\n"


def ticket_of(board: Board) -> Ticket:
    return board.tickets["CMB-0001"]


def ticks(board: Board) -> list[str]:
    return [f"{'x' if line.is_met else '-'} {line.text}" for line in list_criteria(board, ticket_of(board))]


def effect(board: Board) -> str:
    return board.history_of(ticket_of(board))[-1].effect


def test_an_opening_says_labels_criteria_and_when_it_is_due() -> None:
    board = board_of(OPEN)
    assert (ticket_of(board).labels, ticket_of(board).due) == (("ui", "docs"), "2026-12-01")
    assert ticks(board) == ["- one", "- two", "- three"]


def test_who_closes_a_ticket_says_what_is_met() -> None:
    board = board_of(HELD + "08:02 B finishes CMB-0001 met=all\n")
    assert ticket_of(board).state == "DONE" and ticks(board) == ["x one", "x two", "x three"]
    board = board_of(HELD + "08:02 B finishes CMB-0001 met=3,1,2\n")
    assert ticket_of(board).state == "DONE"


def test_a_ticket_is_not_closed_while_a_criterion_is_open_and_nobody_says_why() -> None:
    for fields in ("", " met=1,3"):
        board = board_of(HELD + f"08:02 B finishes CMB-0001{fields}\n")
        assert refusals(board) == ["open-criteria B"]
        assert ticket_of(board).state == "CLAIMED" and ticks(board) == ["- one", "- two", "- three"]
    assert all_refusals(board)[0].message == "criterion 2 of CMB-0001 is not met, and nothing says why"
    board = board_of(HELD + "08:02 B finishes CMB-0001 met=1,3: the second is CMB-0009 now\n")
    assert ticket_of(board).state == "DONE" and ticks(board) == ["x one", "- two", "x three"]


def test_nothing_is_asked_of_a_ticket_without_criteria() -> None:
    opened = "08:00 A opens CMB-0001: Cards\n08:01 B claims CMB-0001\n"
    for fields in ("", " met=all"):
        assert ticket_of(board_of(opened + f"08:02 B finishes CMB-0001{fields}\n")).state == "DONE"


def test_a_holder_ticks_early_by_notes_and_it_stays() -> None:
    board = board_of(HELD + "08:02 B notes CMB-0001 met=2: that\n08:03 B notes CMB-0001 met=1: and that\n")
    assert ticks(board) == ["x one", "x two", "- three"]
    assert effect(board) == "note: criteria 2 of 3 met"
    assert ticket_of(board).life is not None and ticket_of(board).moved_by == board.posts_on("CMB-0001")[1].id
    done = board_of(
        HELD + "08:02 B notes CMB-0001 met=1,2: that\n08:03 B finishes CMB-0001 met=3\n"
        "08:04 B repairs CMB-0001: no\n"
    )
    assert ticks(done) == ["x one", "x two", "x three"]


def test_only_the_holder_ticks_and_only_what_there_is() -> None:
    assert refusals(board_of(HELD + "08:02 C notes CMB-0001 met=1: that\n")) == ["not-the-holder C"]
    assert refusals(board_of(OPEN + "08:02 B notes CMB-0001 met=1: that\n")) == ["not-the-holder B"]
    for line in ("notes CMB-0001 met=4", "finishes CMB-0001 met=all,4"):
        board = board_of(HELD + f"08:02 B {line}: so\n")
        assert refusals(board) == ["illegal-move B"] and ticks(board) == ["- one", "- two", "- three"]
    assert refusals(board_of(HELD + "08:02 B notes met=1: that\n")) == ["illegal-move B"]
    assert refusals(board_of("08:00 A opens CMB-0001 met=1: Cards\n")) == ["illegal-move A"]


def test_an_amendment_says_the_whole_lists_and_what_was_met_stays_so_by_its_words() -> None:
    ticked = HELD + "08:02 B notes CMB-0001 met=2: that\n"
    board = board_of(
        ticked + "08:03 A amends CMB-0001 criteria=four,two labels=ui due=2027-01-01T12:00Z: less\n"
    )
    assert ticks(board) == ["- four", "x two"]
    assert (ticket_of(board).labels, ticket_of(board).due) == (("ui",), "2027-01-01T12:00Z")
    assert effect(board) == "amended: labels ui, due 2027-01-01T12:00Z, criteria 1 of 2 met"
    again = board_of(ticked + "08:03 A amends CMB-0001 criteria=one,two,three: the same\n")
    assert refusals(again) == ["illegal-move A"]


def test_an_amendment_takes_a_due_time_away() -> None:
    board = board_of(OPEN + "08:03 A amends CMB-0001 due=none: any time\n")
    assert ticket_of(board).due is None and effect(board) == "amended: due none"


def test_a_ruling_closes_a_ticket_whose_criteria_are_open() -> None:
    board = board_of(HELD + "08:02 S rules rules_on=CMB-0001: Which\n| ABSORB: CMB-0001 -> DONE (as ruled)\n")
    assert ticket_of(board).state == "DONE" and ticks(board) == ["- one", "- two", "- three"]


def test_an_opening_that_is_moved_takes_its_fields_along() -> None:
    board = board_of(
        "08:00 A opens CMB-0001: Cards\n08:01 B opens CMB-0001 labels=ui criteria=one due=2026-12-01: Other\n"
        "08:02 B moves CMB-0002: CMB-0001 -> CMB-0002 post:#2\n"
    )
    moved = board.tickets["CMB-0002"]
    assert (moved.labels, moved.due) == (("ui",), "2026-12-01")
    assert [line.text for line in list_criteria(board, moved)] == ["one"]
