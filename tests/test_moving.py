"""`init --move-to`: the feed leaves a branch that it shared with code, whole, and nobody is left behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faces.envs import run_at
from tests.fleet import Seat, fleet, plainly, refs, standing
from tests.gitrun import commit_file, git, new_repository

MOVE = ("init", "--move-to", "ledger", "--json")


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    """Two seats whose feed shares `main` with code: landed by the tool and by hand, with settings."""
    return standing(_build_seats, tmp_path)


def _build_seats(folder: Path) -> list[Seat]:
    otto, anna = fleet(folder, "otto", "anna")
    otto.ok("init", "--branch", "main")
    otto.git("pull", "-q", "origin", "main")
    settings = otto.path / "feed" / "ledger.yaml"
    settings.write_text(settings.read_text().replace("# claim_ttl: 2h", "claim_ttl: 3h"))
    otto.forces()
    otto.files("CMB", "One")
    anna.ok("claim", "CMB-0001")
    anna.ok("reserve", "CMB")
    anna.git("pull", "-q", "origin", "main")
    anna.git("switch", "-q", "-c", "side")
    anna.opens_by_hand("CMB-0002", "By hand")
    otto.git("pull", "-q", "origin", "main")
    commit_file(otto.path, "more.py")
    otto.git("push", "-q", "origin", "main")
    otto.files("CMB", "Three")
    return [otto, anna]


def files(repository: Path, branch: str) -> dict[str, str]:
    """Each file of a branch with its object."""
    rows = git(repository, "ls-tree", "-r", branch).splitlines()
    return {row.partition("\t")[2]: row.split()[2] for row in rows}


def moves(seat: Seat) -> Any:
    said = run_at(seat.path, *MOVE)
    assert said.code == 0, said
    return json.loads(said.out)


def log(seat: Seat) -> Any:
    """The posts as they are ordered, without the commits."""
    return seat.ok("log")["posts"], seat.queue()


def test_it_moves_whole_and_leaves_word(seats: list[Seat], tmp_path: Path) -> None:
    otto, anna = seats
    remote = tmp_path / "remote.git"
    before, feed, code = files(remote, "main"), log(otto), git(remote, "rev-parse", "main")
    subjects = git(remote, "log", "--first-parent", "--format=%an %ad %s", "main", "--", "feed").splitlines()
    answer = moves(otto)
    assert (answer["branch"], answer["moved_from"]) == ("ledger", "main")
    after = files(remote, "ledger")
    posts = {path: oid for path, oid in before.items() if path.startswith("feed/2")}
    assert {path: oid for path, oid in after.items() if path.startswith("feed/2")} == posts
    assert all(path.startswith("feed/") for path in after)
    landed = git(remote, "log", "--first-parent", "--format=%an %ad %s", "ledger").splitlines()
    assert landed[1:] == subjects and landed[0].endswith("ledger: moved from main")
    assert log(otto) == feed and otto.git("status", "--porcelain") == ""
    assert otto.ok("drift")["findings"] == []
    assert git(remote, "log", "--format=%H", "-1", "main~1") == code
    assert before.keys() == files(remote, "main").keys()
    changed = [path for path, oid in files(remote, "main").items() if before[path] != oid]
    assert changed == ["feed/ledger.yaml"]
    for branch in ("main", "ledger"):
        text = git(remote, "show", f"{branch}:feed/ledger.yaml")
        assert "\nbranch: ledger\n" in text and "\nclaim_ttl: 3h" in text
    assert otto.files("CMB", "Four") == "CMB-0004"
    # whoever looks at the old place is refused, reads as well, and the hint leads to the new one
    for words in (("append", "--reserve", "CMB", "--subject", "x"), ("queue",), ("drift", "--fix")):
        error = anna.refused(*words)
        assert (error["kind"], error["hint"]) == ("wrong-branch", "`git ledger init --branch ledger`")
    assert anna.ok("init")["branch"] == "ledger"
    assert anna.queue() == otto.queue()


def test_again_it_moves_nothing(seats: list[Seat], tmp_path: Path) -> None:
    otto, anna = seats
    moves(otto)
    before = refs(tmp_path / "remote.git")
    assert "moved_from" not in moves(otto) and "moved_from" not in moves(anna)
    assert refs(tmp_path / "remote.git") == before
    assert anna.queue() == otto.queue()


def test_two_move_it_while_a_third_writes(seats: list[Seat], tmp_path: Path) -> None:
    otto, anna = seats
    cleo = Seat("cleo", anna.path)
    writer = [cleo.start("append", "--reserve", "ORA", "--subject", f"{n}", "--json") for n in range(3)]
    running = [one.start(*MOVE) for one in (otto, anna)]
    ended = [one.communicate() for one in running]
    assert [one.returncode for one in running] == [0, 0], ended
    assert [("moved_from" in json.loads(out)) for out, _ in ended].count(True) == 1
    said = [json.loads(one.communicate()[0]) for one in writer]
    landed = [one["posts"][0]["item"] for one in said if "posts" in one]
    refused = [one["error"]["kind"] for one in said if "error" in one]
    assert set(refused) <= {"wrong-branch"} and len(landed) + len(refused) == 3
    assert {item for item in otto.queue() if item.startswith("ORA")} == set(landed)
    assert otto.queue() == anna.queue()
    assert git(tmp_path / "remote.git", "log", "--format=%s", "main").count("ledger: moved to") == 1


def test_a_branch_that_holds_something_else_is_left(seats: list[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    otto.git("push", "-q", "origin", "HEAD~1:refs/heads/ledger")
    before = refs(tmp_path / "remote.git")
    assert json.loads(run_at(otto.path, *MOVE).out)["error"]["kind"] == "usage"
    assert refs(tmp_path / "remote.git") == before


def test_where_main_is_protected_the_word_comes_first(seats: list[Seat], tmp_path: Path) -> None:
    """It landed by a pull request; until the feed has moved nobody begins another one on the new branch."""
    otto, anna = seats
    otto.git("pull", "-q", "origin", "main")
    settings = otto.path / "feed" / "ledger.yaml"
    settings.write_text(settings.read_text().replace("branch: main", "branch: ledger"))
    otto.forces()
    error = json.loads(run_at(anna.path, "init", "--json").out)["error"]
    assert (error["kind"], error["hint"]) == ("no-branch", "`git ledger init --move-to ledger`")
    before = git(tmp_path / "remote.git", "rev-parse", "main")
    assert moves(anna)["moved_from"] == "main"
    assert git(tmp_path / "remote.git", "rev-parse", "main") == before
    assert anna.queue().keys() == {"CMB-0001", "CMB-0002", "CMB-0003"}


def test_without_the_remote_nothing_is_moved(seats: list[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    (tmp_path / "remote.git").rename(tmp_path / "away.git")
    assert json.loads(run_at(otto.path, *MOVE).out)["error"]["kind"] == "unreachable"
    assert otto.git("config", "ledger.branch") == "main"


@pytest.mark.parametrize("held", [True, False], ids=["checked out", "not checked out"])
def test_without_a_remote(held: bool, tmp_path: Path) -> None:
    """A feed that stands on `main` from older times: it is read, and a write says how to move it."""
    repo = new_repository(tmp_path / "repo")
    otto = Seat("otto", repo)
    commit_file(repo, "code.py")
    otto.writes(item="CMB-0001", state="AWAITING_CLAIM", subject="One")
    otto.git("add", "feed")
    otto.git("commit", "-q", "-m", "by hand")
    if not held:
        otto.git("switch", "-q", "-c", "work")
    assert otto.queue().keys() == {"CMB-0001"}
    before = otto.git("rev-parse", "main"), otto.git("ls-files", "-s"), otto.git("symbolic-ref", "HEAD")
    if held:
        error = otto.refused("claim", "CMB-0001")
        assert error["kind"] == "needs-own-branch" and "`git ledger init --move-to ledger`" in error["hint"]
    found = otto.ok("drift")["findings"]
    moves(otto)
    assert otto.ok("drift")["findings"] == found
    after = otto.git("rev-parse", "main"), otto.git("ls-files", "-s"), otto.git("symbolic-ref", "HEAD")
    assert after[1:] == before[1:] and (after[0] == before[0]) == held
    assert otto.git("status", "--porcelain") == ""
    assert otto.ok("claim", "CMB-0001")["claimed"] is True
    assert "moved_from" not in moves(otto)


def test_where_there_is_no_feed_it_begins_there(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    answer = moves(otto)
    assert "moved_from" not in answer and len(answer["created"]) == 3


def test_both_options_are_one_too_many(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    assert plainly(otto.path, *MOVE, "--branch", "main").code == 2
