"""Who is who: seats exclude each other exactly, and no option ever swallows another."""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from tests.fleet import Seat, bare_remote, clone, fleet, plainly, refs
from tests.gitrun import new_repository

LONG = "a" * 63

PAIRS = {
    "two surfaces": ("otto-cli", "otto-desktop"),
    "a surface and the bare name": ("otto-cli", "otto"),
    "strangers": ("otto", "alexa-kiro"),
    "upper and lower case": ("otto-cli", "OTTO-CLI"),
    "one letter's case": ("otto", "Otto"),
    "the last of 64 letters": (LONG + "a", LONG + "b"),
    "one is the beginning of the other": ("seat-1", "seat-10"),
    "marks": ("a.b", "a_b"),
}


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare_remote(tmp_path)


@pytest.fixture
def otto(remote: Path, tmp_path: Path) -> Seat:
    return clone(remote, tmp_path / "otto", "otto")


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS)
def test_any_two_seats_exclude_each_other(one: str, other: str, otto: Seat) -> None:
    item = otto.opens_by_hand()
    holder, stranger = Seat(one, otto.path), Seat(other, otto.path)
    assert holder.ok("claim", item)["holder"]["seat"] == one
    refused = stranger.refused("claim", item)
    assert (refused["exit"], refused["kind"], refused["holder"]["seat"]) == (3, "held", one)


NO_VALUE = {
    "the next option": (("claim", "B-0444", "--worktree", "--json"), "--worktree"),
    "branch": (("claim", "B-0444", "--branch", "--worktree", "w", "--json"), "--branch"),
    "subject": (("append", "--reserve", "CMB", "--subject", "--lane", "x", "--json"), "--subject"),
    "a seat before the command": (("--seat", "--json", "claim", "B-0444"), "--seat"),
    "a seat after the command": (("claim", "B-0444", "--seat", "--json"), "--seat"),
    "a directory": (("-C", "--json", "claim", "B-0444"), "-C"),
    "nothing left": (("claim", "B-0444", "--json", "--worktree"), "--worktree"),
    "an empty worktree": (("claim", "B-0444", "--worktree", "", "--json"), "--worktree"),
    "an empty branch": (("claim", "B-0444", "--branch=", "--json"), "--branch"),
    "an empty seat": (("claim", "B-0444", "--seat", "", "--json"), "--seat"),
    "an empty directory": (("claim", "B-0444", "-C", "", "--json"), "-C"),
    "an empty subject": (("append", "--reserve", "CMB", "--subject", "", "--json"), "--subject"),
    "an empty one of init": (("init", "--seat", "", "--json"), "--seat"),
}


@pytest.mark.parametrize(("words", "option"), NO_VALUE.values(), ids=NO_VALUE)
def test_an_option_without_its_value_writes_nothing(
    words: tuple[str, ...], option: str, remote: Path, otto: Seat
) -> None:
    before = refs(remote)
    ran = plainly(otto.path, *words, variables={"LEDGER_SEAT": "otto"})
    error = ran.json["error"]
    assert (ran.code, error["exit"], error["kind"]) == (2, 2, "usage")
    assert f'"{option}"' in error["message"]
    assert refs(remote) == before


def test_a_value_is_taken_as_it_is(otto: Seat) -> None:
    item = str(otto.ok("append", "--reserve", "B", "--subject=--x", "--body=--y")["posts"][0]["item"])
    assert otto.queue()[item]["subject"] == "--x"
    assert otto.ok("claim", item)["holder"].keys() == {"seat", "since", "clone", "silent_from"}
    assert otto.ok("claim", item, "--worktree", "true")["holder"]["worktree"] == "true"
    forced = otto.ok("claim", item, "--branch=--json", "--worktree=--", "--json")
    assert (forced["holder"]["branch"], forced["holder"]["worktree"]) == ("--json", "--")


def test_global_options_stand_before_or_after_the_command(otto: Seat, tmp_path: Path) -> None:
    here, there = tmp_path, str(otto.path)
    before = plainly(here, "-C", there, "--seat", "x-1", "--json", "reserve", "CMB")
    after = plainly(here, "reserve", "CMB", "--json", "--seat=x-1", "-C", there)
    mixed = plainly(here, "--json", "reserve", "--seat", "x-1", "CMB", "-C", there)
    told = [ran.json["reserved"][0] for ran in (before, after, mixed)]
    assert [(one["item"], one["seat"]) for one in told] == [
        ("CMB-0001", "x-1"),
        ("CMB-0002", "x-1"),
        ("CMB-0003", "x-1"),
    ]
    version = plainly(here, "queue", "--version")
    assert version.out == plainly(here, "--version").out


def test_a_seat_of_the_commands_own(otto: Seat) -> None:
    """`init --seat` sets the seat of this clone, `log --seat` asks for a seat's posts."""
    assert plainly(otto.path, "init", "--seat", "otto-cli").code == 0
    assert otto.git("config", "ledger.seat") == "otto-cli"
    assert plainly(otto.path, "note", "one").code == 0
    assert plainly(otto.path, "note", "two", variables={"LEDGER_SEAT": "by-env"}).code == 0
    assert (
        plainly(otto.path, "note", "three", "--seat", "by-word", variables={"LEDGER_SEAT": "by-env"}).code
        == 0
    )
    posts = plainly(otto.path, "log", "--json").json["posts"]
    assert [one["seat"] for one in posts] == ["by-word", "by-env", "otto-cli"]
    mine = plainly(otto.path, "--seat", "by-word", "log", "--seat", "by-env", "--json").json["posts"]
    assert [one["body"] for one in mine] == ["two"]


def test_each_worktree_its_seat(otto: Seat, tmp_path: Path) -> None:
    """The worktree's own setting wins over the repository's, which is warned about once there are two."""
    otto.git("config", "ledger.seat", "shared")
    alone = plainly(otto.path, "note", "alone")
    assert (alone.code, "every worktree" in alone.err) == (0, False)
    otto.git("worktree", "add", "-q", "--detach", str(tmp_path / "second"))
    second = tmp_path / "second"
    together = plainly(second, "note", "together")
    assert (together.code, 'is the seat "shared"' in together.err) == (0, True)
    assert plainly(second, "init", "--seat", "its-own").code == 0
    own = plainly(second, "note", "own")
    assert (own.code, "every worktree" in own.err) == (0, False)
    posts = plainly(otto.path, "log", "--json").json["posts"]
    assert [one["seat"] for one in posts] == ["its-own", "shared", "shared"]


def test_exactly_one_document_for_every_exit(otto: Seat, tmp_path: Path) -> None:
    item = otto.opens_by_hand()
    Seat("other", otto.path).ok("claim", item)
    bad = otto.path / "feed" / "notes.md"
    bad.write_text("no post\n")
    alone = tmp_path / "alone"
    new_repository(alone)
    (alone / ".git" / "ledger").mkdir()
    ran = [
        otto.run("queue", "--json"),
        otto.run("check", "--json"),
        otto.run("claim", "--json"),
        otto.run("claim", item, "--json"),
        otto.run("note", "hello", "--offline", "--json"),
        plainly(otto.path, "note", "hello", "--json"),
    ]
    with FileLock(alone / ".git" / "ledger" / "host.lock"):
        beaten = Seat("otto", alone).run("note", "hello", "--timeout", "0.5", "--json")
    assert [one.code for one in (*ran, beaten)] == [0, 1, 2, 3, 4, 6, 5]
    for one in (*ran, beaten):
        assert one.out.count("\n") == 1
        document = json.loads(one.out)
        assert document["schema"] == 1
        assert ("error" in document) == (one.code not in (0, 1))
        assert document.get("error", {}).get("exit", one.code) == one.code


def test_one_document_without_a_command_too(tmp_path: Path) -> None:
    ran = plainly(tmp_path, "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (2, "usage")
    assert plainly(tmp_path, "--version", "--json").json["version"]


def test_two_clones_of_one_seat_are_told_of_each_other(tmp_path: Path) -> None:
    """The same seat, wherever it runs, holds its claim again; two agents that use one name learn of it."""
    here, there = fleet(tmp_path, "otto", "otto-b")
    item = here.opens_by_hand()
    first = here.ok("claim", item)
    again = Seat("otto", there.path)
    assert "from another clone" in again.run("turn", "open").err
    told = again.ok("claim", item)
    assert (told["claimed"], told["other_clone"]) == (True, first["holder"]["clone"])
    assert told["holder"]["clone"] != first["holder"]["clone"]
    assert "from another clone" not in again.run("claim", item).err
    aloud = here.run("claim", item)
    assert (aloud.code, f"from another clone ({told['holder']['clone']})" in aloud.err) == (0, True)


def test_a_claim_by_hand_names_no_clone(tmp_path: Path) -> None:
    """It is nobody's mistake, and the worktrees of one clone are one clone."""
    here, _ = fleet(tmp_path, "otto", "otto-b")
    item = here.opens_by_hand()
    here.writes(item=item, state="CLAIMED")
    here.forces()
    here.git("worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    beside = Seat("otto", tmp_path / "beside")
    told = beside.ok("claim", item)
    assert told["claimed"] is True and "other_clone" not in told
    beside.ok("claim", item, "--branch", "topic")
    assert "other_clone" not in here.ok("claim", item)
