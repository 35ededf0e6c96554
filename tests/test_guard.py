"""The server guard: real pushes by real git into a bare repository that holds itself to the rules."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import pytest

from ledger.app.guard import install as guard
from ledger.core.write.requests import Value
from ledger.faces.cli.main import run
from ledger.faces.receive import find_pusher
from tests.faces.envs import env_at
from tests.faces.test_patience import Terminal
from tests.fleet import Seat, bare_remote, clone, plainly, refs, standing
from tests.gitrun import commit_file, git, hook
from tests.store.servers import serving


@pytest.fixture
def guarded(tmp_path: Path) -> Path:
    """A bare remote with the guard: that of `landed`, where a test asks for both."""
    remote = tmp_path / "remote.git"
    if not remote.exists():
        standing(_guarded, tmp_path)
    return remote


def _guarded(folder: Path) -> list[Seat]:
    install(bare_remote(folder), "--branch", "main")
    return []


def install(remote: Path, *words: str) -> None:
    ran = plainly(remote.parent, "guard", "install", str(remote), *words)
    assert ran.code == 0, ran.err


def seats(remote: Path, *names: str) -> list[Seat]:
    return [clone(remote, remote.parent / f"clone-{name}", name) for name in names]


def commits(seat: Seat) -> None:
    """Commit the feed past all hooks, on what has landed."""
    seat.git("add", "-A", "feed")
    seat.git("commit", "-q", "--no-verify", "-m", "by hand")
    seat.git("pull", "-q", "--rebase", "origin", "main")


def refused(seat: Seat, *words: str) -> str:
    """Push so; nothing may be in force on the remote afterwards. Gives what the remote said."""
    before = seat.git("ls-remote", "origin")
    said = seat.git_refuses("push", "--no-verify", *words)
    assert seat.git("ls-remote", "origin") == before
    assert "remote: refused: nothing of this push is in force." in said, said
    return "\n".join(line.removeprefix("remote: ").rstrip() for line in said.splitlines())


def reservation(seat: Seat, text: str = "mine") -> str:
    return seat.blob(f"{text} {token_hex(4)}\n")


def tip(seat: Seat, n: int) -> str:
    return seat.blob(json.dumps({"format": 1, "tip": n, "nonce": token_hex(8)}))


# What passes: the tool's own writes, and plain git that keeps to the rules


def test_the_ledgers_own_writes_pass(guarded: Path) -> None:
    one, two = seats(guarded, "CAMBER-01", "ORA-01")
    first = one.files("CMB", "Cards")
    assert one.ok("reserve", "CMB", "--count", "2")["reserved"][1]["item"] == "CMB-0003"
    one.ok("append", "--item", "CMB-0002", "--subject", "Later")
    two.ok("claim", first)
    two.ok("block", first, "--on", "ruling:CMB-0002", "--why", "must be decided")
    one.ok("rule", "--on", "CMB-0002", "--reserve", "CMB", "--absorb", f"{first} -> DONE (so)")
    pending = two.ok("append", "--provisional", "CMB", "--subject", "Pending")["posts"][0]["item"]
    assert two.ok("confirm")["confirmed"] == [pending]
    two.ok("note", "hello")
    two.ok("boot", "--lane", "camber")
    two.ok("retire")
    queue = one.queue()
    assert {item: row["state"] for item, row in queue.items()} == {
        "CMB-0001": "DONE",
        "CMB-0002": "AWAITING_CLAIM",
        "CMB-0004": "DONE",
        "CMB-0005": "AWAITING_CLAIM",
    }


@pytest.mark.parametrize("count", [3, pytest.param(8, marks=pytest.mark.slow)])
def test_seats_race_through_the_guard(count: int, guarded: Path) -> None:
    racers = seats(guarded, *(f"S-{n}" for n in range(count)))
    children = [
        one.start("append", "--reserve", "CMB", "--subject", one.name, "--json", "--timeout", "60")
        for one in racers
    ]
    outs = [child.communicate() for child in children]
    assert [child.returncode for child in children] == [0] * count, outs
    items = sorted(json.loads(out)["posts"][0]["item"] for out, _ in outs)
    assert items == [f"CMB-{n:04}" for n in range(1, count + 1)]
    assert {row["subject"] for row in racers[0].queue().values()} == {one.name for one in racers}


def test_numbers_reserved_and_filed_by_plain_git_pass(guarded: Path) -> None:
    (seat,) = seats(guarded, "CAMBER-01")
    seat.git("push", "-q", "origin", f"{reservation(seat)}:refs/reserve/CMB/41")
    seat.opens_by_hand("CMB-0041")
    seat.writes(item="CMB-0042", state="AWAITING_CLAIM", subject="With its number in the same push")
    commits(seat)
    together = (f"{reservation(seat)}:refs/reserve/CMB/42", f"{tip(seat, 42)}:refs/reserve/CMB/tip")
    seat.git("push", "-q", "--atomic", "origin", "HEAD:main", *together)
    assert seat.files("CMB", "Next") == "CMB-0043"


def test_a_proposal_that_is_clean_may_be_merged_by_hand(guarded: Path) -> None:
    author, other = seats(guarded, "CAMBER-01", "ORA-01")
    author.git("checkout", "-q", "-b", "proposal")
    author.ok("append", "--stage", "--reserve", "CMB", "--subject", "Proposed")
    author.git("commit", "-q", "-m", "a proposal")
    author.git("push", "-q", "origin", "proposal")
    assert other.files("CMB", "Meanwhile") == "CMB-0002"
    other.git("fetch", "-q")
    other.git("checkout", "-q", "-B", "main", "origin/main")
    other.git("merge", "-q", "--no-edit", "origin/proposal")
    other.git("push", "-q", "origin", "main")
    assert set(other.queue()) == {"CMB-0001", "CMB-0002"}


def test_announcements_come_and_go(guarded: Path) -> None:
    one, two = seats(guarded, "A-1", "B-1")
    ref = f"refs/ledger/announce/9c1e07a25b6d4f10/{token_hex(8)}"
    one.git("push", "-q", "origin", f"{reservation(one)}:{ref}")
    said = refused(two, "--force", "origin", f"{reservation(two)}:{ref}")
    assert f"{ref}: an announcement is made and taken back, never changed" in said
    two.git("push", "-q", "origin", f":{ref}")


def test_other_refs_are_left_alone(guarded: Path) -> None:
    (seat,) = seats(guarded, "A-1")
    seat.git("tag", "v1")
    seat.git("push", "-q", "origin", "HEAD:code", "v1")
    commit_file(seat.path, "more.txt")
    seat.git("commit", "-q", "--amend", "-m", "another")
    seat.git("push", "-q", "-f", "origin", "HEAD:code")
    seat.git("push", "-q", "origin", ":code", ":v1", "HEAD:main")


def test_a_branch_whose_name_holds_odd_line_breaks_stops_nobody(guarded: Path) -> None:
    (seat,) = seats(guarded, "A-1")
    for name in ("odd\u2028refs", "odd\x85more"):
        seat.git("push", "-q", "origin", f"HEAD:refs/heads/{name}")
    assert seat.files("CMB", "Work") == "CMB-0001"


# refs/reserve and refs/ledger

NUMBER, TIP = "refs/reserve/CMB/1", "refs/reserve/CMB/tip"
MISNAMED = "below refs/reserve stand"


WRONG = [
    (f":{NUMBER}", "written once"),
    (f"+{{blob}}:{NUMBER}", "written once"),
    (f":{TIP}", "never deleted"),
    (f"+{{blob}}:{TIP}", "a tip is a blob such as"),
    (f"+{{tip 5}}:{TIP}", "it is 5, and 5 is not above that"),
    (f"+{{tip 4}}:{TIP}", "it is 5, and 4 is not above that"),
    ("{blob}:refs/reserve/CMB/5", "the tip of CMB is 5"),
    ("{blob}:refs/reserve/CMB/2", "the tip of CMB is 5"),
    ("{blob}:refs/reserve/CMB/10006", "more than 10000 above it"),
    (f"+{{tip 10006}}:{TIP}", "the tip is 5, and rises by 10000 at the most"),
    ("HEAD:refs/reserve/CMB/6", "a reservation is a blob, not a commit"),
    ("HEAD:refs/reserve/ORA/tip", "a tip is a blob such as"),
    ("{blob}:refs/reserve/CMB/06", MISNAMED),
    ("{blob}:refs/reserve/CMB/0", MISNAMED),
    ("{blob}:refs/reserve/CMB/1000000000", MISNAMED),
    ("{blob}:refs/reserve/CMB/7/8", MISNAMED),
    ("{blob}:refs/reserve/CMB/TIP", MISNAMED),
    ("{blob}:refs/reserve/cmb/7", MISNAMED),
    ("{blob}:refs/reserve/FLT-20261399/1", MISNAMED),
    ("{blob}:refs/reserve/CMB-7/1", MISNAMED),
    ("{blob}:refs/reserve/x", MISNAMED),
    ("{blob}:refs/Reserve/CMB/7", MISNAMED),
    ("{blob}:refs/ledger/mirror/reserve/CMB/7", "private to each clone"),
    ("{blob}:refs/LEDGER/announce/c/9c1e07a25b6d4f10", "private to each clone"),
    ("{blob}:refs/ledger/announce/c/xyz", "private to each clone"),
    ("{blob}:refs/ledger/announce/c/d/9c1e07a25b6d4f10", "private to each clone"),
]


def test_refs_that_may_not_be_so(guarded: Path) -> None:
    (seat,) = seats(guarded, "A-1")
    seat.git("push", "-q", "origin", f"{reservation(seat)}:{NUMBER}", f"{tip(seat, 5)}:{TIP}")
    objects = {f"{{tip {n}}}": tip(seat, n) for n in (4, 5, 10_006)} | {"{blob}": reservation(seat)}
    left = list(WRONG)
    while left:  # as many in one push as have refs of their own
        together = {spec.rpartition(":")[2]: (spec, said) for spec, said in reversed(left)}
        specs = [spec for spec, _ in together.values()]
        for name, oid in objects.items():
            specs = [spec.replace(name, oid) for spec in specs]
        told = refused(seat, "-f", "origin", *specs).splitlines()
        for ref, (spec, said) in together.items():
            assert any(line.startswith(f"{ref}: ") and said in line for line in told), (spec, told)
        left = [one for one in left if one not in together.values()]


def test_all_refs_of_a_push_are_judged_together(guarded: Path) -> None:
    """Not atomic on the client's side, and still nothing is in force."""
    (seat,) = seats(guarded, "A-1")
    good = f"{reservation(seat)}:refs/reserve/CMB/7"
    refused(seat, "origin", "HEAD:other", good, f"{reservation(seat)}:refs/reserve/CMB/007")


def test_a_mirror_push_deletes_no_reservation(guarded: Path) -> None:
    one, two = seats(guarded, "A-1", "B-1")
    one.files("CMB", "Work")
    said = refused(two, "--mirror", "origin")
    assert f"{NUMBER}: a reservation is written once" in said
    assert f"{TIP}: a tip is never deleted" in said


# The feed branch


@pytest.fixture
def landed(tmp_path: Path) -> tuple[Seat, Seat]:
    """Two seats; the first opened CMB-0001 and claimed it, both have pulled."""
    one, two = standing(_landed, tmp_path)
    return one, two


def _landed(folder: Path) -> list[Seat]:
    _guarded(folder)
    one, two = seats(folder / "remote.git", "CAMBER-12", "B-1")
    one.files("CMB", "Speaker labels")
    one.ok("claim", "CMB-0001")
    for seat in (one, two):
        seat.git("pull", "-q", "origin", "main")
    return [one, two]


def test_the_feed_branch_only_grows(landed: tuple[Seat, Seat]) -> None:
    _, seat = landed
    assert "the feed branch is never deleted" in refused(seat, "origin", ":main")
    assert "the feed branch only grows" in refused(seat, "-f", "origin", "HEAD~1:main")
    seat.git("checkout", "-q", "--orphan", "fresh")
    seat.git("commit", "-q", "-m", "history made anew")
    assert "the feed branch only grows" in refused(seat, "-f", "origin", "fresh:main")


def test_landed_posts_stay_as_they_are(landed: tuple[Seat, Seat]) -> None:
    _, seat = landed
    (opening, _) = sorted((seat.path / "feed").rglob("*.md"))
    path = opening.relative_to(seat.path).as_posix()
    opening.write_text(opening.read_text() + "more\n")
    commits(seat)
    assert f"{path}:1:1: a landed post was edited" in refused(seat, "origin", "HEAD:main")
    seat.git("reset", "-q", "--hard", "origin/main")
    seat.git("rm", "-q", path)
    commits(seat)
    assert f"{path}:1:1: a landed post was removed" in refused(seat, "origin", "HEAD:main")


def forces(seat: Seat, remote: Path) -> None:
    """Let what the seat committed be on the feed branch, past the guard."""
    seat.git("push", "-q", "origin", "HEAD:elsewhere")
    git(remote, "update-ref", "refs/heads/main", "refs/heads/elsewhere")


def test_an_edited_post_gets_back_what_it_landed_with_and_nothing_else(
    landed: tuple[Seat, Seat], guarded: Path
) -> None:
    one, seat = landed
    posts = sorted((seat.path / "feed").rglob("*.md"))
    texts = [post.read_text() for post in posts]
    posts[0].write_text(texts[0].replace("Speaker", "Other"))
    commits(seat)
    forces(seat, guarded)
    wrong = [
        ("another edit", (texts[0] + "more\n", texts[1])),
        ("put back, and another one edited", (texts[0], texts[1] + "more\n")),
        ("the content of another one", (texts[1], texts[1])),
    ]
    for name, contents in wrong:
        for post, text in zip(posts, contents, strict=True):
            post.write_text(text)
        commits(seat)
        assert "[edited-post]" in refused(seat, "origin", "HEAD:main"), name
        seat.git("reset", "-q", "--hard", "origin/main")
    posts[0].write_text(texts[0])
    posts[0].chmod(0o755)
    commits(seat)
    assert "[edited-post]" in refused(seat, "origin", "HEAD:main"), "put back as a program"
    told = one.run("drift", "--fix", "--json")
    assert (told.code, [mend["rule"] for mend in told.json["fixed"]]) == (0, ["edited-post"])
    assert one.queue()["CMB-0001"]["subject"] == "Speaker labels"


def test_a_removed_post_is_brought_back(landed: tuple[Seat, Seat], guarded: Path) -> None:
    """The opening of a ticket whose claim is still there, and names it."""
    one, seat = landed
    opening = min((seat.path / "feed").rglob("*.md"))
    text = opening.read_text()
    opening.unlink()
    commits(seat)
    forces(seat, guarded)
    opening.parent.mkdir(parents=True, exist_ok=True)
    opening.write_text(text + "more\n")
    commits(seat)
    assert "[edited-post]" in refused(seat, "origin", "HEAD:main"), "otherwise than it landed"
    told = one.run("drift", "--fix", "--json")
    assert (told.code, [mend["rule"] for mend in told.json["fixed"]]) == (0, ["removed-post"]), told
    assert one.queue()["CMB-0001"]["state"] == "CLAIMED"


def test_a_merge_that_drops_a_landed_post_is_refused(landed: tuple[Seat, Seat]) -> None:
    one, seat = landed
    one.ok("note", "CMB-0001", "hello")
    commit_file(seat.path, "code2.txt")
    seat.git("fetch", "-q")
    seat.git("merge", "-q", "-s", "ours", "--no-edit", "origin/main")
    assert "[removed-post]" in refused(seat, "origin", "HEAD:main")


def test_posts_made_by_plumbing_are_judged(landed: tuple[Seat, Seat]) -> None:
    """No index hook, no commit hook, no working tree: a tree and a commit made of objects alone."""
    _, seat = landed
    name = seat.writes(item="CMB-0001", state="DONE", body="done")
    (post,) = (seat.path / "feed").rglob(f"{name}.md")
    path = post.relative_to(seat.path).as_posix()
    blob = seat.git("hash-object", "-w", path)
    seat.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    made = seat.git("commit-tree", seat.git("write-tree"), "-p", "origin/main", "-m", "plumbing")
    said = refused(seat, "origin", f"{made}:main")
    assert "CMB-0001 is held by CAMBER-12" in said and "[not-the-holder]" in said
    link = seat.git("mktree", stdin=f"120000 blob {seat.blob('/etc/passwd')}\t{name}.md\n")
    for folder in reversed(path.split("/")[:-1]):
        link = seat.git("mktree", stdin=f"040000 tree {link}\t{folder}\n")
    made = seat.git("commit-tree", link, "-p", "origin/main", "-m", "a link")
    said = refused(seat, "origin", f"{made}:main")
    assert "the post is a symbolic link" in said and "[removed-post]" in said


NOBODY = "20260415T035100000Z-b-1-0000000000000000"
FORGED: list[tuple[str, Mapping[str, Value], str]] = [
    ("a post that is not there", {"seq": "3", "prev": NOBODY}, f"`prev` names {NOBODY}"),
    ("a fork of the end", {"seq": "2", "prev": "{opening}"}, "seq 2 does not continue the feed"),
    ("a leap", {"seq": "9", "prev": "{claim}"}, "seq 9 does not stand on the feed's chain"),
    ("a new root", {"seq": "1"}, "seq 1 does not stand on the feed's chain"),
    ("seen by nobody", {"seq": "3", "prev": "{claim}", "saw": (NOBODY,)}, f"`saw` names {NOBODY}"),
]


def test_a_forged_place_in_the_order_is_refused(landed: tuple[Seat, Seat]) -> None:
    _, seat = landed
    opening, claim = (one.stem for one in sorted((seat.path / "feed").rglob("*.md")))
    for name, fields, said in FORGED:
        given = {
            field: value.format(opening=opening, claim=claim) if isinstance(value, str) else value
            for field, value in fields.items()
        }
        seat.writes(
            body="hello", at="2026-04-15T03:51:00.000Z", **(given | {"kind": "note", "item": "CMB-0001"})
        )
        commits(seat)
        heard = refused(seat, "origin", "HEAD:main")
        assert said in heard and "[forked-feed]" in heard, name
        seat.git("reset", "-q", "--hard", "origin/main")


def test_nothing_of_a_post_acts_on_the_pushers_terminal(landed: tuple[Seat, Seat]) -> None:
    _, seat = landed
    seat.writes(item="CMB-0001", state="DONE", body="\x1b]0;owned\x07\x1b[2J\u202edone")
    commits(seat)
    said = refused(seat, "origin", "HEAD:main")
    assert "[hidden-characters]" in said and r"\x1b]0;owned" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


def test_settings_that_are_wrong_or_newer_are_refused(guarded: Path) -> None:
    (seat,) = seats(guarded, "A-1")
    commit_file(seat.path, "feed/ledger.yaml", "claim_tll: 2h\n")
    assert "[bad-config]" in refused(seat, "origin", "HEAD:main")
    commit_file(seat.path, "feed/ledger.yaml", "format: 2\n")
    assert "asks for a format above 1" in refused(seat, "origin", "HEAD:main")
    commit_file(seat.path, "feed/ledger.yaml", "claim_ttl: 1h\n")
    seat.git("push", "-q", "origin", "HEAD:main")


def test_a_symbolic_name_of_the_feed_branch_is_the_feed_branch(guarded: Path) -> None:
    git(guarded, "symbolic-ref", "refs/heads/master", "refs/heads/main")
    (seat,) = seats(guarded, "A-1")
    seat.writes(item="CMB-0007", state="AWAITING_CLAIM", subject="Unreserved")
    commits(seat)
    assert "CMB-0007 was not reserved [unreserved-ticket]" in refused(seat, "origin", "HEAD:master")


# The incidents, by hands that go past every hook


def test_incident_1_a_number_that_nobody_reserved(guarded: Path) -> None:
    """CAMBER-01 files CMB-0036, ORA-01 files CMB-0036, each counting from memory."""
    camber, ora = seats(guarded, "CAMBER-01", "ORA-01")
    for seat in (camber, ora):
        seat.writes(item="CMB-0036", state="AWAITING_CLAIM", subject=f"Work of {seat.name}")
        commits(seat)
        assert "CMB-0036 was not reserved [unreserved-ticket]" in refused(seat, "origin", "HEAD:main")


def test_the_first_number_of_a_series_in_which_one_is_reserved(guarded: Path) -> None:
    """By plain git, without a tip: nobody may take number 1 as if the series were new."""
    camber, ora = seats(guarded, "CAMBER-01", "ORA-01")
    ora.git("push", "-q", "origin", f"{reservation(ora)}:refs/reserve/CMB/5")
    camber.writes(item="CMB-0001", state="AWAITING_CLAIM", subject="Work")
    commits(camber)
    assert "CMB-0001 was not reserved [unreserved-ticket]" in refused(camber, "origin", "HEAD:main")


def test_incident_2_an_opening_of_a_ticket_that_is_there(guarded: Path) -> None:
    """CAMBER-12 files CMB-0105 (card grouping); CAMBER-02 another CMB-0105 from a mass dispatch."""
    first, second = seats(guarded, "CAMBER-12", "CAMBER-02")
    first.raises_tip("CMB", 104)
    assert first.files("CMB", "Card grouping") == "CMB-0105"
    second.writes(
        item="CMB-0105", state="AWAITING_CLAIM", subject="Audio playback", at="2026-04-16T20:24:06.000Z"
    )
    commits(second)
    said = refused(second, "origin", "HEAD:main")
    assert "[double-opening]" in said and "[reserved-by-another]" in said


def test_incident_3_done_by_a_seat_that_holds_nothing(landed: tuple[Seat, Seat]) -> None:
    _, stranger = landed
    stranger.writes(item="CMB-0001", state="DONE", body="done")
    commits(stranger)
    assert "[not-the-holder]" in refused(stranger, "origin", "HEAD:main")


def test_incident_4_a_ruling_that_leaves_tickets_waiting(guarded: Path) -> None:
    seat, strat = seats(guarded, "CAMBER-01", "STRAT-2")
    for subject in ("The collision", "One", "Two"):
        seat.files("FLT", subject)
    for item in ("FLT-0002", "FLT-0003"):
        seat.ok("block", item, "--on", "ruling:FLT-0001")
    strat.writes(
        kind="ruling", rules_on=("FLT-0001",), subject="Which stands", body="ABSORB: FLT-0002 -> DONE (so)"
    )
    commits(strat)
    said = refused(strat, "origin", "HEAD:main")
    assert "ruling leaves FLT-0003 waiting [missed-absorb]" in said
    assert "fix: add `ABSORB: FLT-0003 -> AWAITING_CLAIM" in said


def test_incidents_5_and_6_a_ruling_that_goes_in_a_circle_and_then_one_that_does_not(guarded: Path) -> None:
    """Work is absorbed by a ticket that itself waits for the ruling: refused, until that one is freed too."""
    seat, strat = seats(guarded, "CAMBER-01", "STRAT-2")
    for subject in ("The collision", "The first meaning", "The live one"):
        seat.files("FLT", subject)
    for item in ("FLT-0002", "FLT-0003"):
        seat.ok("block", item, "--on", "ruling:FLT-0001")
    circle = "ABSORB: FLT-0002 -> DONE absorbed-by:FLT-0003"
    strat.writes(circle, kind="ruling", rules_on=("FLT-0001",), subject="Which stands")
    commits(strat)
    said = refused(strat, "origin", "HEAD:main")
    assert "[circular-wait]" in said and "ruling leaves FLT-0003 waiting [missed-absorb]" in said
    absorb = ("--absorb", circle.removeprefix("ABSORB: "), "--absorb", "FLT-0003 -> AWAITING_CLAIM")
    strat.ok("rule", "--on", "FLT-0001", "--reserve", "FLT", *absorb)
    told = seat.ok("show", "FLT-0002")
    assert (told["state"], told["absorbed_by"]) == ("DONE", "FLT-0003")
    assert seat.queue()["FLT-0003"]["state"] == "AWAITING_CLAIM"


# Transports, and who pushes


@pytest.mark.parametrize("scheme", ["file", "git", "http"])
def test_the_guard_stands_behind_every_transport(guarded: Path, scheme: str) -> None:
    with serving(scheme, guarded) as url:
        (seat,) = seats(guarded, "A-1")
        seat.git("remote", "set-url", "origin", url)
        assert seat.files("CMB", "Work") == "CMB-0001"
        seat.writes(item="CMB-0001", state="DONE", body="done")
        commits(seat)
        assert "[not-the-holder]" in refused(seat, "origin", "HEAD:main")
        assert "written once" in refused(seat, "origin", f":{NUMBER}")


CONFIG = "seats:\n  otto: {surfaces: [otto-cli]}\n  ora: {}\n"


@pytest.mark.parametrize(("name", "passes"), [("ora", False), ("otto", True), ("otto-cli", True)])
def test_a_seat_posts_only_as_itself(
    guarded: Path, monkeypatch: pytest.MonkeyPatch, name: str, passes: bool
) -> None:
    """`otto-cli` posts; the web server says who pushes, in the environment of its hooks."""
    (seat,) = seats(guarded, "otto-cli")
    commit_file(seat.path, "feed/ledger.yaml", CONFIG)
    seat.git("push", "-q", "origin", "HEAD:main")
    monkeypatch.setenv("REMOTE_USER", name)
    with serving("http", guarded) as url:
        monkeypatch.delenv("REMOTE_USER")
        seat.git("remote", "set-url", "origin", url)
        seat.writes(kind="note", body="hello")
        commits(seat)
        if passes:
            seat.git("push", "-q", "origin", "HEAD:main")
        else:
            said = refused(seat, "origin", "HEAD:main")
            assert "ora pushes, and posts as otto-cli: a seat posts only as itself" in said


@pytest.mark.parametrize(
    ("variables", "who"),
    [
        ({}, None),
        ({"REMOTE_USER": ""}, None),
        ({"REMOTE_USER": "a"}, "a"),
        ({"GL_USERNAME": "b"}, "b"),
        ({"GL_USER": "c"}, "c"),
        ({"GL_USER": "c", "LEDGER_PUSHER": "d"}, "d"),
    ],
)
def test_who_pushes(variables: dict[str, str], who: str | None) -> None:
    assert find_pusher(variables) == who


# Installation


def test_install_says_what_it_did_and_is_safe_to_repeat(tmp_path: Path) -> None:
    remote = bare_remote(tmp_path)
    assert plainly(remote, "guard", "check").code == 1
    before = json.loads(plainly(remote, "guard", "check", "--json").out)
    index = {"current": True, "behind": 0}
    assert before == {"schema": 1, "branch": "ledger", "settings": {}, "index": index, "ok": False}
    install(remote, "--branch", "main")
    text = (remote / "hooks" / "pre-receive").read_text()
    install(remote)
    assert (remote / "hooks" / "pre-receive").read_text() == text
    ran = plainly(remote, "guard", "check", "--json")
    assert (ran.code, json.loads(ran.out)) == (
        0,
        {
            "schema": 1,
            "branch": "main",
            "hook": str(remote / "hooks" / "pre-receive"),
            "settings": {
                "core.fsync": "committed",
                "receive.autogc": "false",
                "transfer.fsckObjects": "true",
            },
            "index": index,
            "ok": True,
        },
    )


def test_it_guards_the_branch_on_which_clones_begin_the_feed(tmp_path: Path) -> None:
    """Installed before there is one; `init` and posts on it pass, and what the rules refuse does not."""
    remote = bare_remote(tmp_path)
    install(remote)
    seat = clone(remote, tmp_path / "clone", "A-1", None)
    assert seat.ok("init", "--ci", "github")["branch"] == "ledger"
    assert seat.files("CMB", "Work") == "CMB-0001"
    assert seat.ok("note", "CMB-0001", "x", "--propose", "posts")["proposed"] == "posts"
    seat.git("fetch", "-q")
    assert "only grows" in refused(seat, "-f", "origin", "origin/ledger~1:ledger")


def test_the_branch_of_the_feed(tmp_path: Path) -> None:
    remote = bare_remote(tmp_path)
    install(remote, "--branch", "ledger")
    install(remote)
    assert json.loads(plainly(remote, "guard", "check", "--json").out)["branch"] == "ledger"
    (seat,) = seats(remote, "A-1")
    seat.writes(item="CMB-0007", state="AWAITING_CLAIM", subject="Unreserved")
    commits(seat)
    seat.git("push", "-q", "origin", "HEAD:main")
    assert "CMB-0007 was not reserved" in refused(seat, "origin", "HEAD:ledger")


def test_settings_send_nobody_to_a_branch_that_is_not_there(guarded: Path) -> None:
    """Each clone would begin another feed there; a move brings the branch along."""
    (seat,) = seats(guarded, "A-1")
    seat.files("CMB", "Work")
    seat.git("fetch", "-q")
    seat.git("checkout", "-q", "--detach", "origin/main")
    (seat.path / "feed" / "ledger.yaml").write_text("format: 1\nbranch: nowhere\n")
    commits(seat)
    assert "is on nowhere, which is not there" in refused(seat, "origin", "HEAD:main")
    assert seat.ok("init", "--move-to", "nowhere")["branch"] == "nowhere"


def test_check_finds_that_the_feed_moved_to_a_branch_that_nothing_guards(guarded: Path) -> None:
    (seat,) = seats(guarded, "A-1")
    seat.files("CMB", "Work")
    seat.ok("init", "--move-to", "ledger")
    said = plainly(guarded, "guard", "check")
    assert said.code == 1 and "says that the feed is on ledger" in said.err
    install(guarded, "--branch", "ledger")
    assert plainly(guarded, "guard", "check").code == 0
    assert "only grows" in refused(seat, "-f", "origin", "HEAD:ledger")


def test_check_finds_what_is_broken(guarded: Path) -> None:
    git(guarded, "config", "core.fsync", "none")
    said = plainly(guarded, "guard", "check")
    assert (said.code, said.err) == (1, "wrong: core.fsync is none, not committed\n")
    install(guarded)
    gone(guarded)
    said = plainly(guarded, "guard", "check")
    assert said.code == 1 and "does not run" in said.err


def test_a_repository_with_a_working_tree_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "work")
    ran = plainly(tmp_path, "guard", "install", "work", "--json")
    assert (ran.code, json.loads(ran.out)["error"]["kind"]) == (2, "usage")
    assert "has a working tree" in json.loads(ran.out)["error"]["message"]
    assert plainly(tmp_path, "guard", "install", "nowhere").code == 2
    assert plainly(tmp_path, "guard", "frobnicate", "work").code == 2


def test_a_hook_that_was_there_runs_first_with_the_same_words(tmp_path: Path) -> None:
    remote = bare_remote(tmp_path)
    hook(remote, "pre-receive", 'cat >"$GIT_DIR/heard"; ! grep -q forbidden "$GIT_DIR/heard"')
    install(remote, "--branch", "main")
    install(remote)
    (seat,) = seats(remote, "A-1")
    assert seat.files("CMB", "Work") == "CMB-0001"
    heard = {line.split()[2] for line in (remote / "heard").read_text().splitlines()}
    assert heard == {"refs/heads/main", NUMBER, TIP}
    assert "hook declined" in seat.git_refuses("push", "origin", "HEAD:forbidden")
    assert "written once" in refused(seat, "origin", f":{NUMBER}")


def gone(remote: Path) -> None:
    """Let the interpreter that the hook calls be gone."""
    file = remote / "hooks" / "pre-receive"
    file.write_text(file.read_text().replace(sys.executable, "/nowhere/python"))


def test_without_its_program_the_guard_lets_nothing_in(guarded: Path) -> None:
    (seat,) = seats(guarded, "A-1")
    gone(guarded)
    commit_file(seat.path, "more.txt")
    before = refs(guarded)
    for spec in ("HEAD:main", f"{reservation(seat)}:{NUMBER}", "HEAD:other"):
        said = seat.git_refuses("push", "origin", spec)
        assert "the guard of this repository cannot judge (exit 127)" in said
        assert "/nowhere" not in said
        assert refs(guarded) == before


# The index


def test_install_makes_the_index_and_check_says_how_far_it_is_behind(tmp_path: Path) -> None:
    remote = bare_remote(tmp_path)
    (seat,) = seats(remote, "A-1")
    seat.files("CMB", "Work")
    seat.ok("claim", "CMB-0001")
    assert standing_index(remote) == 2
    env = replace(env_at(tmp_path), err=Terminal())
    assert run(["guard", "install", str(remote)], env) == 0
    assert isinstance(env.err, Terminal)
    assert "reading 2 posts…\n" in env.err.getvalue()
    assert standing_index(remote) == 0
    for words in ("one", "two"):
        seat.ok("note", "CMB-0001", words)
        assert standing_index(remote) == 1, "the push itself"
    install(remote)
    assert standing_index(remote) == 0


def test_in_the_repository_of_another_user_no_index_is_made(tmp_path: Path) -> None:
    """Those who push could not write it, and would read the whole feed each time."""
    remote = bare_remote(tmp_path)
    seats(remote, "A-1")[0].files("CMB", "Work")
    heard: list[int] = []
    told = guard.install_guard(remote, None, remote.stat().st_uid + 1, datetime.now(UTC), heard.append)
    assert (told.wrong, told.behind, heard) == ((), 1, [])
    assert not (remote / "ledger").exists()


def standing_index(remote: Path) -> int:
    """How many posts the index is behind."""
    told = json.loads(plainly(remote, "guard", "check", "--json").out)["index"]
    assert told["current"] is (told["behind"] == 0)
    return int(told["behind"])


def test_a_damaged_or_older_index_is_made_anew(landed: tuple[Seat, Seat], guarded: Path) -> None:
    one, _ = landed
    index = guarded / "ledger" / "index.db"
    for harm in (b"no database" * 1000, b""):
        index.write_bytes(harm)
        one.ok("note", "CMB-0001", "hello")
        assert index.read_bytes().startswith(b"SQLite format 3")
    index.unlink()
    index.mkdir()
    one.ok("note", "CMB-0001", "there is no place for an index")
    assert index.is_dir()


def test_the_index_follows_a_branch_that_was_put_back(landed: tuple[Seat, Seat], guarded: Path) -> None:
    """A maintainer sets the branch back on the server, and the history that was there is gone."""
    one, two = landed
    git(guarded, "update-ref", "refs/heads/main", "main~1")
    git(guarded, "reflog", "expire", "--expire=now", "--all")
    git(guarded, "gc", "-q", "--prune=now")
    two.ok("claim", "CMB-0001")
    assert one.queue()["CMB-0001"]["holder"]["seat"] == "B-1"


# Taking it away


def local_settings(remote: Path) -> set[str]:
    return set(git(remote, "config", "--local", "--list").splitlines())


def test_uninstall_leaves_the_repository_as_it_was(tmp_path: Path) -> None:
    remote = bare_remote(tmp_path)
    hook(remote, "pre-receive", "exit 0")
    git(remote, "config", "receive.autogc", "true")
    hooks = {file.name: file.read_text() for file in (remote / "hooks").iterdir()}
    before = local_settings(remote)
    install(remote, "--branch", "main")
    install(remote)
    ran = plainly(remote, "guard", "uninstall")
    assert ran.code == 0, ran.err
    assert {file.name: file.read_text() for file in (remote / "hooks").iterdir()} == hooks
    assert local_settings(remote) == {*before, "ledger.branch=main"}


def test_a_setting_that_somebody_changed_since_stays(tmp_path: Path) -> None:
    remote = bare_remote(tmp_path)
    install(remote, "--branch", "main")
    git(remote, "config", "receive.autogc", "maybe")
    assert plainly(remote, "guard", "uninstall").code == 0
    assert "receive.autogc=maybe" in local_settings(remote)


def test_git_itself_holds_a_repository_of_a_feed_alone(tmp_path: Path) -> None:
    """Announcements go all the same. With a branch of code, branches are free again."""
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    seat = clone(remote, tmp_path / "clone", "A-1", None)
    seat.ok("init")
    install(remote)
    strict = {"receive.denydeletes=true", "receive.denynonfastforwards=true"}
    assert strict <= local_settings(remote)
    assert seat.files("CMB", "Work") == "CMB-0001"
    ref = f"refs/ledger/announce/9c1e07a25b6d4f10/{token_hex(8)}"
    seat.git("push", "-q", "origin", f"{reservation(seat)}:{ref}")
    seat.git("push", "-q", "origin", f":{ref}")
    seat.git("push", "-q", "--no-verify", "origin", "origin/ledger:refs/heads/code")
    assert "deletion prohibited" in seat.git_refuses("push", "origin", ":code")
    ran = plainly(remote, "guard", "install")
    assert "receive.denyDeletes and receive.denyNonFastForwards stand as before" in ran.err
    assert not strict & local_settings(remote)
    seat.git("push", "-q", "origin", ":code")
