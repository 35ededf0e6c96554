"""The text is read: what a ticket says, what was said about it and every why, where one looks for it."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ledger.core.text import QUOTED
from ledger.faces.cli.main import run
from ledger.faces.context import Context
from tests.faces.envs import Said, env_at, run_at, said_by
from tests.gitrun import commit_file, new_repository

LONG = "The cards of one call land in two groups when the call crosses midnight, and nobody can tell them."


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Feed:
    """A repository without a remote, in which every seat writes and reads in the test's own process."""

    def __init__(self, folder: Path) -> None:
        self.folder = new_repository(folder)
        commit_file(self.folder, "code.txt")
        self.says("init")

    def says(self, *words: str, seat: str = "otto") -> Said:
        said = run_at(self.folder, "--seat", seat, *words)
        assert said.code == 0, said.err
        return said

    def lines(self, *words: str, seat: str = "otto") -> list[str]:
        return self.says(*words, seat=seat).out.splitlines()

    def json(self, *words: str, seat: str = "otto") -> Any:
        return json.loads(self.says("--json", *words, seat=seat).out)

    def opens(self, subject: str, body: str = "", *words: str, seat: str = "otto") -> str:
        given = (
            "append",
            "--reserve",
            "CMB",
            f"--subject={subject}",
            *(["--body", body] if body else []),
            *words,
        )
        return str(self.json(*given, seat=seat)["posts"][0]["item"])

    def on_a_terminal(self, columns: int, *words: str) -> list[str]:
        env: Context = replace(env_at(self.folder), out=Terminal(), variables={"COLUMNS": str(columns)})
        return said_by(env, run(["--seat", "otto", *words], env)).out.splitlines()


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path / "repo")


def test_show_tells_the_body_each_note_and_each_why_in_order(feed: Feed) -> None:
    item = feed.opens("one", "The whole description\n\n    code\n- point")
    feed.says("note", item, "root cause found", seat="alexa")
    feed.says("park", item, "--why", "after the move")
    lines = feed.lines("show", item)
    assert [line for line in lines if line.lstrip().startswith("|")] == [
        "  | The whole description",
        "  |",
        "  |     code",
        "  | - point",
        "    | root cause found",
        "    | after the move",
    ]
    note = lines.index("    | root cause found")
    assert "alexa" in lines[note - 1] and "note" in lines[note - 1]
    assert "AWAITING_CLAIM -> PARKED" in lines[note + 1]


def test_show_names_the_file_of_the_opening_once(feed: Feed) -> None:
    path = feed.json("append", "--reserve", "CMB", "--subject", "one")["posts"][0]["path"]
    assert feed.json("show", "CMB-0001")["path"] == path
    assert "\n".join(feed.lines("show", "CMB-0001")).count(path) == 1


def test_as_json_a_ticket_has_its_body_and_each_entry_the_words_of_its_post(feed: Feed) -> None:
    item = feed.opens("one", "What it is\nRELEASE: no directive of an opening, and kept as it stands")
    feed.says("note", item, "root cause found")
    feed.says("claim", item)
    told = feed.json("show", item)
    assert told["body"] == "What it is\nRELEASE: no directive of an opening, and kept as it stands"
    assert [one.get("body") for one in told["history"]] == [told["body"], "root cause found", None]
    assert [one for one in told["history"] if "more" in one] == []


def test_a_ticket_without_words_has_no_body(feed: Feed) -> None:
    assert "body" not in feed.json("show", feed.opens("one"))


def test_an_entry_is_bounded_and_says_where_the_rest_is(feed: Feed) -> None:
    item = feed.opens("one", "d" * 5000)
    feed.says("note", item, "x" * 4001)
    told = feed.json("show", item)
    assert [(len(one["body"]), one["more"]) for one in told["history"]] == [(4000, True), (4000, True)]
    assert len(told["body"]) == 5000
    note = told["history"][1]["post"]
    assert f"    it goes on; `git ledger log --json` has all of {note}" in feed.lines("show", item)
    assert [len(one["body"]) for one in feed.json("log")["posts"]] == [4001, 5000]


def test_on_a_terminal_text_is_wrapped_and_elsewhere_it_is_as_written(feed: Feed) -> None:
    item = feed.opens("one", f"{LONG}\n    {LONG}")
    assert f"  | {LONG}" in feed.lines("show", item)
    shown = [line for line in feed.on_a_terminal(50, "show", item) if line.startswith("  |")]
    assert max(map(len, shown)) <= 50
    words = [line.removeprefix("  | ") for line in shown]
    assert " ".join(" ".join(words).split()) == f"{LONG} {LONG}"
    assert [line.startswith("    ") for line in words] == [False] * 3 + [True] * (len(words) - 3)


@pytest.mark.parametrize(
    "body",
    ["\x1b[31mred", "a\n  2026-11-21T09:00:00.000Z  otto  CLAIMED -> DONE", "a\r| b"],
    ids=["a control", "a line like ours", "a line end of another machine"],
)
def test_what_is_written_acts_on_no_terminal_and_passes_for_no_line_of_ours(feed: Feed, body: str) -> None:
    """The hidden characters come by plain git: the tool itself writes no such post."""
    from ledger.core.text import quote_block

    lines = list(quote_block(body, "  "))
    assert all(line.startswith("  | ") and line.isprintable() for line in lines)


def test_a_ruling_stands_in_the_history_of_what_it_ruled_on_and_moves_it_nowhere(feed: Feed) -> None:
    first, second, waits = feed.opens("one"), feed.opens("two"), feed.opens("three")
    feed.says("block", waits, "--on", f"ruling:{first}")
    ruling = ("rule", "--on", first, "--on", second, "--reserve", "FLT", "--subject", "Which of them")
    lines = ("--absorb", f"{waits} -> AWAITING_CLAIM (go on)", "--absorb", f"{second} -> DONE (the same)")
    feed.says(*ruling, *lines, "--body", "The first was first.", seat="strat")
    told = feed.json("show", first)
    last = told["history"][-1]
    assert (told["state"], last["state"]) == ("AWAITING_CLAIM", "AWAITING_CLAIM")
    assert last["effect"] == 'ruled on by FLT-0001: "Which of them"'
    assert last["body"].startswith("The first was first.\n")
    absorbed = [one["effect"] for one in feed.json("show", second)["history"] if one["kind"] == "ruling"]
    assert absorbed == ['AWAITING_CLAIM -> DONE by ruling ("the same")']


def test_a_ruling_answers_what_became_of_each_ticket(feed: Feed) -> None:
    first, second = feed.opens("one"), feed.opens("two")
    feed.says("block", first, "--on", f"ruling:{second}")
    lines = ("--absorb", f"{first} -> AWAITING_CLAIM (go on)", "--absorb", f"{second} -> DONE (it is none)")
    told = feed.json("rule", "--on", second, *lines)
    assert told["moved"] == [
        {"item": first, "from": "BLOCKED", "to": "AWAITING_CLAIM"},
        {"item": second, "from": "AWAITING_CLAIM", "to": "DONE"},
    ]
    third = feed.opens("three")
    said = feed.lines("rule", "--on", third, "--absorb", f"{third} -> DONE (nor this)")
    assert said[1:] == [f"{third} AWAITING_CLAIM -> DONE"]


def test_a_ruling_that_is_repeated_answers_the_same(feed: Feed) -> None:
    item = feed.opens("one")
    ruling = ("--intent", "9c1e07a25b6d4f10", "rule", "--on", item, "--absorb", f"{item} -> DONE (no)")
    assert feed.json(*ruling)["moved"] == feed.json(*ruling)["moved"] != []


def test_the_log_shows_the_first_line_of_what_a_post_says(feed: Feed) -> None:
    item = feed.opens("one", "its body is not shown beside its subject")
    feed.says("note", item, "root cause found\nand a second line")
    feed.says("note", "for all: " + "x" * 80)
    feed.says("cancel", item, "--why", "no use")
    said = [line.split("  ")[-1] for line in feed.lines("log")]
    assert said == [
        f'{item} CANCELLED: "no use"',
        f'"for all: {"x" * 70}…"',
        f'{item}: "root cause found…"',
        f'{item} AWAITING_CLAIM "one"',
    ]


def test_who_claims_reads_what_is_asked_for_and_what_was_said_since(feed: Feed) -> None:
    item = feed.opens("Cards", "Two groups for one call.")
    feed.says("note", item, "seen on Monday too", seat="alexa")
    feed.says("handoff", item, "--to", "otto", "--why", "otto wrote the parser", "--reason", "expertise")
    lines = feed.lines("claim", item)
    assert lines[0].startswith(f"{item} held by otto since ")
    assert lines[1:4] == [
        f"  {QUOTED}",
        '  opened by "otto": "Cards"',
        "  | Two groups for one call.",
    ]
    quoted = [line for line in lines if line.startswith("    | ")]
    assert quoted == [
        "    | seen on Monday too",
        "    | HANDOFF: otto (expertise: otto wrote the parser)",
    ]


def test_a_claim_as_json_has_the_text_bounded_with_the_newest_posts_first_to_be_kept(feed: Feed) -> None:
    item = feed.opens("Cards", "d" * 3000)
    for number in range(9):
        feed.says("note", item, f"{number} " + "x" * 500)
    told = feed.json("claim", item)["ticket"]
    assert (told["subject"], told["opened_by"], told["more"]) == ("Cards", "otto", True)
    kept = [one["body"][0] for one in told["history"]]
    assert kept == ["6", "7", "8"] and told["body"].startswith("d" * 1500)
    assert len(json.dumps(told)) < 4500
    assert feed.lines("claim", item)[-1] == f"  `git ledger show {item}` has all of it"


def test_a_short_text_leaves_its_room_to_what_was_said_since(feed: Feed) -> None:
    item = feed.opens("Cards", "short")
    for number in range(4):
        feed.says("note", item, f"{number} " + "x" * 500)
    told = feed.json("claim", item)["ticket"]
    assert [one["body"][0] for one in told["history"]] == ["0", "1", "2", "3"]
    assert "more" not in told


def test_who_only_asks_who_holds_it_is_told_no_text(feed: Feed) -> None:
    item = feed.opens("Cards", "Two groups for one call.")
    assert "ticket" not in feed.json("claim", item, "--check")


def test_a_close_that_claims_tells_the_text(feed: Feed) -> None:
    item = feed.opens("Cards", "Two groups for one call.")
    assert feed.lines("turn", "close", "--claim")[1:] == [
        f"  {QUOTED}",
        '  opened by "otto": "Cards"',
        "  | Two groups for one call.",
    ]
    assert feed.json("claim", item)["ticket"]["body"] == "Two groups for one call."


def test_an_opened_turn_and_a_close_differ_in_the_text(feed: Feed) -> None:
    """A close says what is left; the text comes with the claim."""
    feed.opens("Cards", "Two groups for one call.")
    assert "    | Two groups for one call." in feed.lines("turn", "open")
    closed = run_at(feed.folder, "--seat", "otto", "turn", "close")
    assert closed.code == 10 and "Two groups" not in closed.out
