import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.board.kinds import KINDS, kinds_with_directive
from ledger.core.feed.directives import DIRECTIVES, parse_directives
from ledger.core.feed.front import Problem
from ledger.core.model import Directive

CLONE = "00000000000000c1"
POST = "20260416T202406000Z-claude-cli-camber-02-9c1e07a25b6d4f10"

RIGHT = [
    ("ruling", "ABSORB: FLT-1297 -> DONE", Directive("ABSORB", 1, item="FLT-1297", to="DONE")),
    (
        "ruling",
        "ABSORB: FLT-1297 -> DONE (collision-resolved, no further work)",
        Directive("ABSORB", 1, item="FLT-1297", to="DONE", text="collision-resolved, no further work"),
    ),
    (
        "ruling",
        "ABSORB: FLT-1299 -> AWAITING_CLAIM (work continues)",
        Directive("ABSORB", 1, item="FLT-1299", to="AWAITING_CLAIM", text="work continues"),
    ),
    (
        "ruling",
        "ABSORB: CMB-394205 -> DONE absorbed-by:CMB-394224",
        Directive("ABSORB", 1, item="CMB-394205", to="DONE", absorbed_by="CMB-394224"),
    ),
    (
        "ruling",
        "ABSORB: CMB-1 -> DONE absorbed-by:CMB-2 (why (in depth))",
        Directive("ABSORB", 1, item="CMB-1", to="DONE", absorbed_by="CMB-2", text="why (in depth)"),
    ),
    (
        "ruling",
        "ABSORB: CMB-1 -> DONE (why) absorbed-by:CMB-2",
        Directive("ABSORB", 1, item="CMB-1", to="DONE", absorbed_by="CMB-2", text="why"),
    ),
    (
        "ruling",
        "ABSORB: CMB-1 -> DONE (see absorbed-by:CMB-2 above)",
        Directive("ABSORB", 1, item="CMB-1", to="DONE", text="see absorbed-by:CMB-2 above"),
    ),
    ("ruling", "ABSORB:CMB-1->DONE  ", Directive("ABSORB", 1, item="CMB-1", to="DONE")),
    (
        "amendment",
        f"AMENDMENT: CMB-0105 -> CMB-0106 post:{POST}",
        Directive("AMENDMENT", 1, item="CMB-0105", to="CMB-0106", post=POST),
    ),
    ("actionable", "CONFIRM-PENDING: CMB-0105", Directive("CONFIRM-PENDING", 1, item="CMB-0105")),
    ("confirm", "CONFIRMED: CMB-0105", Directive("CONFIRMED", 1, item="CMB-0105")),
    ("actionable", "RELEASE: out of time", Directive("RELEASE", 1, text="out of time")),
    ("actionable", "REPAIR: closed by mistake", Directive("REPAIR", 1, text="closed by mistake")),
    (
        "actionable",
        f"AUTO-RELEASE: post:{POST} clone:00000000000000c1 (silent for 2 h)",
        Directive("AUTO-RELEASE", 1, post=POST, clone="00000000000000c1", text="silent for 2 h"),
    ),
    (
        "actionable",
        f"AUTO-RELEASE: post:{POST} clone:00000000000000c1",
        Directive("AUTO-RELEASE", 1, post=POST, clone="00000000000000c1"),
    ),
    (
        "note",
        f"CHALLENGE: CMB-0107 post:{POST} grace:10m clone:00000000000000c1",
        Directive(
            "CHALLENGE",
            1,
            item="CMB-0107",
            post=POST,
            grace=timedelta(minutes=10),
            clone="00000000000000c1",
        ),
    ),
    ("note", "ALIVE: CMB-0107", Directive("ALIVE", 1, item="CMB-0107")),
    ("boot", "ALIVE: CMB-0107", Directive("ALIVE", 1, item="CMB-0107")),
    (
        "actionable",
        "HANDOFF: otto-cli (warmer: it (and only it) wrote the parser)",
        Directive("HANDOFF", 1, to="otto-cli", reason="warmer", text="it (and only it) wrote the parser"),
    ),
    (
        "actionable",
        "HANDOFF: open (capacity: full)",
        Directive("HANDOFF", 1, to="open", reason="capacity", text="full"),
    ),
    (
        "note",
        "DECLINE: CMB-0110 (cold: never saw that code)",
        Directive("DECLINE", 1, item="CMB-0110", reason="cold", text="never saw that code"),
    ),
]


@pytest.mark.parametrize(("kind", "line", "expected"), RIGHT, ids=[line for _, line, _ in RIGHT])
def test_directives(kind: str, line: str, expected: Directive) -> None:
    assert parse_directives(line, 1, kind) == ((expected,), [])


@pytest.mark.parametrize("name", DIRECTIVES)
def test_every_directive_is_tested_and_stands_on_its_own_kinds_only(name: str) -> None:
    kind, line, _ = next(row for row in RIGHT if row[1].startswith(f"{name}:"))
    assert kind in kinds_with_directive(name)
    for other in {*KINDS} - {*kinds_with_directive(name)}:
        directives, problems = parse_directives(line, 1, other)
        assert not directives
        assert [one.message for one in problems] == [f"{name} has no effect on {other}"]
        assert kind in problems[0].fix


def only_problem(body: str, kind: str) -> Problem:
    directives, problems = parse_directives(body, 1, kind)
    assert not directives and len(problems) == 1, (directives, problems)
    return problems[0]


@pytest.mark.parametrize(
    ("kind", "line", "column", "fix"),
    [
        ("ruling", "Absorb: FLT-1 -> DONE", 1, "ABSORB: FLT-1 -> DONE"),
        ("note", "absorb: FLT-1 -> DONE", 1, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "Absorb:", 1, DIRECTIVES["ABSORB"].shown),
        ("ruling", "ABSORB FLT-1 -> DONE", 1, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "ABSORB FLT-1", 1, DIRECTIVES["ABSORB"].shown),
        ("ruling", "ABSORB -> DONE", 1, DIRECTIVES["ABSORB"].shown),
        ("ruling", "ABSORB : FLT-1 -> DONE", 1, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "ABSORB：FLT-1 -> DONE", 1, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "ABSORB: FLT-1 => DONE", 8, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "ABSORB: FLT-1 → DONE", 8, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "ABSORB: FLT-1 --> DONE (x)", 8, "ABSORB: FLT-1 -> DONE (x)"),
        ("ruling", "Absorb: FLT-1 => DONE", 1, "ABSORB: FLT-1 -> DONE"),
        ("ruling", " ABSORB: FLT-1 -> DONE", 2, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "   ABSORB: FLT-1 -> DONE", 4, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "- ABSORB: FLT-1 -> DONE", 3, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "  * ABSORB: FLT-1 -> DONE", 5, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "1. ABSORB: FLT-1 -> DONE", 4, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "> ABSORB: FLT-1 -> DONE", 3, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "**ABSORB:** FLT-1 -> DONE", 3, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "**ABSORB**: FLT-1 -> DONE", 3, "ABSORB: FLT-1 -> DONE"),
        ("ruling", "- **ABSORB: FLT-1 -> DONE**", 5, "ABSORB: FLT-1 -> DONE"),
        ("actionable", "RELEASE : why", 1, "RELEASE: why"),
        ("actionable", "Release: why", 1, "RELEASE: why"),
        ("actionable", "Auto-Release: why", 1, DIRECTIVES["AUTO-RELEASE"].shown),
        ("actionable", "CONFIRM-PENDING CMB-0105", 1, "CONFIRM-PENDING: CMB-0105"),
    ],
)
def test_near_misses_show_the_right_form(kind: str, line: str, column: int, fix: str) -> None:
    problem = only_problem(line, kind)
    assert (problem.line, problem.column) == (1, column)
    assert f"write `{fix}` at the left margin" == problem.fix


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("ruling", "ABSORB: FLT-1 DONE", "the arrow `->` is missing"),
        ("ruling", "ABSORB:", "the arrow `->` is missing"),
        ("ruling", "ABSORB: -> DONE", "the ticket is missing"),
        ("ruling", "ABSORB: flt-1 -> DONE", '"flt-1" is no ticket'),
        ("ruling", "ABSORB: FLT-1, FLT-2 -> DONE", '"FLT-1, FLT-2" is no ticket'),
        ("ruling", "ABSORB: FLT-1 -> DNOE", "did you mean `DONE`?"),
        ("ruling", "ABSORB: FLT-1 -> done", "did you mean `DONE`?"),
        ("ruling", "ABSORB: FLT-1 -> AWAITING-CLAIM", "did you mean `AWAITING_CLAIM`?"),
        ("ruling", "ABSORB: FLT-1 -> BLOCKED", '"BLOCKED" is no state to absorb to'),
        ("ruling", "ABSORB: FLT-1 ->", '"" is no state'),
        ("ruling", "ABSORB: FLT-1 -> DONE because", '"because" is no reason in parentheses'),
        ("ruling", "ABSORB: FLT-1 -> DONE (open", '"(open" is no reason in parentheses'),
        ("ruling", "ABSORB: FLT-1 -> DONE absorbed-by:", "the ticket is missing"),
        ("ruling", "ABSORB: FLT-1 -> DONE absorbed-by:x", '"x" is no ticket'),
        ("ruling", "ABSORB: FLT-1 -> DONE absorbed-by:FLT-1", "cannot be absorbed by itself"),
        ("ruling", "ABSORB: FLT-1 -> DONE (a) absorbed-by:FLT-2 (b)", '"(b)" is too much'),
        ("ruling", "ABSORB: FLT-1 -> AWAITING_CLAIM absorbed-by:FLT-2", "goes with DONE only"),
        ("amendment", "AMENDMENT: CMB-1 -> CMB-2", "the post that is moved is missing"),
        ("amendment", "AMENDMENT: CMB-1 -> CMB-2 post:x", "the post that is moved is missing"),
        ("amendment", f"AMENDMENT: CMB-1 -> post:{POST}", "is no ticket"),
        ("confirm", "CONFIRMED: CMB-1 and more", '"CMB-1 and more" is no ticket'),
        ("confirm", "CONFIRMED:", "the ticket is missing"),
        ("actionable", "RELEASE:", "does not say why"),
        ("actionable", "REPAIR:  ", "does not say why"),
        ("actionable", "AUTO-RELEASE: because", "the challenge that nobody answered is missing"),
        ("actionable", f"AUTO-RELEASE: post:{POST}", "the clone is missing"),
        ("actionable", f"AUTO-RELEASE: post:{POST} clone:{CLONE} gone", "no reason in parentheses"),
        ("note", "CHALLENGE: who is at it?", "is no ticket"),
        ("note", f"CHALLENGE: CMB-0107 grace:10m clone:{CLONE}", "last sign of life is missing"),
        ("note", f"CHALLENGE: CMB-0107 post:{POST} clone:{CLONE}", "the time for an answer is missing"),
        ("note", f"CHALLENGE: CMB-0107 post:{POST} grace:1ms clone:{CLONE}", "1s at least"),
        ("note", f"CHALLENGE: CMB-0107 post:{POST} grace:10m clone:here", "the clone is missing"),
        ("note", f"CHALLENGE: CMB-0107 post:{POST} grace:10m clone:{CLONE} now", '"now" is too much'),
        ("note", "ALIVE: yes", "is no ticket"),
        ("actionable", "HANDOFF: otto", "the reason in parentheses is missing"),
        ("actionable", "HANDOFF: otto (busy: yes)", '"busy" is no reason'),
        ("actionable", "HANDOFF: otto (capasity: yes)", "did you mean `capacity`?"),
        ("actionable", "HANDOFF: otto (cold: yes)", '"cold" is no reason'),
        ("actionable", "HANDOFF: otto (capacity)", "does not say why"),
        ("actionable", "HANDOFF: two seats (capacity: x)", '"two seats" is no seat'),
        ("note", "DECLINE: CMB-1", "the reason in parentheses is missing"),
        ("note", "DECLINE: CMB-1 (warmer: x)", '"warmer" is no reason'),
        ("note", "DECLINE: cmb (cold: x)", '"cmb" is no ticket'),
    ],
)
def test_what_is_wrong_is_said(kind: str, line: str, said: str) -> None:
    problem = only_problem(line, kind)
    name = line.split(":")[0]
    assert problem.message.startswith(f"{name}: ") and said in problem.message
    assert "write `" in problem.fix


@pytest.mark.parametrize(
    "line",
    [
        "Release notes are out",
        "Absorb the shock",
        "RELEASE notes are out",
        "RELEASED: yesterday",
        "RELEASE-NOTES: see there",
        "REPAIRX-1 is a part",
        "release_notes: see there",
        "Handoff went well: nothing is left",
        "- Release: 2.1 is out",
        "We ABSORB: nothing",
        "    ABSORB: FLT-1 -> DONE",
        "\tABSORB: FLT-1 -> DONE",
        "`ABSORB: FLT-1 -> DONE` is the form",
        "Confirmed by FLT-1",
        "",
    ],
)
@pytest.mark.parametrize("kind", ["note", "ruling", "actionable", "confirm"])
def test_prose_is_prose(line: str, kind: str) -> None:
    assert parse_directives(line, 1, kind) == ((), [])


def test_a_word_of_prose_with_a_colon_passes_where_no_directive_was_meant() -> None:
    assert parse_directives("Confirmed: it is\nRelease: 2.1\nAlive: yes\nChallenge: hm", 1, "note") == (
        (),
        [],
    )


@pytest.mark.parametrize(
    ("why", "fence"),
    [
        ("backticks", "```\n{}\n```"),
        ("backticks with a language", "```text\n{}\n```"),
        ("tildes", "~~~\n{}\n~~~"),
        ("tildes with anything behind", "~~~ a `b` ~\n{}\n~~~"),
        ("longer fence", "````\n```\n{}\n````"),
        ("longer closing", "```\n{}\n`````  "),
        ("other character inside", "```\n~~~\n{}\n```"),
        ("indented by three", "   ```\n{}\n   ```"),
        ("a closing fence has no words behind it", "```\n``` text\n{}\n```"),
        ("a closing fence is indented by three at most", "```\n    ```\n{}\n```"),
        ("never closed", "```\n{}"),
    ],
)
def test_fences_hide(why: str, fence: str) -> None:
    body = fence.format("ABSORB: FLT-1 -> DONE\nAbsorb: FLT-2")
    assert parse_directives(body, 1, "ruling") == ((), []), why


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("two backticks", "``\nABSORB: FLT-1 -> DONE"),
        ("backtick behind the opening", "```a`b\nABSORB: FLT-1 -> DONE"),
        ("indented by four", "    ```\nABSORB: FLT-1 -> DONE"),
        ("closed before", "```\n```\nABSORB: FLT-1 -> DONE"),
        ("closed by the longer one", "~~~\n~~~~\nABSORB: FLT-1 -> DONE"),
        ("not at the start of a line", "see ```\nABSORB: FLT-1 -> DONE"),
    ],
)
def test_what_is_no_fence_hides_nothing(why: str, body: str) -> None:
    directives, problems = parse_directives(body, 1, "ruling")
    assert [one.item for one in directives] == ["FLT-1"] and not problems, why


def test_lines_count_in_the_file() -> None:
    body = "Words.\n\nABSORB: FLT-1 -> DONE\n```\nABSORB: FLT-2 -> DONE\n```\nAbsorb: FLT-3 -> DONE\n"
    directives, problems = parse_directives(body, 10, "ruling")
    assert [(one.item, one.line) for one in directives] == [("FLT-1", 12)]
    assert [one.line for one in problems] == [16]


LONG = 200_000


@pytest.mark.parametrize(
    "body",
    [
        "ABSORB: " + "-" * LONG,
        "ABSORB: CMB-1 -> DONE " + "x " * LONG,
        "ABSORB: CMB-1 -> DONE " + "absorbed-by:( " * (LONG // 10),
        "HANDOFF: x(a: " + " " * LONG,
        "HANDOFF: " + "(a:" * LONG,
        "*" * LONG + "ABSORB",
        "ABSORB" + "*" * LONG + "x",
        "*" * LONG + "x\nABSORB",
        "- " * LONG + "ABSORB",
        "`" * LONG + "x" * LONG + "`\nABSORB:",
        "RELEASE " + " " * LONG + ":",
        "RELEASE: x" + " " * LONG + "->",
    ],
    ids=range(12),
)
def test_hostile_lines_take_linear_time(body: str) -> None:
    began = time.process_time()
    parse_directives(body, 1, "note")
    parse_directives(body, 1, "actionable")
    parse_directives(body, 1, "ruling")
    assert time.process_time() - began < 2


SCRAPS = [
    "Absorb",
    ":",
    " ",
    "->",
    "=>",
    "CMB-1",
    "DONE",
    "(",
    ")",
    "absorbed-by:",
    "post:",
    "\n",
    "```",
    "~~~",
    "*",
    "- ",
    "open",
    "capacity",
    "x",
]
WORDS = st.sampled_from([*DIRECTIVES, *SCRAPS, POST])


@given(
    st.lists(WORDS).map("".join), st.sampled_from(["ruling", "actionable", "note", "confirm", "amendment"])
)
def test_any_body_gives_an_answer_with_lines_that_are_there(body: str, kind: str) -> None:
    directives, problems = parse_directives(body, 1, kind)
    lines = body.split("\n")
    assert all(lines[one.line - 1].startswith(f"{one.name}:") for one in directives)
    assert all(1 <= one.column <= len(lines[one.line - 1]) + 1 and one.fix for one in problems)
