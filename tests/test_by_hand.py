"""Plain git beside the tool: numbers reserved by hand, posts committed by hand, and what is found of both.

The commands are those that the pages in `docs/` tell, taken from there as they stand.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from ledger.core.ids import format_timestamp, path_of_post
from ledger.faces.cli.main import run
from ledger.faces.context import Context, make_effects
from tests.fleet import Ran, Seat, fleet, standing

DOCS = Path(__file__).parents[1] / "docs"
TIP = "refs/reserve/CMB/tip"


def commands(page: str, heading: str) -> list[str]:
    """The blocks of shell commands below a heading of a page, up to the next heading."""
    _, _, section = (DOCS / page).read_text().partition(f"\n{heading}\n")
    assert section, heading
    return re.findall(r"^```sh\n(.*?)^```", re.split(r"^#+ ", section, flags=re.MULTILINE)[0], re.M | re.S)


RESERVING, PUTTING_BACK = commands("protocol.md", "### By hand")


def starts(seat: Seat, script: str) -> "subprocess.Popen[str]":
    """Start a shell in a seat's clone with these commands, as its user types them."""
    return subprocess.Popen(
        ["sh", "-e", "-c", script],
        cwd=seat.path,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def types(seat: Seat, script: str) -> Ran:
    """Run these commands in a seat's clone; what they said is in `out`."""
    shell = starts(seat, script)
    said, _ = shell.communicate()
    return Ran(shell.returncode, said, "")


@pytest.fixture
def pair(tmp_path: Path) -> list[Seat]:
    """Two seats, each set in its own clone."""
    return standing(_build_pair, tmp_path)


def _build_pair(folder: Path) -> list[Seat]:
    seats = fleet(folder, "ORA-01", "HAND-01")
    for seat in seats:
        seat.git("config", "ledger.seat", seat.name)
    return seats


@pytest.fixture
def hooked(tmp_path: Path) -> list[Seat]:
    """Two seats whose hooks judge, and a ticket that both have."""
    return standing(_build_hooked, tmp_path)


def _build_hooked(folder: Path) -> list[Seat]:
    seats = fleet(folder, "ORA-01", "HAND-01")
    for seat in seats:
        seat.ok("init", "--seat", seat.name)
    assert seats[0].files("CMB", "Work") == "CMB-0001"
    for seat in seats:
        seat.git("pull", "-q", "origin", "main")
        seat.git("config", "ledger.command", str(Path(sys.executable).with_name("git-ledger")))
    return seats


def findings(seat: Seat, *words: str) -> list[dict[str, str]]:
    """What `drift` finds."""
    return list(seat.run("drift", *words, "--json").json["findings"])


def rules_at(seat: Seat) -> set[tuple[str, str]]:
    """The rules and places of what `drift` finds."""
    return {(one["rule"], one["path"]) for one in findings(seat)}


# Numbers


def test_of_two_seats_that_reserve_one_number_by_hand_one_gets_it(pair: list[Seat]) -> None:
    """Both run the two lines at once; the loser's opening is refused, and the tool skips the number."""
    shells = [starts(seat, RESERVING) for seat in pair]
    said = [shell.communicate()[0] for shell in shells]
    codes = [shell.returncode for shell in shells]
    assert sorted(codes) == [0, 1], said
    assert "stale info" in said[codes.index(1)] or "reference already exists" in said[codes.index(1)], said
    winner, loser = pair[codes.index(0)], pair[codes.index(1)]
    error = loser.refused("append", "--item", "CMB-0041", "--subject", "Not mine")
    assert error["kind"] == "reserved-by-another"
    assert winner.ok("append", "--item", "CMB-0041", "--subject", "Mine")["posts"][0]["item"] == "CMB-0041"
    winner.raises_tip("CMB", 40)
    assert loser.files("CMB", "Next") == "CMB-0042"
    assert findings(loser) == []


def test_a_number_reserved_by_hand_raises_no_alarm_and_no_tip(pair: list[Seat]) -> None:
    ora, hand = pair
    assert ora.files("CMB", "First") == "CMB-0001"
    assert types(hand, RESERVING).code == 0
    assert findings(ora) == []
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert ora.files("CMB", "Second") == "CMB-0002"


def test_what_reserves_nothing_is_told_once_each(pair: list[Seat]) -> None:
    """A commit, a blob of words, a padded name: pushes that succeed for everybody."""
    ora, hand = pair
    ora.files("CMB", "First")
    for seat in pair:
        seat.git("push", "-q", "origin", "HEAD:refs/reserve/CMB/8")
        seat.git("push", "-q", "origin", f"{seat.blob('CMB-0009')}:refs/reserve/CMB/9")
    hand.git("push", "-q", "origin", f"{hand.blob('mine')}:refs/reserve/CMB/0005")
    refs = {f"refs/reserve/CMB/{name}" for name in ("8", "9", "0005")}
    assert rules_at(ora) == {("odd-reservation", ref) for ref in refs}
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert ora.files("CMB", "Second") == "CMB-0002"


def test_a_number_that_leaps_moves_no_tip(pair: list[Seat]) -> None:
    """A payload as the tool writes it, 900,000 above: no repair follows it, and numbers go on below."""
    ora, hand = pair
    ora.files("CMB", "First")
    payload = {"format": 1, "series": "CMB", "n": 900_001, "ticket": "CMB-900001", "seat": "HAND-01"}
    blob = hand.blob(json.dumps(payload | {"at": "2026-11-20T08:00:00.000Z", "nonce": "00000000000000aa"}))
    hand.git("push", "-q", "origin", f"{blob}:refs/reserve/CMB/900001")
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert ora.files("CMB", "Second") == "CMB-0002"


def test_a_tip_that_leaps_stops_its_series_until_somebody_says_what_is_meant(pair: list[Seat]) -> None:
    ora, hand = pair
    for n in range(2):
        ora.files("CMB", f"Work {n}")
    hand.raises_tip("CMB", 900_000)
    error = ora.refused("reserve", "CMB")
    assert (error["kind"], error["exit"]) == ("bad-tip", 3)
    assert f"{TIP} leapt to 900000; the highest number known otherwise is 2" in error["message"]
    assert ora.files("ORA", "Another series goes on") == "ORA-0001"
    ran = ora.run("drift", "--fix", "--json")
    assert (ran.code, ran.json["fixed"]) == (1, [])
    assert [(one["rule"], one["path"]) for one in ran.json["findings"]] == [("odd-reservation", TIP)]
    assert types(hand, PUTTING_BACK.replace('"tip": 41', '"tip": 2')).code == 0
    assert ora.files("CMB", "Work 3") == "CMB-0003"


def test_a_tip_that_leaps_is_meant_where_a_number_of_its_height_is_reserved(pair: list[Seat]) -> None:
    ora, hand = pair
    ora.files("CMB", "First")
    hand.raises_tip("CMB", 900_000)
    assert types(hand, RESERVING.replace("/41", "/900000")).code == 0
    assert ora.files("CMB", "Far up") == "CMB-900001"
    assert findings(ora) == []


def test_the_first_of_a_series_is_one_by_tool_and_by_hand(pair: list[Seat]) -> None:
    """Number 2 as the first that a series sees is refused by both: nobody knows who has number 1."""
    ora, _ = pair
    assert ora.refused("append", "--item", "CMB-0002", "--subject", "Two")["kind"] == "not-reserved"
    assert ora.ok("append", "--item", "CMB-0001", "--subject", "One")["posts"][0]["item"] == "CMB-0001"


# Whose posts they are


def test_a_commit_in_another_seats_name_is_refused_and_a_merge_of_its_posts_is_not(
    hooked: list[Seat],
) -> None:
    """HAND-01 writes as ORA-01; then it merges a proposal that ORA-01 made."""
    ora, hand = hooked
    note = {"kind": "note", "item": "CMB-0001", "at": format_timestamp(datetime.now(UTC))}
    mistaken = Seat(ora.name, hand.path).writes("mine?", **note)
    hand.git("add", "feed")
    said = hand.git_refuses("commit", "-m", "x")
    assert "the post is by ORA-01, and this clone is the seat HAND-01 [foreign-seat]" in said
    assert types(hand, "LEDGER_SEAT=ORA-01 git commit -q -m 'they share this clone'").code == 0
    hand.git("push", "-q", "origin", "HEAD:main")
    ora.git("checkout", "-q", "-b", "proposal")
    ora.writes("proposed", **note)
    ora.git("add", "feed")
    ora.git("commit", "-q", "-m", "proposal")
    ora.git("push", "-q", "origin", "proposal")
    hand.git("fetch", "-q")
    hand.git("merge", "-q", "--no-ff", "-m", "merge", "origin/proposal")
    assert mistaken in hand.git("ls-tree", "-r", "--name-only", "HEAD")
    hand.git("config", "--unset", "ledger.seat")
    hand.writes("whose?", **note)
    hand.git("add", "feed")
    assert "no seat is set here" in types(hand, "git commit -m 'warned of'").out


def test_settings_are_committed_by_those_who_may_change_them(hooked: list[Seat]) -> None:
    """HAND-01 makes itself operator; the strat of the settings as they landed may do that."""
    ora, hand = hooked
    settings = "seats:\n  ORA-01: {role: strat}\n  HAND-01: {role: code}\n"
    for seat, text in ((ora, settings), (hand, settings.replace("code", "operator"))):
        seat.git("pull", "-q", "origin", "main")
        place = seat.path / "feed" / "ledger.yaml"
        place.write_text(text)
        seat.git("add", "feed")
        if seat is ora:
            seat.git("commit", "-q", "-m", "settings")
            seat.git("push", "-q", "origin", "HEAD:main")
    said = hand.git_refuses("commit", "-m", "x")
    assert "HAND-01 has the role code, which does not change the settings" in said
    assert types(hand, "LEDGER_SEAT=ORA-01 git commit -q -m x").code == 0


# A race that is lost by hand


def loses_a_race(ora: Seat, hand: Seat) -> str:
    """HAND-01 commits a claim by hand beside other work, and ORA-01 lands one first; gives its path."""
    path = path_of_post(hand.writes(item="CMB-0001", state="CLAIMED", at=format_timestamp(datetime.now(UTC))))
    (hand.path / "work.txt").write_text("mine\n")
    hand.git("add", "feed", "work.txt")
    hand.git("commit", "-q", "-m", "claim and work")
    ora.ok("claim", "CMB-0001")
    return path


def is_clean_and_held(ora: Seat, hand: Seat) -> None:
    """Nothing is found, nothing is restored, the winner holds the ticket, and the loser's work is there."""
    assert findings(ora) == []
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert ora.queue()["CMB-0001"]["holder"]["seat"] == "ORA-01"
    assert hand.git("show", "origin/main:work.txt") == "mine"


def test_a_refused_merge_names_its_way_out_and_that_leaves_nothing_behind(hooked: list[Seat]) -> None:
    """The words of the finding, followed to the letter, and then what people do next: push."""
    ora, hand = hooked
    path = loses_a_race(ora, hand)
    said = hand.git_refuses("pull", "-q", "--no-rebase", "origin", "main")
    assert "CMB-0001 is held by ORA-01" in said
    first, second = re.findall(r"not landed: `(git rm [^`]*)` and `(git commit)`", said)[0]
    assert "`git merge --abort`" in said
    assert types(hand, f"{first}\n{second} -q -m 'merge'\ngit push -q origin HEAD:main").code == 0
    assert not (hand.path / path).exists()
    is_clean_and_held(ora, hand)


def test_a_claim_that_lost_and_was_rebased_may_be_taken_back(hooked: list[Seat]) -> None:
    """`git pull --rebase` runs no hook: the push is refused, and its words are followed."""
    ora, hand = hooked
    loses_a_race(ora, hand)
    hand.git("pull", "-q", "--rebase", "origin", "main")
    said = hand.git_refuses("push", "origin", "HEAD:main")
    first, second = re.findall(r"not landed: `(git rm [^`]*)` and `(git commit)`", said)[0]
    assert types(hand, f"{first}\n{second} -q -m 'not mine'\ngit push -q origin HEAD:main").code == 0
    is_clean_and_held(ora, hand)


def test_a_claim_taken_back_before_the_merge(hooked: list[Seat]) -> None:
    ora, hand = hooked
    path = loses_a_race(ora, hand)
    hand.git("rm", "-q", path)
    hand.git("commit", "-q", "-m", "not mine")
    hand.git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    hand.git("push", "-q", "origin", "HEAD:main")
    is_clean_and_held(ora, hand)


def test_a_post_by_hand_that_landed_is_restored_whoever_removes_it(hooked: list[Seat]) -> None:
    """The chain saw one, and somebody else removes the other: neither was taken back in time."""
    ora, hand = hooked
    seen = hand.writes("seen", kind="note", item="CMB-0001", at=format_timestamp(datetime.now(UTC)))
    hand.forces()
    ora.ok("note", "CMB-0001", "and seen")
    unseen = hand.writes("unseen", kind="note", item="CMB-0001", at=format_timestamp(datetime.now(UTC)))
    hand.forces()
    hand.git("rm", "-q", path_of_post(seen))
    hand.git("commit", "-q", "--no-verify", "-m", "its own")
    hand.git("rm", "-q", path_of_post(unseen))
    hand.git("commit", "-q", "--no-verify", "-m", "x", "--author", "Else <else@example.invalid>")
    hand.git("push", "-q", "--no-verify", "origin", "HEAD:main")
    fixed = {one["what"] for one in ora.ok("drift", "--fix")["fixed"]}
    assert {path_of_post(seen), path_of_post(unseen)} <= fixed


def test_an_own_post_that_was_mended_before_it_landed_is_no_edit(hooked: list[Seat]) -> None:
    ora, hand = hooked
    name = hand.writes("frist", kind="note", item="CMB-0001", at=format_timestamp(datetime.now(UTC)))
    place = hand.path / path_of_post(name)
    for text in ("frist", "first"):
        place.write_text(place.read_text().replace("frist", text))
        hand.git("add", "feed")
        hand.git("commit", "-q", "-m", text)
    hand.git("push", "-q", "origin", "HEAD:main")
    assert findings(ora) == []
    assert ora.ok("drift", "--fix")["fixed"] == []
    assert "first" in hand.git("show", f"origin/main:{path_of_post(name)}")


# Noise that ends


def drifted(seat: Seat, later: timedelta, *words: str) -> tuple[str, str]:
    """What `drift` says so much later, on stdout and stderr."""
    world = make_effects()
    out, err = StringIO(), StringIO()
    world = replace(world, now=lambda: make_effects().now() + later)
    env = Context(world, dict(os.environ), seat.path, BytesIO(), out, err)
    run(["drift", "--seat", seat.name, *words], env)
    return out.getvalue(), err.getvalue()


def test_what_nobody_can_end_is_counted_and_told_when_asked(pair: list[Seat]) -> None:
    """A number that was never filed: news for a week, and then a line that counts it."""
    ora, _ = pair
    ora.files("CMB", "Work")
    ora.ok("reserve", "CMB")
    ora.ok("cancel", "CMB-0001", "--why", "not needed")
    assert drifted(ora, timedelta()) == ("", "")
    out, err = drifted(ora, timedelta(days=2))
    assert "[orphan-reservation]" in out
    assert err == "0 errors, 1 warning\n"
    assert drifted(ora, timedelta(days=9)) == ("", "and 1 settled: `git ledger drift --all` tells them\n")
    assert "[orphan-reservation]" in drifted(ora, timedelta(days=9), "--all")[0]
    (one,) = json.loads(drifted(ora, timedelta(days=9), "--json")[0])["findings"]
    assert one["settled"] is True


# Drafts


def checkout(seat: Seat, place: Path) -> Seat:
    """The worktree of the feed's own branch, as the pages say how to make one."""
    seat.git("worktree", "add", "-q", str(place), "ledger")
    return Seat(seat.name, place)


@pytest.fixture
def apart(tmp_path: Path) -> list[Seat]:
    """Two seats whose feed has a branch of its own, with hooks."""
    return standing(_build_apart, tmp_path)


def _build_apart(folder: Path) -> list[Seat]:
    seats = fleet(folder, "ORA-01", "HAND-01", branch=None)
    for seat in seats:
        seat.ok("init", "--seat", seat.name)
        seat.git("config", "ledger.command", str(Path(sys.executable).with_name("git-ledger")))
    assert seats[0].files("CMB", "Work") == "CMB-0001"
    return seats


def test_the_section_about_posts_by_hand_does_what_it_says(apart: list[Seat], tmp_path: Path) -> None:
    """Its commands as they stand, by a seat that has only a clone: an opening, and a claim."""
    ora, hand = apart
    (script,) = commands("feed.md", "## By hand")
    ran = types(hand, script.replace("../feed", str(tmp_path / "feed")))
    assert ran.code == 0, ran.out
    rows = ora.queue()
    assert (rows["CMB-0002"]["subject"], rows["CMB-0002"]["opened_by"]) == ("Redline cards", "HAND-01")
    assert rows["CMB-0001"]["holder"]["seat"] == "HAND-01"
    assert findings(ora) == []


def test_a_draft_is_judged_reserved_and_left_to_its_author(apart: list[Seat], tmp_path: Path) -> None:
    ora, hand = apart
    feed = checkout(hand, tmp_path / "feed")
    ora.ok("claim", "CMB-0001")
    feed.git("pull", "-q")
    assert feed.refused("draft", "--item", "CMB-0001", "--state", "CLAIMED")["kind"] == "held"
    told = feed.ok("draft", "--reserve", "CMB", "--subject", "By hand {{ITEM_ID}}", "--priority", "HIGH")
    assert told["reserved"] == ["refs/reserve/CMB/2"]
    place = feed.path / told["posts"][0]["path"]
    text = place.read_text()
    assert "subject: By hand CMB-0002" in text and "Say what is to be done" in text
    assert feed.git("status", "--porcelain", "-uall") == f"?? {told['posts'][0]['path']}"
    assert feed.run("check").code == 0
    intent = place.stem[-16:]
    place.write_text(text.replace("Say what", "I say what"))
    again = feed.refused("draft", "--reserve", "CMB", "--subject", "x", "--intent", intent)
    assert again["kind"] == "nonce-used"
    assert "I say what" in place.read_text(), "never written over"
    provisional = feed.run("draft", "--provisional", "CMB", "--subject", "Reviewed")
    assert "CONFIRM-PENDING: CMB-0003" in (feed.path / provisional.out.strip()).read_text()
    assert "refs/reserve/CMB/3" not in feed.git("ls-remote", "origin")


def test_a_draft_is_refused_where_it_would_not_land(apart: list[Seat], tmp_path: Path) -> None:
    """In a checkout of the code, and through a link that leads out of the repository."""
    hand = apart[1]
    before = hand.git("ls-remote", "origin")
    words = ("draft", "--item", "CMB-0001", "--kind", "note")
    error = hand.refused(*words)
    assert (error["kind"], error["exit"]) == ("cannot-stage", 3)
    assert "`git worktree add ../feed ledger`" in error["hint"]
    assert not (hand.path / "feed").exists()
    feed = checkout(hand, tmp_path / "feed")
    (tmp_path / "outside").mkdir()
    shutil.move(feed.path / "feed", tmp_path / "outside" / "feed")
    (feed.path / "feed").symlink_to(tmp_path / "outside" / "feed")
    there = sorted((tmp_path / "outside").rglob("*"))
    assert "is a link" in feed.refused(*words)["message"]
    assert sorted((tmp_path / "outside").rglob("*")) == there
    assert hand.git("ls-remote", "origin") == before
