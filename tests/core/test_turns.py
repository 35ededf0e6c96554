"""What a turn says: what is the seat's own, the triggers in order, why it may end; and how much of it."""

import json
from typing import Any

import pytest

from ledger.core.board.fold import fold_posts
from ledger.core.config.config import parse_config
from ledger.core.ids import make_post_id, path_of_post
from ledger.core.model import Post, State
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.turn_text import format_turn, record_of_turn
from ledger.core.queue.turns import Turn, describe_leftover_work, judge_turn, open_turn_with_briefs
from ledger.core.text import QUOTED, escape_json
from tests.feeds import feed, moment


def eyes(text: str, seat: str = "S", yaml: str = "", now: str = "12:00") -> SeatView:
    return SeatView(fold_posts(feed(text).posts), parse_config(yaml.encode())[0], seat, moment(now))


def turn(text: str, yaml: str = "") -> Turn:
    return judge_turn(eyes(text, yaml=yaml))


OPEN = "08:00 A opens CMB-0001: Cards\n"
TWO = OPEN + "08:01 A opens CMB-0002: Playback\n"
CLAIM = "08:02 S claims CMB-0001\n"


@pytest.mark.parametrize(
    ("text", "yaml", "mine"),
    [
        pytest.param(OPEN, "", [], id="nothing"),
        pytest.param(OPEN + CLAIM, "", ["claim CMB-0001"], id="a claim it holds"),
        pytest.param(OPEN + CLAIM + "09:00 S finishes CMB-0001", "", [], id="not one that it finished"),
        pytest.param(
            OPEN + CLAIM + "09:00 S opens CMB-0003 parent=CMB-0001: Next",
            "",
            ["claim CMB-0001", "follow-on CMB-0003"],
            id="a follow-on it filed",
        ),
        pytest.param("09:00 S opens CMB-0003: No follow-on", "", [], id="a ticket it filed from nothing"),
        pytest.param(
            OPEN + CLAIM + "09:00 S opens CMB-0003 parent=CMB-0001: N\n09:01 B claims CMB-0003",
            "",
            ["claim CMB-0001"],
            id="a follow-on that another took",
        ),
        pytest.param(
            "09:00 S opens CMB-0003: N\n| CONFIRM-PENDING: CMB-0003",
            "",
            ["confirm CMB-0003"],
            id="provisional",
        ),
        pytest.param(
            OPEN + "08:01 S opens CMB-0001 by hand: mine", "", ["confirm CMB-0001"], id="lost its number"
        ),
        pytest.param(
            "08:00 A opens CMB-0001 owner=awaiting-S-ruling: x",
            "",
            ["ruling CMB-0001"],
            id="a ruling by name",
        ),
        pytest.param(
            TWO + "09:00 A blocks CMB-0001 blocked_on=ruling:CMB-0002: which",
            "seats:\n  S: {role: strat}",
            ["ruling CMB-0001"],
            id="a strat owes all rulings",
        ),
        pytest.param(
            TWO + "09:00 A blocks CMB-0001 blocked_on=awaiting_ruling_from_strat: which",
            "seats:\n  S: {role: strat}",
            ["ruling CMB-0001"],
            id="a ruling that is not named",
        ),
        pytest.param(
            "08:00 A opens CMB-0001 owner=awaiting-T-ruling: x",
            "seats:\n  S: {role: strat}",
            ["ruling CMB-0001"],
            id="one that another strat was asked for",
        ),
        pytest.param(
            TWO + "09:00 A blocks CMB-0001 blocked_on=ruling:CMB-0002: which", "", [], id="others owe none"
        ),
        pytest.param(OPEN + "09:00 A notes CMB-0001 to=S: hear", "", ["note CMB-0001"], id="a note to it"),
        pytest.param(OPEN + "09:00 A notes to=S: hear", "", ["note None"], id="a note about no ticket"),
        pytest.param(OPEN + "09:00 A notes to=B: hear", "", [], id="a note to another"),
        pytest.param(
            OPEN + "11:00 A notes to=S: hear\n11:30 S notes: hm", "", ["note None"], id="posted in the middle"
        ),
        pytest.param(
            OPEN + "09:00 A notes to=S: hear\n11:30 S notes: hm", "", [], id="an old note, answered"
        ),
    ],
)
def test_what_is_its_own(text: str, yaml: str, mine: list[str]) -> None:
    assert [f"{one.about} {one.item}" for one in turn(text, yaml=yaml).mine] == mine


@pytest.mark.parametrize(
    ("text", "yaml", "triggers", "why"),
    [
        pytest.param("", "", [], "no ticket awaits a claim", id="empty"),
        pytest.param(OPEN, "", ["CMB-0001"], "1 ticket claimable for S, CMB-0001 first", id="one"),
        pytest.param(TWO + CLAIM, "", [], "S holds CMB-0001 and may hold 1", id="holds work"),
        pytest.param(TWO + "07:00 S boots wip=2\n" + CLAIM, "", ["CMB-0002"], "first", id="under its wip"),
        pytest.param(
            OPEN + "07:00 S boots wip=2\n" + CLAIM,
            "",
            [],
            "no ticket awaits a claim; S holds CMB-0001",
            id="under its wip, and nothing left",
        ),
        pytest.param(
            TWO + "07:00 S boots cap=1\n" + CLAIM + "09:00 S finishes CMB-0001",
            "",
            [],
            "its cap",
            id="capped",
        ),
        pytest.param(OPEN + "09:00 S retires", "", [], "S retired and has not booted since", id="retired"),
        pytest.param(OPEN, "seats:\n  S: {role: strat}", [], "S is a strat and never claims", id="a strat"),
        pytest.param(
            OPEN, "seats_listed_only: true\nseats:\n  A: {}", [], "not among the seats", id="unlisted"
        ),
        pytest.param(
            "08:00 A opens CMB-0001 after=CMB-0002: x\n08:01 A opens CMB-0002 owner=B: y\n"
            "08:02 A opens CMB-0003 owner=B: z",
            "",
            [],
            "nothing is claimable for S; of 3 open tickets, 2 meant for another seat, 1 behind a gate",
            id="what remains is not for it",
        ),
    ],
)
def test_whether_it_may_end(text: str, yaml: str, triggers: list[str], why: str) -> None:
    told = turn(text, yaml=yaml)
    assert ([one.item for one in told.triggers], told.may_end) == (triggers, not triggers)
    assert why in told.why


@pytest.mark.parametrize(
    ("text", "yaml", "left"),
    [
        pytest.param(TWO + CLAIM, "", "1 ticket claimable for S, CMB-0002 first", id="while it holds work"),
        pytest.param(TWO + "09:00 S retires", "", "2 tickets claimable for S, CMB-0001 first", id="retired"),
        pytest.param(
            OPEN + "08:30 S declines CMB-0001: cold: no\n09:00 S retires",
            "",
            "nothing is claimable for S; of 1 open ticket, 1 declined by this seat",
            id="not for it",
        ),
        pytest.param(OPEN, "seats:\n  S: {role: strat}", "S is a strat and never claims", id="a strat"),
    ],
)
def test_what_it_leaves(text: str, yaml: str, left: str) -> None:
    assert describe_leftover_work(eyes(text, yaml=yaml)) == left


def test_what_another_wrote_is_quoted_bounded_and_acts_on_nothing() -> None:
    told = turn(OPEN + "09:00 A notes to=S: \x1b[31mred\n| ::error::" + "long " * 200)
    lines = list(format_turn(told))
    assert all(len(line) < 450 and line.isprintable() for line in lines)
    assert lines[:4] == [
        QUOTED,
        "of S:",
        '  note: "A" wrote at 2026-11-20T09:00:00.000Z',
        "    | \\x1b[31mred",
    ]
    assert lines[4].startswith("    | ::error::long long")


def opened(text: str, yaml: str = "") -> Turn:
    return open_turn_with_briefs(eyes(text, yaml=yaml))


def test_an_opened_turn_tells_the_text_of_what_is_held_and_of_the_first_trigger() -> None:
    told = opened(
        "07:00 S boots wip=2\n"
        "08:00 A opens CMB-0001: Cards\n| Two groups for one call.\n"
        "08:01 A opens CMB-0002: Playback\n| It stutters.\n"
        "08:02 A opens CMB-0003: Third\n| Not told: it is not the first.\n"
        "08:03 S claims CMB-0001\n"
        "08:04 B notes CMB-0001: seen on Monday too\n"
    )
    assert list(format_turn(told)) == [
        QUOTED,
        "of S:",
        '  CMB-0001: held since 2026-11-20T08:03:00.000Z: "Cards"',
        "    | Two groups for one call.",
        '    "B" at 2026-11-20T08:04:00.000Z: note',
        "      | seen on Monday too",
        "2 tickets claimable for S, CMB-0002 first",
        '  CMB-0002  NORMAL    warmth 1  "Playback"',
        "    | It stutters.",
        '  CMB-0003  NORMAL    warmth 1  "Third"',
        "`git ledger claim CMB-0002` takes the first",
    ]
    assert record_of_turn(told)["mine"][0]["ticket"]["body"] == "Two groups for one call."


def test_a_strat_reads_what_it_owes_a_ruling_on() -> None:
    told = opened(
        TWO + "09:00 A blocks CMB-0001 blocked_on=ruling:CMB-0002: which of the two is meant",
        yaml="seats:\n  S: {role: strat}",
    )
    assert "      | which of the two is meant" in list(format_turn(told))


def test_a_handoff_arrives_with_its_reason() -> None:
    text = (
        TWO
        + "09:00 A offers CMB-0001: S (expertise: S wrote the parser)\n09:01 A amends CMB-0002 owner=S: so"
    )
    text += "\n09:02 B opens CMB-0003 priority=HIGH: Urgent"
    told = opened(text)
    assert [one.item for one in told.triggers] == ["CMB-0003", "CMB-0001", "CMB-0002"]
    row = record_of_turn(told)["triggers"][1]
    assert row["offer"] == {"seat": "A", "reason": "expertise", "body": "S wrote the parser"}
    lines = list(format_turn(told))
    place = lines.index('    offered by "A": expertise')
    assert lines[place + 1] == "    | S wrote the parser"
    assert sum("offered by" in line for line in lines) == 1


def test_an_offer_that_was_opened_to_all_again_is_none() -> None:
    text = TWO + "09:00 A offers CMB-0001: S (expertise: so)\n09:01 A amends CMB-0001 owner=open: after all"
    assert [one.offer for one in turn(text).triggers] == [None, None]


def test_a_handoff_that_comes_first_tells_its_reason_with_the_text() -> None:
    told = opened(OPEN + "09:00 A offers CMB-0001: S (expertise: S wrote the parser)")
    said = [line for line in format_turn(told) if "S wrote the parser" in line]
    assert said == ["      | HANDOFF: S (expertise: S wrote the parser)"]


@pytest.mark.parametrize("filler", ["x", "\n.", '"', "\\", "\t", "\u3164", "\U000e0041", "\u65e5"], ids=ascii)
def test_a_turn_is_bounded_whatever_the_texts_are_made_of(filler: str) -> None:
    big = filler * 3000
    posts = [
        post(
            8,
            n,
            item=f"CMB-{n:04}",
            state=State.AWAITING_CLAIM,
            subject=" ".join(filler.split()) * 300 or "x",
        )
        for n in range(1, 20)
    ]
    posts += [post(9, n, kind="note", item=f"CMB-{n:04}", to=("S",), body=big) for n in range(1, 20)]
    posts += [post(10, n, seat="S", item=f"CMB-{n:04}", state=State.CLAIMED) for n in range(1, 9)]
    posts += [post(11, n, kind="note", item=f"CMB-{n:04}", to=("S",), body=big) for n in range(1, 20)]
    told = open_turn_with_briefs(
        SeatView(fold_posts(posts), parse_config(b"seats:\n  S: {wip: 99}")[0], "S", moment("12:00"))
    )
    assert len(told.briefs) == 5
    assert len(escape_json(json.dumps(record_of_turn(told), ensure_ascii=False))) < 7800
    assert len("\n".join(format_turn(told))) < 7800


def post(hour: int, n: int, seat: str = "A", kind: str = "actionable", body: str = "", **fields: Any) -> Post:
    at = moment(f"{hour:02}:00")
    name = make_post_id(at, seat, f"{hour:08x}{n:08x}")
    return Post(id=name, path=path_of_post(name), seat=seat, at=at, kind=kind, body=body or "x", **fields)


ANSWERS = {
    "by a post on its ticket": ("notes CMB-0001 to=S: hear", "notes CMB-0001: I will", []),
    "by a move of its ticket": ("notes CMB-0001 to=S: hear", "parks CMB-0001: so be it", []),
    "by a note to its writer": ("notes to=S: hear", "notes to=A: I will", []),
    "not by words to nobody": ("notes to=S: hear", "notes: hm", ["note"]),
    "not by work on another ticket": ("notes CMB-0001 to=S: hear", "notes CMB-0002: hm", ["note"]),
}


@pytest.mark.parametrize(("note", "answer", "mine"), ANSWERS.values(), ids=ANSWERS)
def test_a_note_is_told_until_it_is_answered(note: str, answer: str, mine: list[str]) -> None:
    asked = f"{TWO}11:00 A {note}\n"
    assert [one.about for one in turn(asked).mine] == ["note"]
    assert [one.about for one in turn(f"{asked}11:10 S {answer}\n").mine] == mine


def test_a_note_that_follows_an_answer_is_told_anew() -> None:
    told = turn(
        f"{OPEN}11:00 A notes CMB-0001 to=S: a\n11:10 S notes CMB-0001: b\n11:20 A notes CMB-0001 to=S: c"
    )
    assert [one.body for one in told.mine] == ["c"]


def test_a_huge_queue_fits_and_says_what_it_left_out() -> None:
    many = "".join(
        f"08:00 S opens CMB-{n:04} parent=CMB-9999: {'A subject of some length ' * 8}\n"
        for n in range(1, 400)
    )
    many += "".join(f"11:00 A notes CMB-0001 to=S: {'words ' * 60}\n" for _ in range(50))
    told = turn(many)
    assert sum(len(line) + 1 for line in format_turn(told)) < 8000
    assert len(str(record_of_turn(told))) < 8000
    assert record_of_turn(told)["more"] == {"mine": 395 + 46, "triggers": 389}
    assert "and 389 more" in "\n".join(format_turn(told))
