"""Moves by their common names, in a repository without a remote."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faces.envs import Said, run_at
from tests.gitrun import commit_file, git, new_repository


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with one ticket, CMB-0001."""
    repo = new_repository(tmp_path / "repo")
    done(repo, "otto", "append", "--reserve", "CMB", "--subject", "Work")
    return repo


def done(repo: Path, seat: str, *words: str) -> Any:
    said = run_at(repo, "--seat", seat, "--json", *words)
    assert said.code == 0, said
    return json.loads(said.out)


def refused(repo: Path, seat: str, *words: str) -> Said:
    said = run_at(repo, "--seat", seat, *words)
    assert (said.code, said.out) == (3, ""), said
    return said


def last_words(repo: Path) -> str:
    return str(done(repo, "reader", "log")["posts"][0].get("body", ""))


def test_a_second_ruling_on_a_ticket_is_waited_for_by_a_ticket_that_asks_for_it(repo: Path) -> None:
    """A wait on a ruling that landed would be over as it begins: it is refused, and its hint is followed."""
    done(repo, "otto", "append", "--reserve", "CMB", "--subject", "Waits")
    done(repo, "otto", "block", "CMB-0002", "--on", "ruling:CMB-0001")
    lines = ("--absorb", "CMB-0002 -> AWAITING_CLAIM (go on)")
    done(repo, "strat", "rule", "--on", "CMB-0001", "--subject", "First", *lines)
    hint = refused(repo, "otto", "block", "CMB-0002", "--on", "ruling:CMB-0001").err.splitlines()[1]
    assert hint.endswith("file a ticket that asks for it, and block on the ruling on that")
    done(repo, "otto", "append", "--reserve", "CMB", "--subject", "Which now?", "--related", "CMB-0001")
    done(repo, "otto", "block", "CMB-0002", "--on", "ruling:CMB-0003")
    assert "CMB-0002" in refused(repo, "strat", "rule", "--on", "CMB-0003", "--subject", "Second").err
    moved = done(repo, "strat", "rule", "--on", "CMB-0003", "--subject", "Second", *lines)["moved"]
    assert moved == [{"item": "CMB-0002", "from": "BLOCKED", "to": "AWAITING_CLAIM"}]


def test_a_claim_is_given_back_with_and_without_words(repo: Path) -> None:
    done(repo, "otto", "claim", "CMB-0001")
    assert "held by otto" in refused(repo, "alexa", "release", "CMB-0001").err
    assert done(repo, "otto", "release", "CMB-0001")["posts"][0]["state"] == "AWAITING_CLAIM"
    assert last_words(repo) == "RELEASE: given back"
    assert "error: CMB-0001 is AWAITING_CLAIM already\n" in refused(repo, "otto", "release", "CMB-0001").err
    done(repo, "alexa", "claim", "CMB-0001")
    done(repo, "alexa", "release", "CMB-0001", "--why", "no time\nat all")
    assert last_words(repo) == "RELEASE: no time\nat all"


def test_a_block_is_lifted_with_words_only(repo: Path) -> None:
    done(repo, "otto", "block", "CMB-0001", "--on", "the weather")
    bare = run_at(repo, "--seat", "otto", "release", "CMB-0001")
    assert bare.code == 2 and "names what resolved that" in bare.err
    done(repo, "otto", "release", "CMB-0001", "--why", "the sun shines")
    assert last_words(repo) == "RELEASE: the sun shines"


def test_a_handoff_of_a_blocked_ticket_keeps_the_block(repo: Path) -> None:
    done(repo, "otto", "append", "--reserve", "CMB", "--subject", "First")
    done(repo, "otto", "block", "CMB-0001", "--on", "CMB-0002")
    assert (
        done(repo, "otto", "handoff", "CMB-0001", "--to", "alexa", "--why", "x")["posts"][0]["state"]
        == "BLOCKED"
    )
    told = done(repo, "alexa", "show", "CMB-0001")
    assert (told["owner"], told["blocked_on"]) == ("alexa", ["CMB-0002"])
    assert told["history"][-1]["effect"] == 'offered to "alexa"; it stays BLOCKED'


def test_a_release_cites_what_ended_the_block(repo: Path) -> None:
    done(repo, "otto", "append", "--reserve", "CMB", "--subject", "First")
    done(repo, "otto", "block", "CMB-0001", "--on", "CMB-0002")
    end = done(repo, "alexa", "cancel", "CMB-0002", "--why", "nobody wants it")["posts"][0]["post"]
    landed = done(repo, "alexa", "release", "CMB-0001", "--why", "it goes without")["posts"][0]
    text = git(repo, "cat-file", "-p", f"{done(repo, 'otto', 'queue')['as_of']['commit']}:{landed['path']}")
    assert f"\ncites:\n- {end}\n" in text
    assert (
        done(repo, "otto", "show", "CMB-0001")["history"][-1]["effect"]
        == "BLOCKED -> AWAITING_CLAIM by RELEASE"
    )


@pytest.mark.parametrize(("name", "state"), [("park", "PARKED"), ("cancel", "CANCELLED")])
def test_a_claimed_ticket_is_set_aside_or_ended_by_its_holder_with_a_reason(
    name: str, state: str, repo: Path
) -> None:
    done(repo, "otto", "claim", "CMB-0001")
    assert "not by alexa" in refused(repo, "alexa", name, "CMB-0001", "--why", "x").err
    assert run_at(repo, "--seat", "otto", name, "CMB-0001").code == 2
    assert done(repo, "otto", name, "CMB-0001", "--why", "x")["posts"][0]["state"] == state


def test_a_reason_in_several_lines_becomes_one_line_of_a_directive(repo: Path) -> None:
    done(repo, "otto", "handoff", "CMB-0001", "--to", "alexa", "--why", "busy\n(very)")
    assert last_words(repo) == "HANDOFF: alexa (capacity: busy (very))"
    done(repo, "alexa", "decline", "CMB-0001", "--reason", "cold", "--why", "never\nseen")
    assert last_words(repo) == "DECLINE: CMB-0001 (cold: never seen)"
    assert "offered to alexa" in refused(repo, "otto", "claim", "CMB-0001").err


def test_a_closed_ticket_comes_back_by_a_repair_only(repo: Path) -> None:
    done(repo, "otto", "claim", "CMB-0001")
    done(repo, "otto", "done", "CMB-0001", "--why", "finished")
    refused(repo, "otto", "release", "CMB-0001", "--why", "again")
    assert run_at(repo, "--seat", "otto", "reopen", "CMB-0001").code == 2
    assert (
        done(repo, "otto", "reopen", "CMB-0001", "--why", "wrong one")["posts"][0]["state"]
        == "AWAITING_CLAIM"
    )


def test_an_offer_to_a_seat_that_is_not_there_yet_lands_and_says_so(repo: Path) -> None:
    said = run_at(repo, "--seat", "otto", "handoff", "CMB-0001", "--to", "NOBODY-99", "--why", "x")
    assert said.code == 0
    assert "note: no seat NOBODY-99 has posted or is listed; it sees this once it does\n" in said.err
    assert done(repo, "otto", "show", "CMB-0001")["owner"] == "NOBODY-99"


def test_where_seats_are_listed_a_ticket_is_offered_to_those_that_may_claim_it(repo: Path) -> None:
    settings = "seats:\n  otto: {role: operator}\n  STRAT-2: {role: strat}\n"
    git(repo, "checkout", "-q", "ledger")
    commit_file(repo, "feed/ledger.yaml", settings)
    git(repo, "checkout", "-q", "--detach")
    for owner, code in (("NOBODY-99", 2), ("STRAT-2", 6)):
        for words in (
            ("handoff", "CMB-0001", "--to", owner, "--why", "x"),
            ("amend", "CMB-0001", "--owner", owner, "--why", "x"),
            ("append", "--reserve", "CMB", "--subject", "x", "--owner", owner),
        ):
            said = run_at(repo, "--seat", "otto", *words)
            assert (said.code, said.out) == (code, ""), said
    assert [one["item"] for one in done(repo, "otto", "queue", "--all")["items"]] == ["CMB-0001"]
