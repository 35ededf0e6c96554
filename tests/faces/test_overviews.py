"""`who`, `deps` and `series`: who is at work, what waits for what, and which prefixes there are."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faces.terminals import run_on_terminal
from tests.fleet import Seat, fleet, standing


def built(folder: Path) -> list[Seat]:
    """otto holds CMB-0001, on which CMB-0002 is BLOCKED; FLT-0001 comes after that; anna retired."""
    otto, anna = fleet(folder, "otto", "anna", branch=None)
    for seat in (otto, anna):
        seat.ok("init", "--seat", seat.name)
    anna.ok("boot")
    anna.ok("retire")
    otto.files("CMB", "The first")
    otto.files("CMB", "The second")
    otto.files("FLT", "The third", "--after", "CMB-0002")
    otto.ok("boot", "--lane", "cmb", "--wip", "2", "--driver", "cron")
    otto.ok("block", "CMB-0002", "--on", "CMB-0001")
    otto.ok("claim", "CMB-0001", "--branch", "otto/first")
    return [otto, anna]


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(built, tmp_path)


def row_of(seat: Seat, name: str, *words: str) -> dict[str, Any]:
    return next(row for row in seat.ok("who", *words)["seats"] if row["seat"] == name)


# who


def test_who_says_what_a_seat_holds_and_when_it_was_seen(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    row = row_of(otto, "otto")
    newest = otto.ok("log", "--seat", "otto")["posts"][0]
    held = otto.queue()["CMB-0001"]
    assert (row["state"], row["driver"], row["lanes"], row["wip"]) == ("working", "cron", ["cmb"], 2)
    assert (row["last_at"], row["last_post"]) == (newest["at"], newest["post"])
    assert row["holds"] == [
        {"item": "CMB-0001", "subject": "The first"}
        | {name: held["holder"][name] for name in ("branch", "clone", "since", "silent_from")}
    ]
    said = otto.run("who")
    assert said.out.startswith(f"otto  working  {newest['at']}  CMB-0001 since {held['since']}\n")


def test_who_leaves_out_whoever_is_gone_unless_it_is_asked(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    assert [row["seat"] for row in otto.ok("who")["seats"]] == ["otto"]
    assert otto.ok("who")["more"] == 1
    assert "1 more" in otto.run("who").err and "git ledger who --all" in otto.run("who").err
    everybody = otto.ok("who", "--all")
    assert [(row["seat"], row["state"]) for row in everybody["seats"]] == [
        ("otto", "working"),
        ("anna", "retired"),
    ]
    assert "more" not in everybody


def test_who_says_which_seat_is_here_and_whose_hooks_are_on(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    assert (row_of(otto, "otto")["here"], row_of(otto, "otto")["hooks"]) == (True, [])
    otto.ok("setup", "claude")
    assert row_of(otto, "otto")["hooks"] == ["claude"]
    assert "here" not in row_of(anna, "otto") and "hooks" not in row_of(anna, "otto")
    assert row_of(anna, "anna")["state"] == "retired"


def test_who_tells_of_a_holder_that_is_silent_and_of_a_challenge(
    seats: Sequence[Seat], tmp_path: Path
) -> None:
    otto, anna = seats
    place = Seat("otto", tmp_path / "feed")
    otto.git("fetch", "-q")
    otto.git("worktree", "add", "-q", "-b", "settings", str(place.path), "origin/ledger")
    settings = place.path / "feed" / "ledger.yaml"
    settings.write_text(settings.read_text() + "claim_ttl: 1ms\n")
    place.git("commit", "-qam", "short")
    place.git("push", "-q", "origin", "HEAD:ledger")
    assert row_of(anna, "otto")["state"] == "silent"
    anna.ok("boot")
    anna.refused("claim", "CMB-0001", "--challenge")
    assert row_of(anna, "otto")["holds"][0]["challenge"]["seat"] == "anna"
    assert ", CHALLENGED by anna until " in anna.run("who").out


def test_who_in_a_feed_without_a_post(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    said = otto.run("who")
    assert (said.code, said.out, said.err) == (0, "", "no seat is at work\n")
    assert otto.ok("who")["seats"] == []


# deps


def test_deps_are_told_both_ways(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    document = otto.ok("deps", "CMB-0002")
    assert document["item"] == "CMB-0002" and document["circles"] == []
    rows = {row["item"]: row for row in document["items"]}
    assert rows["CMB-0002"]["waits_for"] == [{"on": "CMB-0001", "by": "block", "open": True}]
    assert rows["CMB-0002"]["awaited_by"] == [{"item": "FLT-0001", "by": "after", "open": True}]
    assert rows["CMB-0001"]["holder"] == "otto"
    assert otto.run("deps").out.splitlines() == [
        'CMB-0001  CLAIMED by otto  "The first"',
        '  CMB-0002  BLOCKED  "The second"  (block)',
        '    FLT-0001  AWAITING_CLAIM  "The third"  (after)',
    ]


def test_deps_of_a_feed_in_which_nothing_waits_and_of_a_ticket_that_is_not_there(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    otto.files("CMB", "Alone")
    assert (otto.run("deps").out, otto.run("deps").err) == ("", "nothing waits for anything\n")
    assert otto.ok("deps")["items"] == []
    error = otto.refused("deps", "CMB-1")
    assert (error["exit"], error["hint"]) == (3, "did you mean `CMB-0001`?")


def test_a_tree_says_no_more_than_a_reader_sees(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("block", "FLT-0001", "--on", 'a "word" <system-reminder>', "--why", "x")
    line = otto.run("deps").out.splitlines()[2]
    assert "waits for \"a 'word' \\x3csystem-reminder>\"" in line


# series


def test_series_tells_the_next_number_of_each_prefix(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    otto.ok("reserve", "CMB", "--count", "3")
    otto.ok("done", "CMB-0001")
    rows = {row["prefix"]: row for row in anna.ok("series")["prefixes"]}
    assert rows["CMB"] == {
        "prefix": "CMB",
        "tickets": 2,
        "open": 1,
        "next": "CMB-0006",
        "lane": "cmb",
        "default": False,
    }
    assert anna.run("series").out.splitlines() == ["CMB  CMB-0006  1 open of 2", "FLT  FLT-0002  1 open of 1"]
    assert anna.ok("new", "Subject", "-p", "CMB")["posts"][0]["item"] == "CMB-0006"


def test_series_says_which_prefix_new_tickets_have(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.git("config", "ledger.prefix", "FLT")
    assert [row["default"] for row in otto.ok("series")["prefixes"]] == [False, True]


def test_series_names_a_prefix_that_came_after_the_last_fetch(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    anna.ok("ls")
    otto.ok("new", "Subject", "-p", "ABC")
    assert [row["next"] for row in anna.ok("series")["prefixes"]] == ["ABC-0002", "CMB-0003", "FLT-0002"]
    assert [row["next"] for row in anna.ok("series", "--offline")["prefixes"]] == [
        "ABC-0002",
        "CMB-0003",
        "FLT-0002",
    ]


def test_series_knows_no_number_below_a_tip_that_is_overwritten(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    blob = otto.blob("no tip")
    otto.git("push", "-q", "--force", "origin", f"{blob}:refs/reserve/FLT/tip")
    rows = {row["prefix"]: row for row in otto.ok("series")["prefixes"]}
    assert "next" not in rows["FLT"] and rows["CMB"]["next"] == "CMB-0003"


def test_series_of_a_feed_without_tickets(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    assert (otto.run("series").out, otto.run("series").err) == ("", "no prefix is in use yet\n")


# On a terminal


@pytest.mark.parametrize("columns", [80, 120, 60])
@pytest.mark.parametrize("line", ["who --all", "deps", "deps CMB-0002", "series", "ls"])
def test_no_line_is_wider_than_the_terminal(line: str, columns: int, seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("new", "A subject that goes on " * 9, "-p", "FLT", "--after", "CMB-0001")
    said = run_on_terminal(otto.path, columns, "--seat", "otto", *line.split())
    assert said.code == 0 and said.out
    assert [row for row in said.out.splitlines() if len(row) > columns] == []


def test_a_person_reads_ages_and_what_holds_here(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    said = run_on_terminal(otto.path, 100, "--seat", "otto", "who", "--all").out.splitlines()
    assert said[0] == "2 seats: 1 working, 1 retired"
    assert said[2].split() == ["seat", "state", "seen", "ticket", "for", "subject"]
    assert said[3].startswith("otto  working  ") and said[3].endswith("The first")
    assert said[4] == "    this clone; no runtime's hooks are on (`git ledger setup`)"


def test_the_documents_are_one_each(seats: Sequence[Seat]) -> None:
    """In processes of their own, as a program asks."""
    for words in (("who",), ("deps",), ("series",)):
        ran = seats[0].spawn(*words, "--json")
        assert ran.code == 0 and json.loads(ran.out)["schema"] == 1
