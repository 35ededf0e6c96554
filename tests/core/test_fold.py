"""What posts add up to. Each test is a feed in a few lines and the board that it must give."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.board.fold import fold_posts
from ledger.core.board.kinds.actionable import MOST_COLLISIONS
from ledger.core.model import State
from tests.core.boards import all_refusals, board_of, contents, lines, refusals
from tests.feeds import feed

OPEN = "08:00 A opens CMB-0001: Cards\n"
CLAIMED = OPEN + "08:01 B claims CMB-0001 branch=b worktree=/w\n"
CLONE = "clone:00000000000000c1"
CHALLENGED = CLAIMED + f"08:05 C challenges CMB-0001: post:#2 grace:10m {CLONE}\n"
ENDS = f"C sweeps CMB-0001: post:#3 {CLONE}"
DONE = CLAIMED + "08:02 B finishes CMB-0001\n"
BLOCKED = CLAIMED + "08:02 B blocks CMB-0001 blocked_on=CMB-0009: waits\n"
NINE = "07:00 A opens CMB-0009: Nine\n07:01 B claims CMB-0009\n"
NINE_DONE = NINE + "07:02 B finishes CMB-0009\n"
OPENED_BLOCK = NINE_DONE + BLOCKED
"""CMB-0001 is BLOCKED on CMB-0009 alone, which is DONE."""
PARKED = OPEN + "08:01 B parks CMB-0001: later\n"
CANCELLED = OPEN + "08:01 B cancels CMB-0001: no\n"


@pytest.mark.parametrize(
    ("before", "post", "after"),
    [
        pytest.param(OPEN, "C claims CMB-0001", "CLAIMED C", id="anyone claims what is open"),
        pytest.param(CLAIMED, "B claims CMB-0001", "CLAIMED B", id="the holder asks again"),
        pytest.param(CLAIMED, "B finishes CMB-0001", "DONE open", id="the holder is done"),
        pytest.param(CLAIMED, "B blocks CMB-0001: why", "BLOCKED open", id="the holder blocks"),
        pytest.param(CLAIMED, "B parks CMB-0001", "PARKED open", id="the holder parks"),
        pytest.param(CLAIMED, "B cancels CMB-0001", "CANCELLED open", id="the holder cancels"),
        pytest.param(CLAIMED, "B releases CMB-0001: why", "AWAITING_CLAIM open", id="the holder releases"),
        pytest.param(CLAIMED, "C repairs CMB-0001: why", "AWAITING_CLAIM open", id="anyone repairs a claim"),
        pytest.param(CHALLENGED, ENDS, "AWAITING_CLAIM open", id="the sweep"),
        pytest.param(OPEN, "C blocks CMB-0001: why", "BLOCKED open", id="anyone blocks"),
        pytest.param(OPEN, "C parks CMB-0001: why", "PARKED open", id="anyone parks"),
        pytest.param(OPEN, "C cancels CMB-0001: why", "CANCELLED open", id="anyone cancels"),
        pytest.param(OPEN, "C offers CMB-0001: D (warmer: knows it)", "AWAITING_CLAIM D", id="a handoff"),
        pytest.param(BLOCKED, "B claims CMB-0001", "CLAIMED B", id="who held it takes it up"),
        pytest.param(
            BLOCKED, "C offers CMB-0001: D (warmer: so)", "BLOCKED D", id="a block outlasts a handoff"
        ),
        pytest.param(PARKED, "C offers CMB-0001: D (warmer: so)", "PARKED D", id="so does a parking"),
        pytest.param(
            CLAIMED, "B offers CMB-0001: D (warmer: so)", "AWAITING_CLAIM D", id="its holder hands off"
        ),
        pytest.param(OPENED_BLOCK, "C claims CMB-0001", "CLAIMED C", id="a block that opened"),
        pytest.param(BLOCKED, "C releases CMB-0001: 9 is done", "AWAITING_CLAIM open", id="a block lifted"),
        pytest.param(BLOCKED, "C blocks CMB-0001: more", "BLOCKED open", id="another block"),
        pytest.param(PARKED, "C releases CMB-0001: now", "AWAITING_CLAIM open", id="unparked"),
        pytest.param(DONE, "C repairs CMB-0001: not so", "AWAITING_CLAIM open", id="a DONE repaired"),
        pytest.param(CANCELLED, "C repairs CMB-0001: do", "AWAITING_CLAIM open", id="a CANCELLED repaired"),
        pytest.param(DONE, "C notes CMB-0001: well done", "DONE open", id="notes are legal in any state"),
    ],
)
def test_what_the_table_of_moves_allows(before: str, post: str, after: str) -> None:
    board = board_of(f"{before}09:00 {post}")
    assert refusals(board) == []
    assert lines(board)[0].startswith(f"CMB-0001 {after}:")


def test_a_claim_of_a_block_that_opened_says_what_opened_it() -> None:
    board = board_of(OPENED_BLOCK + "09:00 C claims CMB-0001")
    ticket = board.tickets["CMB-0001"]
    assert board.history_of(ticket)[-1].effect == "BLOCKED -> CLAIMED: CMB-0009 (DONE)"
    assert (ticket.blocked_on, board.seats["C"].claims) == ((), 1)


RULED = "08:03 S rules rules_on=CMB-0009: That\n| ABSORB: CMB-0009 -> DONE\n"


@pytest.mark.parametrize(
    ("before", "post", "set_by", "still"),
    [
        pytest.param(BLOCKED, "C releases CMB-0001: x", "B", ["CMB-0009"], id="released"),
        pytest.param(
            BLOCKED.replace("=", "=ruling:"),
            "C releases CMB-0001: x",
            "B",
            ["ruling:CMB-0009"],
            id="a ruling",
        ),
        pytest.param(
            NINE + BLOCKED.replace("=", "=rain,ruling:") + RULED,
            "C releases CMB-0001: x",
            "B",
            ["rain"],
            id="words stay",
        ),
        pytest.param(OPENED_BLOCK, "C releases CMB-0001: x", "B", [], id="over"),
        pytest.param(
            NINE + BLOCKED.replace("=", "=ruling:") + RULED, "C releases CMB-0001: x", "B", [], id="ruled"
        ),
        pytest.param(
            BLOCKED.replace(" blocked_on=CMB-0009", ""),
            "C releases CMB-0001: x",
            "B",
            ["what its words say"],
            id="no name",
        ),
        pytest.param(BLOCKED, "C blocks CMB-0001 blocked_on=rain: x", "B", ["CMB-0009"], id="replaced"),
        pytest.param(
            BLOCKED + "08:03 C parks CMB-0001: x\n",
            "C releases CMB-0001: x",
            "B",
            ["CMB-0009"],
            id="parked, released",
        ),
        pytest.param(
            BLOCKED + "08:03 C blocks CMB-0001 blocked_on=CMB-0009,rain: x\n",
            "C releases CMB-0001: x",
            "B",
            ["CMB-0009", "rain"],
            id="who adds to a block does not take it over",
        ),
        pytest.param(
            BLOCKED + "08:03 S blocks CMB-0001 blocked_on=ruling:CMB-0009: x\n",
            "C releases CMB-0001: x",
            "S",
            ["ruling:CMB-0009"],
            id="who replaces it does",
        ),
    ],
)
def test_what_a_post_lifts_of_a_block(before: str, post: str, set_by: str, still: list[str]) -> None:
    """Roles are a rule; the fold only keeps who had set the block and what it still waited for."""
    board = board_of(f"{before}09:00 {post}")
    (lift,) = (board.lifts[name] for name in board.lifts.keys_from("") if board.posts[name].at.hour == 9)
    assert (lift.set_by, list(lift.holding)) == (set_by, still)
    effect = board.history_of(board.tickets["CMB-0001"])[-1].effect
    assert effect.endswith(f", although it still waits for {', '.join(still)}") is bool(still)


def test_what_lifts_no_block() -> None:
    for post in (
        "C blocks CMB-0001 blocked_on=CMB-0009,rain: x",
        "C parks CMB-0001: x",
        "C cancels CMB-0001: x",
    ):
        assert board_of(f"{BLOCKED}09:00 {post}").lifts.keys_from("") == []


def test_who_held_a_blocked_ticket_says_no_more_than_that_it_goes_on() -> None:
    board = board_of(NINE + BLOCKED + "09:00 B claims CMB-0001")
    assert board.history_of(board.tickets["CMB-0001"])[-1].effect == "BLOCKED -> CLAIMED"


@pytest.mark.parametrize(
    ("before", "post", "rule"),
    [
        pytest.param(CLAIMED, "C claims CMB-0001", "not-the-holder", id="a claim on a claim"),
        pytest.param(CLAIMED, "C finishes CMB-0001", "not-the-holder", id="DONE by another"),
        pytest.param(
            CLAIMED, "C offers CMB-0001: D (warmer: x)", "not-the-holder", id="handed off by another"
        ),
        pytest.param(CLAIMED, "C blocks CMB-0001: why", "not-the-holder", id="a block by another"),
        pytest.param(CLAIMED, "C releases CMB-0001: why", "not-the-holder", id="a release by another"),
        pytest.param(CLAIMED, ENDS.replace("#3", "#2"), "premature-release", id="a sweep unasked"),
        pytest.param(OPEN, "C finishes CMB-0001", "not-the-holder", id="DONE without a claim"),
        pytest.param(OPEN, "C parks CMB-0001", "illegal-move", id="no reason"),
        pytest.param(OPEN, "C releases CMB-0001: why", "illegal-move", id="nothing to release"),
        pytest.param(BLOCKED, "C claims CMB-0001", "illegal-move", id="blocked, held by another before"),
        pytest.param(NINE + BLOCKED, "C claims CMB-0001", "illegal-move", id="what blocks it is at work"),
        pytest.param(
            NINE + "07:02 B cancels CMB-0009: no\n" + BLOCKED,
            "C claims CMB-0001",
            "illegal-move",
            id="what blocks it was cancelled",
        ),
        pytest.param(
            NINE_DONE + BLOCKED.replace("CMB-0009", "CMB-0009,the-weather"),
            "C claims CMB-0001",
            "illegal-move",
            id="blocked on words too",
        ),
        pytest.param(
            NINE_DONE + BLOCKED.replace("CMB-0009", "CMB-0009,ruling:CMB-0009"),
            "C claims CMB-0001",
            "illegal-move",
            id="blocked on a ruling too",
        ),
        pytest.param(
            NINE_DONE + BLOCKED.replace(" blocked_on=CMB-0009", ""),
            "C claims CMB-0001",
            "illegal-move",
            id="a block that names nothing",
        ),
        pytest.param(
            OPENED_BLOCK + "08:03 A amends CMB-0001 owner=D: for D\n",
            "C claims CMB-0001",
            "illegal-move",
            id="a block that opened, and the owner is another",
        ),
        pytest.param(
            OPENED_BLOCK + "08:03 A amends CMB-0001 after=CMB-0008: later\n",
            "C claims CMB-0001",
            "gate-not-open",
            id="a block that opened behind a gate that did not",
        ),
        pytest.param(BLOCKED, "B finishes CMB-0001", "not-the-holder", id="DONE while blocked"),
        pytest.param(DONE, "C claims CMB-0001", "illegal-move", id="a claim on DONE"),
        pytest.param(DONE, "C cancels CMB-0001: why", "illegal-move", id="CANCELLED after DONE"),
        pytest.param(DONE, "C releases CMB-0001: why", "illegal-move", id="DONE is repaired, not released"),
        pytest.param(OPEN, "C claims CMB-0002", "illegal-move", id="no such ticket"),
        pytest.param(OPEN, "C notes CMB-0002: hm", "illegal-move", id="a note on no ticket"),
        pytest.param(OPEN, "C amends CMB-0001: why", "illegal-move", id="an amendment of nothing"),
        pytest.param(OPEN, "C confirms CMB-0001", "illegal-move", id="nothing to confirm"),
        pytest.param(OPEN, "C reposts CMB-0001", "double-opening", id="open, again, without a directive"),
        pytest.param(DONE, "C opens CMB-0001: Mine", "double-opening", id="opened again after DONE"),
    ],
)
def test_what_is_not_allowed_is_a_finding_and_changes_nothing(before: str, post: str, rule: str) -> None:
    board = board_of(f"{before}09:00 {post}")
    assert refusals(board) == [f"{rule} C"] or refusals(board) == [f"{rule} B"]
    was = [line.partition(" | collision")[0] for line in lines(board)]
    assert was == lines(board_of(before))


def test_the_first_opening_stands_and_the_second_is_listed_under_it() -> None:
    board = board_of("""
        20:04:22 CAMBER-12 opens CMB-0105: Card grouping
        20:24:06 CAMBER-02 opens CMB-0105 by hand: Audio playback
    """)
    assert lines(board) == [
        "CMB-0105 AWAITING_CLAIM open: Card grouping | collision CAMBER-02: Audio playback"
    ]


def test_the_loser_moves_nothing_until_its_opening_was_moved() -> None:
    before = """
        08:00 A opens CMB-0001: Cards
        08:01 B opens CMB-0001 by hand: Audio
    """
    for deed in ("B claims CMB-0001", "B cancels CMB-0001: mine", "B amends CMB-0001 lane=x: why"):
        board = board_of(f"{before}08:02 {deed}")
        assert lines(board) == ["CMB-0001 AWAITING_CLAIM open: Cards | collision B: Audio"]
        assert refusals(board)[-1] == "ambiguous-item B"
    board = board_of(before + "08:02 B moves CMB-0002: CMB-0001 -> CMB-0002 post:#2\n08:03 B claims CMB-0001")
    assert lines(board) == ["CMB-0001 CLAIMED B: Cards", "CMB-0002 AWAITING_CLAIM open: Audio"]


def test_an_amendment_moves_an_opening_once_and_only_a_losing_one() -> None:
    before = "08:00 A opens CMB-0001: Cards\n08:01 B opens CMB-0001 by hand: Audio\n"
    once = before + "08:02 B moves CMB-0002: CMB-0001 -> CMB-0002 post:#2\n"
    twice = board_of(once + "08:03 B moves CMB-0003: CMB-0001 -> CMB-0003 post:#2")
    assert refusals(twice)[-1] == "illegal-move B"
    refused = all_refusals(twice)[-1]
    assert "was moved from CMB-0001 to CMB-0002 already" in refused.message
    assert refused.fix == "`git ledger show CMB-0002`"
    assert "CMB-0003" not in twice.tickets
    winner = board_of(before + "08:03 C moves CMB-0003: CMB-0001 -> CMB-0003 post:#1")
    assert refusals(winner)[-1] == "illegal-move C"
    onto = board_of(
        before + "08:02 A opens CMB-0009: x\n08:03 B moves CMB-0009: CMB-0001 -> CMB-0009 post:#2"
    )
    assert refusals(onto)[-1] == "double-opening B"


PENDING = "08:00 A opens CMB-0001: Cards\n| CONFIRM-PENDING: CMB-0001\n"


def test_a_provisional_ticket_is_not_claimed_before_it_is_confirmed() -> None:
    early = board_of(PENDING + "08:01 B claims CMB-0001")
    assert (lines(early), refusals(early)) == (
        ["CMB-0001 AWAITING_CLAIM open: Cards | provisional"],
        ["illegal-move B"],
    )
    board = board_of(PENDING + "08:01 A confirms CMB-0001\n08:02 B claims CMB-0001")
    assert (lines(board), refusals(board)) == (["CMB-0001 CLAIMED B: Cards"], [])


def test_a_provisional_opening_that_moves_away_leaves_the_number_to_the_next() -> None:
    board = board_of(
        PENDING
        + """
        08:01 B opens CMB-0001 by hand: Audio
        08:02 A moves CMB-0002: CMB-0001 -> CMB-0002 post:#1
    """
    )
    assert lines(board) == ["CMB-0001 AWAITING_CLAIM open: Audio", "CMB-0002 AWAITING_CLAIM open: Cards"]
    assert board.moved["CMB-0001"] == "CMB-0002"


def test_gates_open_when_all_of_them_are_done() -> None:
    before = """
        08:00 A opens CMB-0076 after=CMB-0077: second
        08:01 A opens CMB-0077: first
    """
    early = board_of(before + "08:02 B claims CMB-0076")
    assert refusals(early) == ["gate-not-open B"]
    late = board_of(before + "08:02 C claims CMB-0077\n08:03 C finishes CMB-0077\n08:04 B claims CMB-0076")
    assert lines(late)[0] == "CMB-0076 CLAIMED B: second"


def test_a_circle_of_gates_is_taken_as_it_is_and_opens_for_nobody() -> None:
    """What was made by hand may close it from both sides at once: the rule circular-wait refuses it."""
    board = board_of("""
        08:00 A opens CMB-0001 after=CMB-0002: one
        08:01 A opens CMB-0002 after=CMB-0001: two
        08:02 B claims CMB-0001
        08:03 B claims CMB-0002
    """)
    assert refusals(board) == ["gate-not-open B", "gate-not-open B"]


def test_an_owner_keeps_others_from_claiming() -> None:
    board = board_of("""
        08:00 A opens CMB-0001 owner=B: for B
        08:01 C claims CMB-0001
        08:02 B claims CMB-0001
        08:03 A opens CMB-0002 owner=awaiting-S-ruling: waits
        08:04 A claims CMB-0002
    """)
    assert refusals(board) == ["illegal-move C", "illegal-move A"]
    assert lines(board)[0] == "CMB-0001 CLAIMED B: for B"


RULED = """
    18:00 A opens FLT-1296: collided
    18:01 B opens FLT-1297: trim
    18:02 C opens FLT-1299: other
    18:03 B blocks FLT-1297 blocked_on=ruling:FLT-1296: waits
    18:04 C blocks FLT-1299 blocked_on=ruling:FLT-1296: waits
    18:05 D opens FLT-1306: live
"""


def test_a_ruling_absorbs_all_that_it_names_at_once() -> None:
    board = board_of(
        RULED
        + """
        18:55 S rules FLT-1308 rules_on=FLT-1296: the collision
            | ABSORB: FLT-1297 -> DONE absorbed-by:FLT-1306
            | ABSORB: FLT-1299 -> AWAITING_CLAIM (work continues)
    """
    )
    assert lines(board)[1:] == [
        "FLT-1297 DONE open: trim | absorbed by FLT-1306",
        "FLT-1299 AWAITING_CLAIM open: other",
        "FLT-1306 AWAITING_CLAIM open: live",
        "FLT-1308 DONE open: the collision",
    ]
    assert board.history_of(board.tickets["FLT-1297"])[-1].effect.endswith("absorbed by FLT-1306")


def test_a_bad_absorb_line_fails_alone() -> None:
    board = board_of(
        RULED
        + """
        18:55 S rules rules_on=FLT-1296: the collision
            | ABSORB: FLT-9999 -> DONE
            | ABSORB: FLT-1297 -> DONE absorbed-by:FLT-9998
            | ABSORB: FLT-1299 -> AWAITING_CLAIM
            | ABSORB: FLT-1299 -> DONE
    """
    )
    assert refusals(board) == ["unknown-absorb S", "unknown-absorb S", "illegal-move S"]
    assert [board.tickets[one].state for one in ("FLT-1297", "FLT-1299")] == ["BLOCKED", "AWAITING_CLAIM"]


def test_what_a_ruling_closed_only_a_ruling_that_corrects_it_opens() -> None:
    first = RULED + "18:55 S rules rules_on=FLT-1296: one\n| ABSORB: FLT-1297 -> DONE\n"
    other = board_of(first + "18:56 S rules rules_on=FLT-1296: two\n| ABSORB: FLT-1297 -> AWAITING_CLAIM")
    assert refusals(other) == ["illegal-move S"]
    again = first + "18:56 S rules rules_on=FLT-1296 corrects=#7: two\n| ABSORB: FLT-1297 -> AWAITING_CLAIM"
    assert board_of(again).tickets["FLT-1297"].state is State.AWAITING_CLAIM
    same = board_of(first + "18:56 S rules rules_on=FLT-1296: two\n| ABSORB: FLT-1297 -> DONE")
    assert refusals(same) == [], "to the state that it has is legal and changes nothing"


def test_a_correction_says_by_what_a_ticket_is_absorbed() -> None:
    first = RULED + "18:55 S rules rules_on=FLT-1296: one\n| ABSORB: FLT-1297 -> DONE absorbed-by:FLT-1306\n"
    line = "two\n| ABSORB: FLT-1297 -> DONE absorbed-by:FLT-1299\n"
    assert refusals(board_of(f"{first}18:56 S rules rules_on=FLT-1296: {line}")) == ["illegal-move S"]
    second = f"{first}18:56 S rules rules_on=FLT-1296 corrects=#7: {line}"
    board = board_of(second)
    ticket = board.tickets["FLT-1297"]
    newest = board.history_of(ticket)[-1].post
    assert (refusals(board), ticket.absorbed_by, ticket.ruled_by) == ([], "FLT-1299", newest)
    alone = board_of(
        f"{second}18:57 S rules rules_on=FLT-1296 corrects=#8: three\n| ABSORB: FLT-1297 -> DONE"
    )
    assert alone.tickets["FLT-1297"].absorbed_by is None, "the newest correction stands as it is"


def test_a_move_that_lacks_its_line_is_told_by_which_command_it_is_made() -> None:
    """Of the lines that would do, the one that says no more than a reason is told."""
    told = {
        f"{before}09:00 C {post}": f"`git ledger {command} CMB-0001 --why …` writes `{line}: why`"
        for before, post, command, line in (
            (BLOCKED, "repairs CMB-0001: so", "release", "RELEASE"),
            (PARKED, "repairs CMB-0001: so", "release", "RELEASE"),
            (DONE, "releases CMB-0001: so", "reopen", "REPAIR"),
        )
    }
    fixes = {text: all_refusals(board_of(text))[0].fix.removesuffix(" into the body") for text in told}
    assert fixes == told


def test_nothing_is_blocked_on_a_ruling_that_has_landed() -> None:
    board = board_of(
        RULED
        + """
        18:55 S rules rules_on=FLT-1296: one
            | ABSORB: FLT-1297 -> DONE
        18:56 D blocks FLT-1306 blocked_on=ruling:FLT-1296: waits
        18:57 D opens FLT-1310 state=BLOCKED blocked_on=ruling:FLT-1296: waits too
    """
    )
    assert refusals(board) == ["illegal-move D", "illegal-move D"]


def test_a_rulings_own_number_that_is_taken_is_a_collision_and_its_lines_stand() -> None:
    board = board_of(RULED + "18:55 S rules FLT-1306 rules_on=FLT-1296: x\n| ABSORB: FLT-1297 -> DONE")
    assert refusals(board) == ["double-opening S"]
    assert board.tickets["FLT-1306"].state is State.AWAITING_CLAIM
    assert board.tickets["FLT-1297"].state is State.DONE


def test_retiring_gives_back_what_is_held() -> None:
    board = board_of(CLAIMED + "09:00 B retires")
    assert lines(board) == ["CMB-0001 AWAITING_CLAIM open: Cards"]
    assert board.seats["B"].retired_at is not None


def test_any_post_of_the_holder_on_its_ticket_is_a_sign_of_life() -> None:
    board = board_of(CLAIMED + "09:00 B notes CMB-0001: still at it\n09:01 C notes CMB-0001: hm")
    life = board.tickets["CMB-0001"].life
    assert life is not None and life.post == feed(CLAIMED + "09:00 B notes CMB-0001: still at it").posts[2].id
    answered = CHALLENGED + "08:06 B notes CMB-0001: here\n"
    stale = board_of(answered + f"10:00 C sweeps CMB-0001: post:#3 {CLONE} (dark)")
    assert refusals(stale) == ["premature-release C"]


def test_a_kind_of_a_later_version_is_kept_and_never_applied() -> None:
    board = board_of(OPEN + "08:01 B says CMB-0001: the future")
    assert (len(board.posts), refusals(board)) == (2, [])
    assert board.tickets["CMB-0001"].state is State.AWAITING_CLAIM


def test_of_two_posts_with_one_seat_and_nonce_the_first_counts() -> None:
    first, second = feed(OPEN + "08:01 B claims CMB-0001").posts
    twin = replace(second, id=second.id.replace("0801", "0802"), item="CMB-0001", seq=None, prev=None)
    board = fold_posts([first, second, twin])
    assert [one.rule for one in all_refusals(board)] == ["repeated-nonce"]
    assert board.tickets["CMB-0001"].holder == "B"


def test_a_claim_that_landed_stands_whatever_arrives_later() -> None:
    landed = "08:00 A opens CMB-0001: Cards\n08:30 B claims CMB-0001\n"
    late = landed + "08:10 C claims CMB-0001 by hand"
    board = board_of(late)
    assert board.tickets["CMB-0001"].holder == "B"
    assert refusals(board) == ["not-the-holder C"]


SEATS = "ABCD"
TICKETS = ("CMB-0001", "CMB-0002", "CMB-0003")
DEEDS = (
    "opens {t}: x",
    "opens {t} by hand: x",
    "opens {t} after=CMB-0002: x",
    "claims {t}",
    "claims {t} by hand",
    "finishes {t}",
    "blocks {t} blocked_on=ruling:CMB-0001: y",
    "parks {t}: y",
    "cancels {t}: y",
    "releases {t}: y",
    "repairs {t}: y",
    "offers {t}: B (warmer: y)",
    "notes {t} by hand: y",
    "amends {t} lane=z after=CMB-0001: y",
    "confirms {t}",
    "declines {t}: cold: y",
    "boots lanes=cmb",
    "retires",
    "rules rules_on={t}: r\n| ABSORB: {t} -> DONE",
    "rules {t} rules_on=CMB-0001: r\n| ABSORB: CMB-0002 -> AWAITING_CLAIM",
    "moves CMB-0004: {t} -> CMB-0004 post:#1",
)


def random_feed(dice: random.Random, length: int, seats: str = SEATS) -> str:
    rows = [
        f"{dice.randrange(24):02}:{dice.randrange(60):02} {dice.choice(seats)} "
        + dice.choice(DEEDS).format(t=dice.choice(TICKETS))
        for _ in range(length)
    ]
    return "\n".join(["00:00 A opens CMB-0001: first", *rows])


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 30))
def test_random_fleets_never_raise_and_nothing_is_dropped_in_silence(dice: random.Random, size: int) -> None:
    posts = feed(random_feed(dice, size)).posts
    board = fold_posts(posts)
    acted = {event.post for ticket in board.all_tickets() for event in board.history_of(ticket)}
    told = acted | {one.post for one in all_refusals(board)}
    quiet = {post.id for post in posts if post.kind in ("boot", "retire", "ruling") or post.item is None}
    moved = {key.partition(" ")[2] for key in board.renumbered.keys_from("")}
    assert {post.id for post in posts} <= told | quiet | moved
    for ticket in board.all_tickets():
        assert (ticket.holder is not None) == (ticket.state is State.CLAIMED)
    shuffled = list(posts)
    dice.shuffle(shuffled)
    assert contents(fold_posts(shuffled)) == contents(board), (
        "the same posts give the same board, however they arrive"
    )


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(2, 25))
def test_what_arrives_later_by_hand_never_changes_what_was_judged(dice: random.Random, size: int) -> None:
    """Late posts stand behind everything that a landed post has seen: nothing judged is overturned."""
    posts = feed(random_feed(dice, size) + "\n23:59 Z notes: has seen them all").posts
    late = feed(f"00:00 A opens CMB-0001: first\n03:00 D {dice.choice(DEEDS).format(t='CMB-0001')}").posts[1]
    late = replace(late, id=late.id[:-16] + "e" * 16, seq=None, prev=None, saw=())
    before, after = fold_posts(posts), fold_posts([*posts, late])
    assert list(after.all_posts())[: len(before.posts)] == list(before.all_posts())
    assert all_refusals(after)[: len(all_refusals(before))] == all_refusals(before)


def test_of_one_number_a_hundred_collisions_are_kept_and_a_further_opening_is_refused() -> None:
    openings = "\n".join(f"08:{n // 60:02}:{n % 60:02} S{n} opens CMB-0001: again" for n in range(103))
    board = board_of(openings)
    (ticket,) = board.all_tickets()
    refused = all_refusals(board)
    assert (len(ticket.collisions), len(refused)) == (MOST_COLLISIONS, 102)
    assert ticket.collisions[-1].seat == "S100"
    assert "this one is not kept" in refused[-1].message and "append --reserve" in refused[-1].fix
