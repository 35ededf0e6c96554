"""What people do with plain git beside a feed of its own branch: nothing that was acknowledged is lost.

The scenes are those in which a feed on a checked-out branch, in a repository without a remote, lost posts
and gave one claim to two seats.
"""

import random
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.core.ids import format_timestamp
from tests.fleet import Seat, fleet, plainly, standing
from tests.gitrun import commit_file, git, new_repository
from tests.proposals import opens


@pytest.fixture(params=[True, False], ids=["hooks", "no hooks"])
def otto(request: pytest.FixtureRequest, tmp_path: Path) -> Seat:
    """A seat at work on `main`, beside a feed with one open ticket; with the hooks of `init`, or without."""
    return standing(_build_hooked if request.param else _build_plain, tmp_path)[0]


def _build_hooked(folder: Path) -> list[Seat]:
    return _build_repository(folder, "init", "--seat", "otto")


def _build_plain(folder: Path) -> list[Seat]:
    return _build_repository(folder)


def _build_repository(folder: Path, *first: str) -> list[Seat]:
    """A repository with two commits of code and, after a first command, a ticket."""
    seat = Seat("otto", new_repository(folder / "repo"))
    commit_file(seat.path, "code.py", "1\n")
    seat.git("branch", "topic")
    commit_file(seat.path, "code.py", "2\n")
    if first:
        seat.ok(*first)
    seat.files("CMB", "One")
    return [seat]


@pytest.fixture
def ann(otto: Seat, tmp_path: Path) -> Seat:
    """Another seat, in a worktree of the same repository."""
    otto.git("worktree", "add", "-q", "-b", "ann", str(tmp_path / "ann"))
    return Seat("ann", tmp_path / "ann")


def conflicts(seat: Seat, *words: str) -> None:
    seat.git("switch", "-q", "topic")
    commit_file(seat.path, "code.py", "3\n")
    seat.git("switch", "-q", "main")
    seat.git_refuses(*words)


def rebases_and_aborts(otto: Seat, write: Callable[[], None]) -> None:
    conflicts(otto, "rebase", "topic")
    write()
    otto.git("rebase", "--abort")


def rebases_and_goes_on(otto: Seat, write: Callable[[], None]) -> None:
    conflicts(otto, "rebase", "topic")
    write()
    (otto.path / "code.py").write_text("both\n")
    otto.git("add", "code.py")
    otto.git("-c", "core.editor=:", "rebase", "--continue")


def resets_the_last_commit(otto: Seat, write: Callable[[], None]) -> None:
    write()
    otto.git("reset", "-q", "--hard", "HEAD~1")


def ends_a_conflicted_merge(otto: Seat, write: Callable[[], None]) -> None:
    conflicts(otto, "merge", "topic")
    write()
    otto.git("add", "code.py")
    otto.git("commit", "-q", "-m", "merged")


def switches_and_merges_back(otto: Seat, write: Callable[[], None]) -> None:
    write()
    otto.git("switch", "-q", "-c", "feature")
    commit_file(otto.path, "more.py")
    otto.git("switch", "-q", "main")
    otto.git("merge", "-q", "--no-ff", "-m", "merged", "feature")


def holds_its_index(otto: Seat, write: Callable[[], None]) -> None:
    """As an editor or a slow `git add` does."""
    lock = otto.path / ".git" / "index.lock"
    lock.touch()
    write()
    lock.unlink()
    otto.git("add", "-A")
    otto.git("commit", "-q", "--allow-empty", "-m", "mine")


def stashes(otto: Seat, write: Callable[[], None]) -> None:
    (otto.path / "code.py").write_text("changed\n")
    write()
    otto.git("stash", "-q")
    otto.git("stash", "pop", "-q")
    otto.git("commit", "-q", "-am", "mine")


SCENES = (
    *(rebases_and_aborts, rebases_and_goes_on, resets_the_last_commit, ends_a_conflicted_merge),
    *(switches_and_merges_back, holds_its_index, stashes),
)


@pytest.mark.parametrize("scene", SCENES)
def test_what_was_acknowledged_stays(scene: Callable[..., None], otto: Seat, ann: Seat) -> None:
    def write() -> None:
        assert ann.ok("claim", "CMB-0001")["claimed"] is True
        assert ann.files("CMB", "Two") == "CMB-0002"

    scene(otto, write)
    assert otto.refused("claim", "CMB-0001")["holder"]["seat"] == "ann"
    assert otto.queue().keys() == {"CMB-0001", "CMB-0002"}
    assert otto.ok("drift")["findings"] == []
    assert "feed" not in otto.git("ls-tree", "--name-only", "main").split()


@pytest.mark.parametrize(("writers", "deeds"), [(3, 20), pytest.param(8, 60, marks=pytest.mark.slow)])
def test_users_commits_beside_writers(otto: Seat, writers: int, deeds: int, tmp_path: Path) -> None:
    """All of them file, and all try to claim the same tickets, while commits are made in every way."""
    seats = [Seat(f"seat-{n}", tmp_path / f"tree-{n}") for n in range(writers)]
    for seat in seats:
        otto.git("worktree", "add", "-q", "-b", seat.name, str(seat.path))
    contested = [otto.files("CMB", f"Contested {n}") for n in range(3)]
    script = 'for i in 1 2 3; do "$@" append --reserve ORA --subject "$i" -q; done; '
    script += "".join(f'"$@" claim {item} -q; ' for item in contested)
    running = [
        subprocess.Popen(
            ["sh", "-c", script, "-", *seat.command("--timeout", "300")], stdout=subprocess.PIPE, text=True
        )
        for seat in seats
    ]
    ways = (("commit", "-qam", "x", "--allow-empty"), ("reset", "-q", "--hard", "HEAD~1"), ("stash", "-q"))
    chance = random.Random(1)
    for place in range(deeds):
        (otto.path / "code.py").write_text(f"{place}\n")
        otto.git(*(ways[0] if place < 3 else chance.choice(ways)))
    ended = [one.communicate()[0].splitlines() for one in running]
    filed = [line.split()[0] for lines in ended for line in lines if line.startswith("ORA-")]
    won = [line.split() for lines in ended for line in lines if " held by " in line]
    assert sorted(filed) == [f"ORA-{n:04}" for n in range(1, 3 * writers + 1)]
    holders = {item: row["holder"]["seat"] for item, row in otto.queue().items() if "holder" in row}
    assert {words[0]: words[3] for words in won} == holders and sorted(holders) == contested
    assert len(won) == len(contested)
    assert otto.queue().keys() == {*filed, *contested, "CMB-0001"}
    assert otto.ok("drift")["findings"] == []


# A checkout of the feed, by hand.


def checkout(seat: Seat, place: Path, *words: str) -> Seat:
    seat.git("worktree", "add", "-q", *words, str(place), "ledger")
    return Seat(seat.name, place)


def refused_commit(seat: Seat, rule: str) -> None:
    seat.git("add", "feed")
    assert f"[{rule}]" in seat.git_refuses("commit", "-m", "by hand")


@pytest.mark.parametrize("remote", [True, False], ids=["with a remote", "without one"])
def test_the_hooks_judge_a_checkout_of_the_feed(remote: bool, tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    if not remote:
        otto.git("remote", "remove", "origin")
    otto.ok("init", "--seat", "otto")
    hand = checkout(otto, tmp_path / "hand", *([] if remote else ["--detach"]))
    push = ("push", "-q", *(("origin", "ledger") if remote else (".", "HEAD:ledger")))
    good = ("append", "--reserve", "CMB", "--subject", "Good", "--stage")
    hand.ok(*good)
    hand.git("commit", "-q", "-m", "good")
    hand.git(*push)
    assert otto.queue().keys() == {"CMB-0001"}
    opens(hand, "CMB-0099", "Nobody reserved it", at=format_timestamp(datetime.now(UTC)))
    refused_commit(hand, "unreserved-ticket")
    hand.git("commit", "-q", "--no-verify", "-m", "past the hook")
    assert "[unreserved-ticket]" in hand.git_refuses(*push)
    assert otto.queue().keys() == {"CMB-0001"}


def test_a_checkout_of_the_feed_is_no_second_seat(otto: Seat, tmp_path: Path) -> None:
    otto.git("config", "ledger.seat", "otto")
    checkout(otto, tmp_path / "hand", "--detach")
    assert "every worktree" not in plainly(otto.path, "note", "one").err
    otto.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "second"))
    assert "every worktree" in plainly(otto.path, "note", "two").err


@pytest.mark.parametrize("remote", [True, False], ids=["with a remote", "without one"])
def test_a_post_beside_code_is_told_where_it_belongs(remote: bool, tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    if not remote:
        otto.git("remote", "remove", "origin")
    otto.ok("init", "--seat", "otto")
    opens(
        otto,
        otto.ok("reserve", "CMB")["reserved"][0]["item"],
        "Astray",
        at=format_timestamp(datetime.now(UTC)),
    )
    otto.git("add", "feed")
    said = otto.git_refuses("commit", "-m", "beside code")
    assert "[misplaced-post]" in said and 'its own branch "ledger"' in said
    command = said.partition("`git worktree")[2].partition("`")[0]
    subprocess.run(["sh", "-c", f"git worktree{command}"], cwd=otto.path, check=True, capture_output=True)
    otto.git("rm", "-rq", "--cached", "feed")
    for name in (otto.path / "feed").iterdir():
        subprocess.run(["cp", "-r", str(name), str(tmp_path / "feed" / "feed")], check=True)
    hand = Seat("otto", tmp_path / "feed")
    hand.git("add", "feed")
    hand.git("commit", "-q", "-m", "where it belongs")


@pytest.mark.parametrize("remote", [True, False], ids=["with a remote", "without one"])
@pytest.mark.parametrize("path", ["feed/parser.md", "feed/2026/news.md"])
def test_code_may_have_a_folder_of_that_name(path: str, remote: bool, tmp_path: Path) -> None:
    """A blog's entries, or code about feeds: neither a feed nor posts that went astray."""
    (otto,) = fleet(tmp_path, "otto", branch=None)
    commit_file(otto.path, path)
    otto.git("push", "-q", "origin", "main")
    if not remote:
        otto.git("remote", "remove", "origin")
    assert otto.ok("init", "--seat", "otto")["branch"] == "ledger"
    otto.files("CMB", "One")
    commit_file(otto.path, f"{path}.md")
    otto.git("rm", "-q", path)
    otto.git("commit", "-q", "-m", "removed")
    if remote:
        otto.git("push", "-q", "origin", "main")
    assert otto.ok("check")["findings"] == otto.ok("check", "--all")["findings"] == []
    opens(otto, "CMB-0001", "Astray", at=format_timestamp(datetime.now(UTC)))
    refused_commit(otto, "misplaced-post")


def test_the_scene_of_a_feed_on_main_is_refused_from_the_start(tmp_path: Path) -> None:
    """Somebody set it so by hand; nothing lands that git could take back."""
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.py")
    git(repo, "config", "ledger.branch", "main")
    git(repo, "config", "ledger.seat", "otto")
    before = git(repo, "rev-parse", "main")
    ran = plainly(repo, "append", "--reserve", "CMB", "--subject", "One", "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (3, "needs-own-branch")
    assert (git(repo, "rev-parse", "main"), git(repo, "for-each-ref", "refs/reserve")) == (before, "")
