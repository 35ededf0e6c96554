"""`undo`: the last deed of a seat is taken back by posts, unless somebody went on from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import Seat, fleet, standing
from tests.gitrun import git


def built(folder: Path) -> list[Seat]:
    """otto filed CMB-0001 to CMB-0003, of which anna has CMB-0003."""
    otto, anna = fleet(folder, "otto", "anna", branch=None)
    otto.ok("init", "--seat", "otto")
    otto.files("CMB", "The first", "--body", "What it asks for.", "--label", "old", "--due", "2030-01-01")
    otto.files("CMB", "The second", "--after", "CMB-0001")
    otto.files("CMB", "The third", "--lane", "cards", "--priority", "LOW")
    anna.ok("claim", "CMB-0003")
    return [otto, anna]


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(built, tmp_path)


def standing_of(seat: Seat, item: str) -> dict[str, Any]:
    """All that a ticket is, without the times of moves."""
    row: dict[str, Any] = seat.ok("show", item)
    holder = {name: row.get("holder", {}).get(name) for name in ("seat", "branch", "worktree")}
    left_out = {"as_of", "since", "history", "holder"}
    return {name: value for name, value in row.items() if name not in left_out} | {"holder": holder}


BLOCKED = "block CMB-0001 --on CMB-0003 --on rain"
OVER = "claim CMB-0001|done CMB-0001|block CMB-0002 --on CMB-0001"
OWNED = "amend CMB-0001 --owner otto --why x"
RESTATED = "amend CMB-0003 --lane a --priority HIGH --why x"
DEEDS = {
    "claim": ("", "claim CMB-0001"),
    "claim of a block that is over": (
        "claim CMB-0001|done CMB-0001|block CMB-0002 --on CMB-0001",
        "claim CMB-0002",
    ),
    "release of a claim": ("claim CMB-0001 --branch otto/x --worktree y", "release CMB-0001"),
    "release of a block": (BLOCKED, "release CMB-0001 --why dry"),
    "release of a parking": ("park CMB-0001 --why later", "release CMB-0001 --why now"),
    "done": ("claim CMB-0001 --branch otto/x", "done CMB-0001 --why fixed"),
    "park": ("", "park CMB-0001 --why later"),
    "park of a claim": ("claim CMB-0001", "park CMB-0001 --why later"),
    "park of a block": (BLOCKED, "park CMB-0001 --why later"),
    "cancel": ("", "cancel CMB-0001 --why no"),
    "cancel of a claim": ("claim CMB-0001", "cancel CMB-0001 --why no"),
    "cancel of a block": (BLOCKED, "cancel CMB-0001 --why no"),
    "cancel of a parking": ("park CMB-0001 --why later", "cancel CMB-0001 --why no"),
    "block": ("", BLOCKED),
    "block of a claim": ("claim CMB-0001", BLOCKED),
    "block of a block": (BLOCKED, "block CMB-0001 --on snow"),
    "reopen of what was cancelled": ("cancel CMB-0001 --why no", "reopen CMB-0001 --why yes"),
    "handoff": ("", "handoff CMB-0001 --to anna --why busy"),
    "handoff of a claim": ("claim CMB-0001", "handoff CMB-0001 --to anna --why busy"),
    "handoff of a block": (BLOCKED, "handoff CMB-0001 --to anna --why busy"),
    "handoff of an offer": ("handoff CMB-0001 --to otto --why mine", "handoff CMB-0001 --to anna --why busy"),
    "handoff after an amendment": (OWNED, "handoff CMB-0001 --to open --why y"),
    "amend": ("", "amend CMB-0002 --priority HIGH --subject S --after none --owner otto --why x"),
    "amend of what was amended": (RESTATED, "amend CMB-0003 --lane b --priority LOW --why y"),
    "amend of a lane that none was": ("", "amend CMB-0001 --lane cards --why x"),
    "amend of labels": ("", "amend CMB-0001 --label new --unlabel old --why x"),
    "amend of a first label": ("", "amend CMB-0002 --label new --why x"),
    "amend of when it is due": ("", "amend CMB-0001 --due 2031-01-01 --why x"),
    "amend of when it is due at all": ("", "amend CMB-0002 --due 2031-01-01 --why x"),
    "amend of an owner": ("handoff CMB-0001 --to anna --why x", "amend CMB-0001 --owner open --why x"),
}


@pytest.mark.parametrize(("before", "deed"), DEEDS.values(), ids=DEEDS)
def test_a_deed_that_is_undone_leaves_its_ticket_as_it_was(
    before: str, deed: str, seats: Sequence[Seat]
) -> None:
    otto, anna = seats
    for line in filter(None, before.split("|")):
        otto.ok(*line.split())
    item = deed.split()[1]
    was, found = standing_of(otto, item), otto.run("check", "--all").out
    newest = otto.ok(*deed.split())
    anna.ok("comment", item, "a note of somebody else moves nothing")
    posts = {post["post"] for post in otto.ok("log")["posts"]}
    done = otto.ok("undo")
    assert done["undone"]["item"] == item
    if deed.split()[0] != "claim":
        assert done["undone"]["post"] == newest["posts"][0]["post"]
    assert standing_of(otto, item) == was
    assert posts < {post["post"] for post in otto.ok("log")["posts"]}
    assert otto.run("check", "--all").out == found


def test_a_ticket_that_was_opened_by_mistake_ends(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("new", "A mistake")
    otto.ok("undo")
    assert otto.queue()["CMB-0004"]["state"] == "CANCELLED"
    otto.ok("undo")
    assert otto.queue()["CMB-0004"]["state"] == "AWAITING_CLAIM"


def test_a_claim_of_a_ticket_that_the_seat_had_blocked_is_blocked_again(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    for line in ("claim CMB-0001", BLOCKED, "claim CMB-0001", "undo"):
        otto.ok(*line.split())
    row = otto.queue()["CMB-0001"]
    assert (row["state"], row["blocked_on"]) == ("BLOCKED", ["CMB-0003", "rain"])


REFUSED = {
    "somebody claimed it": ("release", "anna claim CMB-0001", "anna went on from"),
    "somebody said something about an opening": ("new X", "anna comment CMB-0004 why?", "anna went on from"),
    "somebody took what waited": (
        "done",
        "anna claim CMB-0002",
        "anna went on from",
    ),
    "somebody made it a gate": ("done", "anna new X --after CMB-0001", "anna went on from"),
    "somebody filed from it": ("park", "anna new X --parent CMB-0001", "anna went on from"),
    "somebody blocks on it": ("cancel", "anna block CMB-0003 --on CMB-0001", "anna went on from"),
    "somebody ruled on it": ("park", "anna rule --on CMB-0001 --absorb CMB-0001->DONE", "anna went on from"),
    "a note": ("done", "otto comment CMB-0001 words", "was a note"),
    "a decline": ("done", "otto decline CMB-0002 --why x", "was a note"),
    "a ruling": ("done", "otto rule --on CMB-0002 --absorb CMB-0002->DONE", "was a ruling"),
    "a boot": ("done", "otto boot", "was to boot"),
    "a retirement": ("done", "otto retire", "was to retire"),
    "a claim that was renewed": ("claim", "otto claim CMB-0001 --branch new", "only renewed its claim"),
    "what was done is open": ("done", "otto reopen CMB-0001 --why x", "opened CMB-0001 to everybody"),
    "a checklist": ("done", "otto amend CMB-0002 --criterion one --why x", "changed the criteria"),
}
BEGINS = {
    "release": "claim CMB-0001|release CMB-0001",
    "done": "claim CMB-0001|done CMB-0001",
    "park": "park CMB-0001 --why x",
    "cancel": "cancel CMB-0001 --why x",
    "claim": "claim CMB-0001",
}


@pytest.mark.parametrize(("first", "then", "words"), REFUSED.values(), ids=REFUSED)
def test_what_others_go_on_from_stays_and_the_way_on_is_said(
    first: str, then: str, words: str, seats: Sequence[Seat]
) -> None:
    by_name = {seat.name: seat for seat in seats}
    otto = by_name["otto"]
    if "anna" in then:
        by_name["anna"].ok("boot", "--wip", "3")
    for line in BEGINS.get(first, first).split("|"):
        otto.ok(*line.split())
    name, *words_of_line = [word.replace("->", " -> ") for word in then.split()]
    by_name[name].ok(*words_of_line)
    before = otto.ok("log")["posts"]
    for again in (("undo",), ("undo", "--dry-run")):
        error = otto.refused(*again)
        assert (error["exit"], error["kind"]) == (3, "cannot-undo")
        assert words in error["message"] and "`git ledger " in error["hint"]
    assert otto.ok("log")["posts"] == before


def test_a_seat_that_did_nothing_has_nothing_to_undo(seats: Sequence[Seat]) -> None:
    error = Seat("carla", seats[0].path).refused("undo")
    assert error["message"] == "carla has done nothing yet"


def test_a_dry_run_says_what_would_be_posted_and_posts_nothing(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("claim", "CMB-0001", "--branch", "otto/x")
    otto.ok("done", "CMB-0001")
    before = otto.ok("log")["posts"]
    document = otto.ok("undo", "--dry-run")
    assert document["undone"] == {"post": before[0]["post"], "item": "CMB-0001", "effect": "CLAIMED -> DONE"}
    assert [post["state"] for post in document["would"]] == ["AWAITING_CLAIM", "CLAIMED"]
    assert (
        otto.run("undo", "--dry-run").out.splitlines()[0].startswith("would undo CMB-0001: CLAIMED -> DONE (")
    )
    assert otto.ok("log")["posts"] == before


def test_where_seats_are_listed_reopening_is_refused_and_whom_to_tell_is_said(
    seats: Sequence[Seat], tmp_path: Path
) -> None:
    otto, _ = seats
    otto.ok("claim", "CMB-0001")
    otto.ok("done", "CMB-0001")
    place = tmp_path / "feed"
    otto.git("fetch", "-q")
    otto.git("worktree", "add", "-q", "-b", "settings", str(place), "origin/ledger")
    settings = place / "feed" / "ledger.yaml"
    settings.write_text(settings.read_text() + "seats:\n  otto: {role: code}\n  chief: {role: strat}\n")
    git(place, "commit", "-qam", "seats")
    git(place, "push", "-q", "--no-verify", "origin", "HEAD:ledger")
    error = otto.refused("undo")
    assert (error["exit"], error["kind"]) == (6, "role-may-not")
    assert error["hint"] == "`git ledger note CMB-0001 … --to chief` tells a strat"


def test_an_undo_that_is_repeated_by_its_nonce_is_done_once(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("park", "CMB-0001", "--why", "x")
    nonce = ("--intent", "0123456789abcdef")
    assert otto.ok("undo", *nonce)["posts"][0]["state"] == "AWAITING_CLAIM"
    again = otto.run("undo", *nonce)
    assert again.code == 0 and "had landed already" in again.err
    assert otto.queue()["CMB-0001"]["state"] == "AWAITING_CLAIM"
    otto.ok("park", "CMB-0001", "--why", "x", "--intent", "f" * 16)
    assert otto.refused("undo", "--intent", "f" * 16)["kind"] == "nonce-used"


def test_an_answer_to_a_challenge_is_no_deed(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("claim", "CMB-0001")
    otto.ok("alive", "CMB-0001")
    assert otto.ok("undo")["undone"]["effect"] == "AWAITING_CLAIM -> CLAIMED"


def test_of_one_who_undoes_and_one_who_claims_at_once_one_wins(seats: Sequence[Seat]) -> None:
    """In processes of their own: either the release is taken back, or it is what the other went on from."""
    otto, anna = seats
    anna.ok("boot", "--wip", "3")
    otto.ok("claim", "CMB-0001")
    otto.ok("release", "CMB-0001")
    running = otto.start("undo", "--json"), anna.start("claim", "CMB-0001", "--json")
    ended = [process.communicate() for process in running]
    codes = sorted(process.returncode for process in running)
    assert codes == [0, 3], ended
    winner = "otto" if running[0].returncode == 0 else "anna"
    assert otto.queue()["CMB-0001"]["holder"]["seat"] == winner
