"""Challenge and answer in the fold: what ends a claim, and what keeps it."""

import pytest

from ledger.core.board.board import Board
from ledger.core.board.fold import fold_posts
from ledger.core.ids import format_timestamp
from ledger.core.model import Challenge
from tests.core.boards import board_of, refusals
from tests.feeds import feed

CLONE, OTHER = "clone:00000000000000c1", "clone:00000000000000c2"
HELD = "08:00 A opens CMB-0001: Cards\n08:01 B claims CMB-0001\n"
ASKED = HELD + f"10:30 S challenges CMB-0001: post:#2 grace:10m {CLONE}\n"
ENDS = f"10:40 S sweeps CMB-0001: post:#3 {CLONE}"


def holder(text: str) -> str | None:
    """Who holds the ticket after these posts."""
    return board_of(text).tickets["CMB-0001"].holder


def challenges(board: Board) -> list[Challenge]:
    """The open challenges of the ticket."""
    return board.challenges(board.tickets["CMB-0001"])


def test_a_challenge_moves_nothing_and_stands_on_its_ticket() -> None:
    board = board_of(ASKED)
    ticket = board.tickets["CMB-0001"]
    assert (ticket.state, ticket.holder, ticket.moved_by) == (
        "CLAIMED",
        "B",
        ticket.life and ticket.life.post,
    )
    (asked,) = board.challenges(ticket)
    assert (asked.seat, asked.clone, format_timestamp(asked.until)) == (
        "S",
        CLONE[6:],
        "2026-11-20T10:40:00.000Z",
    )
    assert board.history_of(ticket)[-1].effect == 'challenged by "S", to be answered within 10m'


def test_a_claim_ends_when_nobody_answered() -> None:
    board = board_of(ASKED + ENDS)
    ticket = board.tickets["CMB-0001"]
    assert (ticket.state, ticket.holder, challenges(board)) == ("AWAITING_CLAIM", None, [])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("10:35 B notes CMB-0001: half done", id="a note on the ticket"),
        pytest.param("10:35 B lives: CMB-0001", id="alive"),
        pytest.param("10:35 B claims CMB-0001", id="the claim renewed"),
        pytest.param("10:35 B boots\n| ALIVE: CMB-0001", id="a boot that says so"),
        pytest.param("10:35 B amends CMB-0001 priority=HIGH: more urgent", id="an amendment"),
        pytest.param("10:35 B lives by hand: CMB-0001", id="alive, by hand"),
        pytest.param("2025-01-01T00:00 B lives: CMB-0001", id="dated long ago: the order counts"),
        pytest.param("2027-11-20T00:00 B lives: CMB-0001", id="dated in the future"),
    ],
)
def test_an_answer_of_the_holder_ends_the_challenge(answer: str) -> None:
    assert challenges(board_of(f"{ASKED}{answer}")) == []
    board = board_of(f"{ASKED}{answer}\n{ENDS}")
    assert (board.tickets["CMB-0001"].holder, refusals(board)) == ("B", ["premature-release S"])


@pytest.mark.parametrize(
    "post",
    [
        pytest.param("10:35 A notes CMB-0001: hm", id="somebody else's note"),
        pytest.param("10:35 B notes: elsewhere", id="the holder's note about nothing"),
        pytest.param("10:35 A amends CMB-0001 priority=HIGH: more urgent", id="somebody else's amendment"),
        pytest.param("10:35 A lives: CMB-0001", id="alive, by another"),
        pytest.param(f"10:35 B challenges CMB-0001: post:#2 grace:10m {OTHER}", id="the holder's challenge"),
    ],
)
def test_what_is_no_answer_leaves_the_challenge_open(post: str) -> None:
    assert holder(f"{ASKED}{post}\n{ENDS}") is None


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(f"10:39 S sweeps CMB-0001: post:#3 {CLONE}", id="before the grace is over"),
        pytest.param(f"10:45 T sweeps CMB-0001: post:#3 {CLONE}", id="by another seat"),
        pytest.param(f"10:45 S sweeps CMB-0001: post:#3 {OTHER}", id="from another clone"),
        pytest.param(f"10:45 S sweeps CMB-0001: post:#2 {CLONE}", id="citing no challenge"),
    ],
)
def test_only_who_asked_ends_the_claim_and_only_after_the_grace(ends: str) -> None:
    board = board_of(f"{ASKED}{ends}")
    assert (board.tickets["CMB-0001"].holder, refusals(board)) == ("B", [f"premature-release {ends[6]}"])


def test_a_challenge_names_the_last_sign_of_life() -> None:
    board = board_of(HELD + f"10:00 B notes CMB-0001: on it\n{ASKED.splitlines()[-1]}")
    assert (challenges(board), refusals(board)) == ([], ["premature-challenge S"])


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        pytest.param(
            "08:00 A opens CMB-0001: a\n09:00 S challenges CMB-0001: post:#1", "premature-challenge"
        ),
        pytest.param("08:00 A opens CMB-0002: a\n09:00 S challenges CMB-0001: post:#1", "illegal-move"),
    ],
    ids=["held by nobody", "no such ticket"],
)
def test_only_a_holder_is_challenged(text: str, refused: str) -> None:
    assert refusals(board_of(f"{text} grace:10m {CLONE}")) == [f"{refused} S"]


def test_a_challenge_stands_on_the_note_about_its_ticket() -> None:
    text = HELD + f"10:30 S notes CMB-0002: hm\n| CHALLENGE: CMB-0001 post:#2 grace:10m {CLONE}"
    named = text.replace("post:#2", f"post:{feed(HELD).posts[1].id}")
    assert refusals(board_of(named)) == ["illegal-move S"]


def test_each_seat_and_clone_has_one_challenge_and_ends_its_own() -> None:
    """T asked later, and S asked anew: only its newer challenge counts."""
    asked = ASKED + f"10:31 T challenges CMB-0001: post:#2 grace:10m {OTHER}\n"
    asked += f"10:32 S challenges CMB-0001: post:#2 grace:10m {CLONE}\n"
    posts = [one.post for one in challenges(board_of(asked))]
    assert posts == [feed(asked).posts[place].id for place in (3, 4)]
    assert holder(asked + f"10:41 S sweeps CMB-0001: post:#3 {CLONE}") == "B"
    assert holder(asked + f"10:41 T sweeps CMB-0001: post:#4 {OTHER}") is None
    both = asked + f"10:42 S sweeps CMB-0001: post:#5 {CLONE}\n10:43 T sweeps CMB-0001: post:#4 {OTHER}"
    assert refusals(board_of(both)) == ["illegal-move T"]


def test_a_challenge_of_an_earlier_claim_ends_no_later_one() -> None:
    again = "10:32 B releases CMB-0001: full\n10:33 C claims CMB-0001\n"
    assert holder(f"{ASKED}{again}{ENDS}") == "C"


def test_an_answer_by_hand_that_arrived_before_the_release_counts() -> None:
    """The holder pushed its answer with plain git while the shepherd wrote: the release saw it."""
    posts = feed(f"{ASKED}10:39 B lives by hand: CMB-0001\n{ENDS}").posts
    assert fold_posts(reversed(posts)).tickets["CMB-0001"].holder == "B"
