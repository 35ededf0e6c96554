"""What a proposal does to the queue, told before it lands: real branches, real clones, shallow ones too."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.core.ids import path_of_post
from ledger.core.text import QUOTED
from ledger.faces.formats.markdown import escape_markdown
from tests.fleet import Seat, clone, fleet, standing
from tests.gitrun import git
from tests.proposals import RANGE, begins, commits, opens

LATER = "2026-04-16T00:00:00.000Z"


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    """A fleet of two: CMB-0001 is open, CMB-0002 is held by ORA-01, FLT-0001 waits for a ruling on it."""
    return standing(_built, tmp_path)


def _built(folder: Path) -> list[Seat]:
    camber, ora = fleet(folder, "CAMBER-01", "ORA-01")
    camber.files("CMB", "Cards are grouped wrongly", "--priority", "HIGH")
    camber.files("CMB", "Sound stutters", "--lane", "sound")
    ora.ok("claim", "CMB-0002")
    camber.ok("append", "--reserve", "FLT", "--subject", "Redline", "--state", "BLOCKED", "--body", "waits",
              "--blocked-on", "ruling:CMB-0001")  # fmt: skip
    begins(ora)
    return [camber, ora]


def reviewed(seat: Seat, range_: str = RANGE) -> Any:
    return seat.ok("review", range_)


def page(seat: Seat, range_: str = RANGE) -> str:
    ran = seat.run("review", range_)
    assert ran.code == 0, ran.err
    return ran.out


def test_nothing_proposed(seats: list[Seat]) -> None:
    _, ora = seats
    assert reviewed(ora) == {"schema": 1, "changes": [], "findings": []}
    assert "0 posts by 0 seats: nothing changes, nothing was found." in page(ora)


def test_a_new_ticket(seats: list[Seat]) -> None:
    _, ora = seats
    post = ora.ok("append", "--reserve", "CMB", "--subject", "A *new* one", "--stage")["posts"][0]
    commits(ora)
    told = reviewed(ora)
    assert told["changes"] == [{"item": "CMB-0003", "to": "AWAITING_CLAIM", "post": post["post"]}]
    assert told["findings"] == []
    assert page(ora).splitlines() == [
        "## What this does to the queue",
        "",
        "1 post by 1 seat: 1 new ticket.",
        "",
        escape_markdown(QUOTED),
        "",
        "### New tickets",
        "",
        '- **CMB-0003** "A \\*new\\* one" (AWAITING_CLAIM, NORMAL; "ORA-01")',
    ]


def test_moves(seats: list[Seat]) -> None:
    _, ora = seats
    done = ora.writes("It works.", LATER, item="CMB-0002", state="DONE")
    Seat("CAMBER-01", ora.path).writes(
        "Say it loud.", LATER, kind="amendment", item="CMB-0001", priority="LOW"
    )
    Seat("CAMBER-01", ora.path).writes("Hm.", LATER, kind="note", item="FLT-0001")
    commits(ora)
    moved = {one["item"]: one for one in reviewed(ora)["changes"]}
    assert moved["CMB-0002"] == {"item": "CMB-0002", "from": "CLAIMED", "to": "DONE", "post": done}
    assert moved["CMB-0001"]["from"] == moved["CMB-0001"]["to"] == "AWAITING_CLAIM"
    assert moved.keys() == {"CMB-0001", "CMB-0002"}  # a note moves nothing
    said = page(ora)
    assert "3 posts by 2 seats: 2 moves" in said
    assert '- **CMB-0002** CLAIMED -> DONE, by "ORA-01": "Sound stutters"' in said
    assert (
        '- **CMB-0001** AWAITING_CLAIM, amended: priority LOW, by "CAMBER-01": "Cards are grouped wrongly"'
        in said
    )


def test_a_move_that_is_refused_is_a_finding_and_no_change(seats: list[Seat]) -> None:
    _, ora = seats
    Seat("CAMBER-01", ora.path).writes("Mine.", LATER, item="CMB-0002", state="DONE")
    commits(ora)
    told = reviewed(ora)
    assert told["changes"] == []
    assert "not-the-holder" in {one["rule"] for one in told["findings"]}
    assert "- **error** not-the-holder: " in page(ora)


def test_a_change_is_told_of_the_post_that_made_it(seats: list[Seat]) -> None:
    _, ora = seats
    done = ora.writes("It works.", LATER, item="CMB-0002", state="DONE")
    ora.writes("", "2026-04-17T00:00:00.000Z", item="CMB-0002", state="CLAIMED")  # closed by then: refused
    commits(ora)
    (change,) = reviewed(ora)["changes"]
    assert (change["to"], change["post"]) == ("DONE", done)


def test_a_renumbered_ticket_is_no_longer_there(seats: list[Seat]) -> None:
    camber, ora = seats
    opening = camber.ok("append", "--provisional", "CMB", "--subject", "Offline")["posts"][0]
    old = opening["item"]
    begins(ora)
    new = ora.ok("reserve", "CMB")["reserved"][0]["item"]
    line = f"AMENDMENT: {old} -> {new} post:{opening['post']}"
    post = Seat("CAMBER-01", ora.path).writes(line, LATER, kind="amendment", item=new)
    commits(ora)
    told = reviewed(ora)["changes"]
    assert told == [
        {"item": old, "from": "AWAITING_CLAIM", "post": post},
        {"item": new, "to": "AWAITING_CLAIM", "post": post},
    ]
    assert f'- **{old}** AWAITING_CLAIM -> not there, by "CAMBER-01": "Offline"' in page(ora)


def test_a_collision(seats: list[Seat]) -> None:
    _, ora = seats
    opens(ora, "CMB-0001", "Another thing", at=LATER)
    commits(ora)
    told = reviewed(ora)
    assert told["changes"] == []
    assert "double-opening" in {one["rule"] for one in told["findings"]}
    assert "1 collision" in page(ora)
    stays = '- **CMB-0001** stays "Cards are grouped wrongly" ("CAMBER-01")'
    assert f'{stays}; it was opened again as "Another thing" ("ORA-01")' in page(ora)


def test_a_ruling_and_what_it_absorbs(seats: list[Seat]) -> None:
    _, ora = seats
    strat = Seat("STRAT-1", ora.path)
    lines = "ABSORB: FLT-0001 -> AWAITING_CLAIM (goes on)\nABSORB: CMB-0099 -> DONE (what is that)"
    strat.writes(lines, LATER, kind="ruling", subject="Cards stand", rules_on=("CMB-0001",))
    commits(ora)
    told = reviewed(ora)
    assert [(one["item"], one["from"], one["to"]) for one in told["changes"]] == [
        ("FLT-0001", "BLOCKED", "AWAITING_CLAIM")
    ]
    said = page(ora)
    assert '- "STRAT-1" rules on CMB-0001: "Cards stand"\n  - FLT-0001 -> AWAITING_CLAIM\n' in said
    assert "  - CMB-0099 -> DONE (**refused**, it changes nothing)\n" in said


def configures(seat: Seat, text: str | None) -> None:
    """Commit a file of settings, or its removal."""
    place = seat.path / "feed" / "ledger.yaml"
    place.parent.mkdir(exist_ok=True)
    place.write_text(text) if text is not None else place.unlink()
    commits(seat)


def test_settings_that_a_proposal_changes(seats: list[Seat]) -> None:
    camber, ora = seats
    camber.git("pull", "-q", "origin", "main")
    configures(camber, "claim_ttl: 90m\nnudge_after: 20m\nseats:\n  STRAT-1: {role: strat}\n")
    camber.git("push", "-q", "origin", "HEAD:main")
    begins(ora)
    configures(ora, "claim_ttl: 1h\nbranch: led_ger\nseats:\n  STRAT-1: {role: operator}\n")
    told = reviewed(ora)
    assert told["settings"] == [
        {"name": "claim_ttl", "from": "90m", "to": "1h"},
        {"name": "seats.STRAT-1.role", "from": "strat", "to": "operator"},
        {"name": "branch", "to": "led_ger"},
    ]
    said = page(ora)
    assert "0 posts by 0 seats: 3 settings." in said
    assert '### Settings, for all seats\n\n- **claim\\_ttl** "90m" -> "1h"\n' in said
    assert '- **branch** not set -> "led\\_ger"\n' in said
    configures(ora, None)
    assert {"name": "seats", "from": "a table", "to": "no table"} in reviewed(ora)["settings"]


def test_settings_that_stay_and_settings_of_others(seats: list[Seat]) -> None:
    camber, ora = seats
    configures(ora, "# The rules of this feed\n")
    assert reviewed(ora)["settings"] == []
    assert "0 settings" in page(ora) and "feed/ledger.yaml is another, and every setting stays" in page(ora)
    camber.git("pull", "-q", "origin", "main")
    configures(camber, "claim_ttl: 1h\n")
    camber.git("push", "-q", "origin", "HEAD:main")
    ora.git("reset", "-q", "--hard", "HEAD~1")
    ora.git("fetch", "-q")
    assert "settings" not in reviewed(ora), "landed meanwhile, and not proposed"


def test_errors_come_first_and_never_change_the_exit_code(seats: list[Seat]) -> None:
    _, ora = seats
    ora.git("push", "-q", "origin", f"{ora.blob('mine')}:refs/reserve/ORA/1")
    opens(ora, "ORA-0001", "Somebody's number")
    opens(ora, "ORA-0007", "Nobody's number")
    commits(ora)
    severities = [one["severity"] for one in reviewed(ora)["findings"]]
    assert severities == ["error", "warning"]
    assert ora.run("check", "--range", RANGE).code == 1


def test_a_long_proposal_is_cut_for_people_and_whole_for_programs(seats: list[Seat]) -> None:
    _, ora = seats
    for number in range(1, 26):
        opens(ora, f"ORA-{number:04}", f"Number {number}")
    commits(ora)
    assert len(reviewed(ora)["changes"]) == 25
    said = page(ora)
    assert said.count("- **ORA-") == 20
    assert "- … and 5 more: `git ledger review --json` has all" in said


def test_what_landed_meanwhile_is_neither_proposed_nor_removed(seats: list[Seat]) -> None:
    camber, ora = seats
    ora.ok("append", "--reserve", "CMB", "--subject", "Mine", "--stage")
    commits(ora)
    camber.files("CMB", "Landed meanwhile")
    ora.git("fetch", "-q")
    told = reviewed(ora)
    assert [one["item"] for one in told["changes"]] == ["CMB-0003"]
    assert told["findings"] == []


def test_a_shallow_checkout_says_what_it_cannot_know(seats: list[Seat], tmp_path: Path) -> None:
    """The proposal lacks a post that landed meanwhile; without history nobody can tell that from removal."""
    camber, ora = seats
    ora.ok("append", "--reserve", "CMB", "--subject", "Mine", "--stage")
    commits(ora)
    ora.git("push", "-q", "--no-verify", "origin", "HEAD:proposal")
    camber.files("CMB", "Landed meanwhile")
    shallow = tmp_path / "shallow"
    url = f"file://{tmp_path / 'remote.git'}"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", "-b", "proposal", url, str(shallow))
    told = reviewed(Seat("CI", shallow))
    assert [one["item"] for one in told["changes"]] == ["CMB-0003"]
    assert [(one["rule"], one["severity"]) for one in told["findings"]] == [("removed-post", "warning")]
    assert told["findings"][0]["message"].startswith("unverified: 1 landed posts")
    git(shallow, "fetch", "-q", "--unshallow")
    assert reviewed(Seat("CI", shallow))["findings"] == []


def test_a_branch_without_the_feed_removes_nothing(seats: list[Seat]) -> None:
    _, ora = seats
    ora.git("checkout", "-q", "--orphan", "code")
    ora.git("rm", "-q", "-r", "-f", ".")
    ora.git("commit", "-q", "--allow-empty", "-m", "Code")
    assert reviewed(ora) == {"schema": 1, "changes": [], "findings": []}


def test_reservations_that_were_not_fetched_are_fetched(seats: list[Seat], tmp_path: Path) -> None:
    _, ora = seats
    ora.ok("append", "--reserve", "CMB", "--subject", "Mine", "--stage")
    commits(ora)
    ora.git("push", "-q", "--no-verify", "origin", "HEAD:proposal")
    remote = tmp_path / "remote.git"
    fresh = clone(remote, tmp_path / "fresh", "CI")
    assert reviewed(fresh, "origin/main..origin/proposal")["findings"] == []
    cut = clone(remote, tmp_path / "cut", "CI")
    cut.git("remote", "set-url", "origin", str(tmp_path / "gone.git"))
    told = reviewed(cut, "origin/main..origin/proposal")
    assert [(one["rule"], one["severity"]) for one in told["findings"]] == [("unreserved-ticket", "warning")]
    assert "unverified" in told["findings"][0]["message"]


def test_a_forged_place_in_the_feed_changes_what_it_does_not_name(seats: list[Seat]) -> None:
    """The claim of ORA-02 landed first; a note forged onto its place in the chain lets the later one win."""
    camber, ora = seats
    camber.files("CMB", "Wanted by two")
    Seat("ORA-02", ora.path).ok("claim", "CMB-0003")
    claim, opening = (one["post"] for one in ora.ok("log")["posts"][:2])
    camber.git("pull", "-q", "--rebase", "origin", "main")
    late = camber.writes(item="CMB-0003", state="CLAIMED")
    camber.forces()
    assert ora.queue()["CMB-0003"]["holder"]["seat"] == "ORA-02"
    begins(ora)
    seq = (ora.path / path_of_post(claim)).read_text().partition("seq: ")[2].partition("\n")[0]
    Seat("EVIL-01", ora.path).writes("hm", kind="note", seq=seq, prev=opening)
    commits(ora)
    told = reviewed(ora)
    change = {"item": "CMB-0003", "from": "CLAIMED", "to": "CLAIMED", "post": late}
    assert change in told["changes"]
    assert "forked-feed" in {one["rule"] for one in told["findings"] if one["severity"] == "error"}
    said = '- **CMB-0003** CLAIMED, posts that landed change their order, by "CAMBER-01": "Wanted by two"'
    assert said in page(ora)


@pytest.mark.parametrize("range_", ["", "main", "main..nowhere", "nowhere..main", "HEAD", "..nowhere"])
def test_a_range_that_names_no_two_commits(range_: str, tmp_path: Path) -> None:
    (seat,) = fleet(tmp_path, "CAMBER-01")
    ran = seat.run("review", range_, "--json") if range_ else seat.run("review", "--json")
    assert (ran.code, json.loads(ran.out)["error"]["kind"]) == (2, "usage")
