"""`--propose NAME`: posts on a branch of the remote for a review, from a clone that has no checkout of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.fleet import Seat, fleet, refs, standing
from tests.gitrun import commit_file, git, new_repository

OPEN = ("append", "--reserve", "CMB", "--subject", "Proposed", "--propose", "posts/otto")


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    """Two seats, a feed of its own branch, and one landed ticket."""
    return standing(_build_seats, tmp_path)


def _build_seats(folder: Path) -> list[Seat]:
    otto, anna = fleet(folder, "otto", "anna", branch=None)
    otto.ok("init")
    anna.files("CMB", "Landed")
    return [otto, anna]


def user_state(seat: Seat) -> tuple[str, ...]:
    asked = (
        ("for-each-ref", "refs/heads"),
        ("symbolic-ref", "HEAD"),
        ("status", "--porcelain"),
        ("ls-files",),
    )
    return tuple(seat.git(*words) for words in asked)


def posts_on(remote: Path, branch: str) -> list[str]:
    return git(remote, "ls-tree", "-r", "--name-only", branch, "feed/2026").splitlines()


def merges(seat: Seat, place: Path, name: str) -> None:
    """Merge a proposal into the feed, as a host does."""
    seat.git("fetch", "-q")
    seat.git("worktree", "add", "-q", "--detach", str(place), "origin/ledger")
    git(place, "merge", "-q", "--no-ff", "-m", "Merge", f"origin/{name}")
    git(place, "push", "-q", "origin", "HEAD:ledger")


def test_it_is_reviewed_and_lands_by_a_merge(seats: list[Seat], tmp_path: Path) -> None:
    otto, anna = seats
    remote = tmp_path / "remote.git"
    before, feed = user_state(otto), git(remote, "rev-parse", "ledger")
    answer = otto.ok(*OPEN)
    assert (answer["proposed"], answer["posts"][0]["item"]) == ("posts/otto", "CMB-0002")
    assert "staged" not in answer and "commit" not in answer
    assert user_state(otto) == before
    assert git(remote, "rev-parse", "ledger", "posts/otto~1").splitlines() == [feed, feed]
    assert anna.queue().keys() == {"CMB-0001"}
    assert anna.files("CMB", "The number is taken") == "CMB-0003"
    otto.git("fetch", "-q")
    told = otto.ok("review", "origin/ledger..origin/posts/otto")
    assert [one["item"] for one in told["changes"]] == ["CMB-0002"] and told["findings"] == []
    merges(otto, tmp_path / "merge", "posts/otto")
    assert anna.queue().keys() == {"CMB-0001", "CMB-0002", "CMB-0003"}
    assert anna.ok("drift")["findings"] == []


def test_the_same_command_again_proposes_nothing_more(seats: list[Seat], tmp_path: Path) -> None:
    """While it waits, and after it was merged."""
    otto, _ = seats
    words = (*OPEN, "--intent", "00000000000000aa")
    first = otto.ok(*words)
    before = refs(tmp_path / "remote.git")
    again = otto.ok(*words)
    assert (again["posts"], again["proposed"]) == (first["posts"], "posts/otto")
    merges(otto, tmp_path / "merge", "posts/otto")
    landed = otto.ok(*words)
    assert landed["posts"][0]["post"] == first["posts"][0]["post"]
    after = {row.partition(" ")[0] for row in refs(tmp_path / "remote.git").splitlines()}
    assert after == {row.partition(" ")[0] for row in before.splitlines()}


VERBS: dict[str, tuple[str, ...]] = {
    "note": ("note", "CMB-0001", "Looks fine."),
    "amend": ("amend", "CMB-0001", "--priority", "HIGH", "--why", "urgent"),
    "block": ("block", "CMB-0001", "--why", "waits for parts"),
    "park": ("park", "CMB-0001", "--why", "later"),
    "cancel": ("cancel", "CMB-0001", "--why", "not needed"),
}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, id=verb, marks=[pytest.mark.slow] if n > 1 else [])
        for n, (verb, words) in enumerate(VERBS.items())
    ],
)
def test_a_branch_of_posts_grows_also_when_the_feed_went_on(
    words: tuple[str, ...], seats: list[Seat], tmp_path: Path
) -> None:
    otto, anna = seats
    otto.ok(*OPEN)
    anna.files("CMB", "Meanwhile")
    assert anna.ok(*words, "--propose", "posts/otto")["proposed"] == "posts/otto"
    remote = tmp_path / "remote.git"
    assert len(posts_on(remote, "posts/otto")) == 3 and len(posts_on(remote, "ledger")) == 2
    merges(otto, tmp_path / "merge", "posts/otto")
    assert len(posts_on(remote, "ledger")) == 4
    assert anna.ok("drift")["findings"] == []


def test_two_propose_on_one_branch_at_once(seats: list[Seat], tmp_path: Path) -> None:
    running = [one.start(*OPEN, "--json", "--timeout", "300") for one in seats]
    ended = [one.communicate() for one in running]
    assert [one.returncode for one in running] == [0, 0], ended
    assert len(posts_on(tmp_path / "remote.git", "posts/otto")) == 3


def refusals(otto: Seat, place: Path) -> dict[str, Any]:
    otto.git("push", "-q", "origin", "main:refs/heads/code")
    otto.git("push", "-q", "origin", "origin/ledger:refs/heads/merged")
    otto.git("worktree", "add", "-q", "-b", "mine", str(place))
    names = ("ledger", "main", "code", "merged", "mine", "no..name")
    return {name: otto.refused(*OPEN[:-1], name)["kind"] for name in names}


def test_no_other_branch_is_written(seats: list[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    otto.git("fetch", "-q")
    kinds = refusals(otto, tmp_path / "mine")
    before = refs(tmp_path / "remote.git")
    assert kinds.pop("no..name") == "usage"
    assert set(kinds.values()) == {"wrong-branch"}
    assert refs(tmp_path / "remote.git") == before and "refs/reserve/CMB/2" not in before


def test_where_the_feed_shares_main_a_code_branch_is_refused_too(tmp_path: Path) -> None:
    otto, _ = fleet(tmp_path, "otto", "anna")
    otto.files("CMB", "Landed")
    otto.git("switch", "-q", "-c", "topic")
    commit_file(otto.path, "code.py")
    otto.git("push", "-q", "origin", "topic")
    otto.git("switch", "-q", "main")
    assert otto.refused(*OPEN[:-1], "topic")["kind"] == "wrong-branch"
    assert otto.ok(*OPEN)["proposed"] == "posts/otto"
    assert otto.ok("note", "CMB-0001", "x", "--propose", "posts/otto")["proposed"] == "posts/otto"


def test_rights_are_not_proposed(seats: list[Seat]) -> None:
    otto, _ = seats
    claim = ("append", "--item", "CMB-0001", "--state", "CLAIMED", "--propose", "x")
    assert otto.refused(*claim)["kind"] == "usage"
    assert otto.refused(*OPEN, "--stage")["kind"] == "usage"


def test_without_a_remote_it_is_a_branch_here(tmp_path: Path) -> None:
    otto = Seat("otto", new_repository(tmp_path / "repo"))
    commit_file(otto.path, "code.py")
    otto.files("CMB", "Landed")
    assert otto.ok(*OPEN)["posts"][0]["item"] == "CMB-0002"
    assert len(posts_on(otto.path, "posts/otto")) == 2 and len(posts_on(otto.path, "ledger")) == 1
    assert otto.git("status", "--porcelain") == ""
