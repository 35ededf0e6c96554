"""`init` on every kind of repository: one feed, nothing left to commit, nothing of the user's touched."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.core.config.config import parse_config
from tests.faces.envs import run_at
from tests.fleet import Ran, Seat, bare_remote, clone, fleet, refs
from tests.gitrun import clone_of, commit_file, git, new_repository, new_server

FILES = ["feed/.gitattributes", "feed/README.md", "feed/ledger.yaml"]


def init(place: Path, *words: str, code: int = 0) -> Any:
    """Run `init` as the seat otto, which must end with this code."""
    said = run_at(place, "init", "--json", *(words or ("--seat", "otto")))
    assert said.code == code, said
    return json.loads(said.out)


def state(place: Path) -> tuple[str, ...]:
    """What is the user's own: branches, HEAD, index, status, stash."""
    asked = (
        ("for-each-ref", "refs/heads", "refs/stash"),
        ("symbolic-ref", "HEAD"),
        ("ls-files", "-s"),
        ("status", "--porcelain"),
    )
    return tuple(git(place, *words) for words in asked)


def feed_of(repository: Path, branch: str = "ledger") -> list[str]:
    return git(repository, "ls-tree", "-r", "--name-only", branch).splitlines()


def at_work(place: Path) -> Path:
    """Give a repository commits, a staged file, a changed one and one that git does not know."""
    commit_file(place, "code.py")
    (place / "staged.py").write_text("staged\n")
    git(place, "add", "staged.py")
    (place / "code.py").write_text("changed\n")
    (place / "unknown.py").write_text("unknown\n")
    return place


def empty(folder: Path) -> tuple[Path, Path]:
    place = new_repository(folder / "repo")
    return place, place


def without_a_remote(folder: Path) -> tuple[Path, Path]:
    place = at_work(new_repository(folder / "repo"))
    return place, place


def with_an_empty_remote(folder: Path) -> tuple[Path, Path]:
    server = new_server(folder / "server.git")
    return clone_of(server, folder / "clone"), server


def not_pushed_yet(folder: Path) -> tuple[Path, Path]:
    server = new_server(folder / "server.git")
    return at_work(clone_of(server, folder / "clone")), server


def a_clone(folder: Path) -> tuple[Path, Path]:
    return at_work(clone_of(bare_remote(folder), folder / "clone")), folder / "remote.git"


def a_linked_worktree(folder: Path) -> tuple[Path, Path]:
    place, server = a_clone(folder)
    git(place, "worktree", "add", "-q", "--detach", str(folder / "linked"))
    return folder / "linked", server


def a_worktree_of_a_bare_clone(folder: Path) -> tuple[Path, Path]:
    server = bare_remote(folder)
    git(folder, "clone", "-q", "--bare", str(server), "clone.git")
    git(folder / "clone.git", "worktree", "add", "-q", "-b", "work", str(folder / "linked"), "main")
    return folder / "linked", server


KINDS = (
    *(empty, without_a_remote, with_an_empty_remote, not_pushed_yet),
    *(a_clone, a_linked_worktree, a_worktree_of_a_bare_clone),
)


@pytest.mark.parametrize("kind", KINDS)
def test_it_begins_a_feed_on_a_branch_of_its_own_and_touches_nothing(kind: Any, tmp_path: Path) -> None:
    place, authority = kind(tmp_path)
    detached = kind is a_linked_worktree
    if detached:
        git(place, "switch", "-q", "-c", "mine")
    before = state(place)
    result = init(place)
    assert (result["branch"], sorted(result["created"])) == ("ledger", FILES)
    after = state(place)
    mine = "\n".join(line for line in after[0].splitlines() if not line.endswith("refs/heads/ledger"))
    assert (mine, *after[1:]) == before
    assert ("refs/heads/ledger" in after[0]) == (place == authority)
    assert feed_of(authority) == FILES
    config, findings = parse_config(git(authority, "show", "ledger:feed/ledger.yaml").encode())
    assert (config.branch, findings) == ("ledger", ())
    seat = Seat("otto", place)
    assert seat.files("CMB", "The first") == "CMB-0001"
    assert state(place)[1:] == before[1:]
    assert git(authority, "rev-list", "--count", "ledger") == "2"
    commits = refs(authority)
    assert init(place)["created"] == [] and refs(authority) == commits


def test_a_feed_begun_by_a_post_is_completed(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    otto.files("CMB", "Before init")
    assert sorted(init(otto.path)["created"]) == FILES
    assert otto.queue().keys() == {"CMB-0001"}


@pytest.mark.parametrize("shared", [True, False], ids=["two worktrees", "two clones"])
def test_two_at_once_begin_one_feed(shared: bool, tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna", branch=None)
    if shared:
        otto.git("worktree", "add", "-q", "--detach", str(tmp_path / "second"))
        anna = Seat("anna", tmp_path / "second")
    running = [one.start("init", "--seat", one.name, "--json") for one in (otto, anna)]
    ended = [one.communicate() for one in running]
    assert [one.returncode for one in running] == [0, 0], ended
    created = [json.loads(out)["created"] for out, _ in ended]
    assert sorted(map(len, created)) == [0, 3]
    assert git(tmp_path / "remote.git", "rev-list", "--count", "ledger") == "1"
    assert (otto.files("CMB", "One"), anna.files("CMB", "Two")) == ("CMB-0001", "CMB-0002")


def follow_next(seat: Seat, line: str) -> Ran:
    """Run what the last line of `init` says, in a shell, as the seat of its clone."""
    command = line.partition("git ledger ")[2]
    here = f"'{sys.executable}' -m ledger -C '{seat.path}' {command}"
    ran = subprocess.run(["sh", "-c", here], check=False, capture_output=True, text=True)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def test_it_says_what_is_there_and_what_comes_next(tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna", branch=None)
    said = run_at(otto.path, "init", "--seat", "otto")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["feed", "seat", "hooks", "next"]
    assert lines[0] == 'feed   branch "ledger" on origin: begun; there is nothing to commit'
    assert lines[1] == "seat   otto, in this clone"
    assert follow_next(otto, lines[3]).code == 0
    assert otto.queue().keys() == {"CMB-0001"}
    lines = run_at(anna.path, "init", "--seat", "anna").out.splitlines()
    assert lines[0] == 'feed   branch "ledger" on origin: it stands; there is nothing to commit'
    assert follow_next(anna, lines[-1]).out.startswith("CMB-0001 held by anna since ")


def test_where_all_is_there_already_it_says_which_seat_this_is(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    run_at(otto.path, "init", "--seat", "otto")
    again = run_at(otto.path, "init").out.splitlines()
    assert again[1] == "seat   otto, in this clone" and len(again) <= 5
    otto.git("worktree", "add", "-q", "--detach", str(tmp_path / "second"))
    second = run_at(tmp_path / "second", "init", "--seat", "second").out.splitlines()
    assert second[1] == "seat   second, in this working tree"


def test_without_a_seat_the_next_step_is_to_name_one(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    lines = run_at(otto.path, "init").out.splitlines()
    assert lines[1] == "seat   none yet" and lines[-1] == "next   git ledger init --seat NAME"


def test_beside_code_it_says_so_within_five_lines(tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna")
    otto.files("CMB", "The first")
    lines = run_at(anna.path, "init", "--seat", "anna").out.splitlines()
    assert len(lines) == 5 and "`git ledger init --move-to ledger`" in lines[1]


# A feed that is there already.


def test_a_feed_on_main_is_kept(tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna")
    otto.files("CMB", "The first")
    anna.git("config", "--unset", "ledger.branch")
    before = refs(tmp_path / "remote.git")
    result = init(anna.path, "--seat", "anna")
    assert (result["branch"], result["created"]) == ("main", [])
    assert refs(tmp_path / "remote.git") == before
    assert anna.queue().keys() == {"CMB-0001"}


def test_without_init_a_clone_finds_the_feed_where_it_is(tmp_path: Path) -> None:
    """Clones made after the feed began, before it, and before it began on main."""
    otto, older = fleet(tmp_path, "otto", "older", branch=None)
    otto.files("CMB", "The first")
    later = clone(tmp_path / "remote.git", tmp_path / "later", "later", None)
    assert older.queue() == later.queue() == otto.queue() != {}
    assert git(tmp_path / "remote.git", "branch", "--list", "--format=%(refname:short)") == "ledger\nmain"


def test_no_clone_begins_a_second_feed_beside_one_that_it_has_not_seen(tmp_path: Path) -> None:
    otto, older = fleet(tmp_path, "otto", "older")
    older.git("config", "--unset", "ledger.branch")
    otto.files("CMB", "On main")
    before = refs(tmp_path / "remote.git")
    error = older.refused("append", "--reserve", "CMB", "--subject", "Elsewhere?")
    assert (error["exit"], error["kind"], refs(tmp_path / "remote.git")) == (3, "wrong-branch", before)
    assert older.files("CMB", "The same command again") == "CMB-0002"


def test_no_second_feed_is_begun_beside_one_that_is_there(tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna", branch=None)
    otto.files("CMB", "One")
    before = refs(tmp_path / "remote.git")
    error = init(anna.path, "--branch", "feed2", code=3)["error"]
    assert (error["kind"], error["hint"]) == ("wrong-branch", "`git ledger init --branch ledger`")
    assert init(anna.path, "--branch", "feed2", "--offline")["branch"] == "feed2"
    assert anna.refused("append", "--reserve", "CMB", "--subject", "Elsewhere")["kind"] == "wrong-branch"
    assert refs(tmp_path / "remote.git") == before
    assert init(anna.path, "--branch", "ledger")["branch"] == "ledger"
    assert anna.queue().keys() == {"CMB-0001"}


# A branch shared with the code.


def test_a_shared_branch_gets_its_files_by_the_same_swap(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    at_work(otto.path)
    git(otto.path, "push", "-q", "origin", "main")
    before = state(otto.path)
    result = init(otto.path, "--branch", "main")
    assert (result["branch"], sorted(result["created"]), state(otto.path)) == ("main", FILES, before)
    assert feed_of(tmp_path / "remote.git", "main") == ["code.py", "code.txt", *FILES]
    said = run_at(otto.path, "init", "--branch", "main")
    assert 'it shares "main" with the code' in said.out


def test_without_a_remote_no_branch_is_shared(tmp_path: Path) -> None:
    place = at_work(new_repository(tmp_path / "repo"))
    git(place, "branch", "other")
    for branch in ("main", "other"):
        before = state(place)
        error = init(place, "--branch", branch, code=3)["error"]
        assert (error["kind"], state(place)) == ("needs-own-branch", before)
        assert "`git ledger init --branch ledger`" in error["hint"]
    assert init(place, "--branch", "ledger")["branch"] == "ledger"


@pytest.mark.parametrize(("branch", "instead"), [("main", "ledger"), ("ledger", "feed")])
def test_an_empty_repository_has_no_branch_to_share_either(branch: str, instead: str, tmp_path: Path) -> None:
    place = new_repository(tmp_path / "repo")
    git(place, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    error = init(place, "--branch", branch, code=3)["error"]
    assert error["kind"] == "needs-own-branch"
    assert error["hint"].startswith(f"`git ledger init --branch {instead}`")
    assert init(place, "--branch", instead)["branch"] == instead


@pytest.mark.parametrize("remote", [True, False], ids=["with a remote", "without one"])
def test_a_branch_of_the_code_that_is_called_ledger_is_left_alone(remote: bool, tmp_path: Path) -> None:
    place, authority = a_clone(tmp_path) if remote else without_a_remote(tmp_path)
    git(place, "branch", "ledger")
    if remote:
        git(place, "push", "-q", "origin", "ledger")
    rights = ("for-each-ref", "refs/heads", "refs/reserve")
    before = git(authority, *rights)
    seat = Seat("otto", place)
    refused = seat.refused("append", "--reserve", "CMB", "--subject", "Not there")
    error = init(place, code=3)["error"]
    assert (refused["kind"], error["kind"], git(authority, *rights)) == (*["needs-own-branch"] * 2, before)
    assert refused["hint"].startswith("`git ledger init --branch feed`")
    words = error["hint"].split("`")[1].removeprefix("git ledger init ").split()
    assert init(place, *words)["branch"] == "feed"
    assert seat.files("CMB", "One") == "CMB-0001"
    assert set(before.splitlines()) <= set(git(authority, *rights).splitlines())


def test_a_history_that_was_not_pushed_yet_is_not_passed_by(tmp_path: Path) -> None:
    """The feed was begun before there was a remote."""
    place = new_repository(tmp_path / "repo")
    commit_file(place, "code.py")
    seat = Seat("otto", place)
    seat.files("CMB", "Alone")
    server = new_server(tmp_path / "server.git")
    git(place, "remote", "add", "origin", str(server))
    error = init(place, code=3)["error"]
    assert error["kind"] == "no-branch"
    subprocess.run(["sh", "-c", error["hint"].split("`")[1]], cwd=place, check=True, capture_output=True)
    assert sorted(init(place)["created"]) == FILES
    assert seat.files("CMB", "Together") == "CMB-0002"


@pytest.mark.parametrize("remote", [True, False], ids=["with a remote", "without one"])
def test_branches_below_the_name_leave_no_room_for_the_feed(remote: bool, tmp_path: Path) -> None:
    place, authority = a_clone(tmp_path) if remote else without_a_remote(tmp_path)
    git(place, "branch", "ledger/rounding")
    if remote:
        git(place, "push", "-q", "origin", "ledger/rounding")
    error = init(place, code=4)["error"]
    assert error["message"].startswith('a branch "ledger" cannot stand beside "ledger/rounding"')
    words = error["hint"].split("`")[1].removeprefix("git ledger init ").split()
    assert init(place, *words, "--seat", "otto")["branch"] == "feed"
    seat = Seat("otto", place)
    assert seat.files("CMB", "One", "--propose", "posts/one") == "CMB-0001"
    error = seat.refused("append", "--reserve", "CMB", "--subject", "Two", "--propose", "posts")
    assert error["message"].startswith('a branch "posts" cannot stand beside "posts/one"')
    assert "name another branch" in error["hint"] and "posts" in git(authority, "branch", "--list", "posts/*")


def alone(folder: Path) -> Seat:
    """A seat whose repository was set up, and holds two tickets, before it got a remote."""
    place = new_repository(folder / "repo")
    commit_file(place, "code.py")
    init(place)
    seat = Seat("otto", place)
    assert (seat.files("CMB", "Alone"), seat.files("CMB", "Still alone")) == ("CMB-0001", "CMB-0002")
    return seat


def test_a_feed_that_has_hooks_is_pushed_with_its_numbers_to_its_first_remote(tmp_path: Path) -> None:
    seat = alone(tmp_path)
    git(seat.path, "remote", "add", "origin", str(new_server(tmp_path / "server.git")))
    errors = [
        seat.refused("queue"),
        seat.refused("note", "CMB-0001", "On it"),
        init(seat.path, code=3)["error"],
    ]
    assert [error["kind"] for error in errors] == ["no-branch"] * 3
    subprocess.run(
        ["sh", "-c", errors[0]["hint"].split("`")[1]], cwd=seat.path, check=True, capture_output=True
    )
    assert seat.queue().keys() == {"CMB-0001", "CMB-0002"}
    assert (init(seat.path)["created"], seat.files("CMB", "Together")) == ([], "CMB-0003")
    assert seat.ok("drift")["findings"] == []


def test_a_feed_of_this_repository_is_not_passed_by_for_another_of_its_first_remote(tmp_path: Path) -> None:
    seat = alone(tmp_path)
    (anna,) = fleet(tmp_path, "anna", branch=None)
    anna.files("CMB", "Of the remote")
    git(seat.path, "remote", "add", "origin", str(tmp_path / "remote.git"))
    before = git(seat.path, "rev-parse", "ledger")
    for error in (seat.refused("queue"), seat.refused("claim", "CMB-0001")):
        assert error["kind"] == "no-branch" and "`git log ledger`" in error["message"]
        assert error["hint"].startswith("`git ledger init`")
    said = run_at(seat.path, "init")
    assert said.code == 0 and "`git log ledger`" in said.err
    assert seat.queue()["CMB-0001"]["subject"] == "Of the remote"
    assert git(seat.path, "rev-parse", "ledger") == before


# A remote that is not reached.


@pytest.mark.parametrize("how", ["away", "offline"])
def test_what_is_missing_is_said_and_the_same_command_completes_it(how: str, tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna", branch=None)
    init(anna.path, "--seat", "anna")
    remote = tmp_path / "remote.git"
    if how == "away":
        remote.rename(tmp_path / "away.git")
    words = ("--offline",) if how == "offline" else ()
    said = run_at(otto.path, "init", "--seat", "otto", *words)
    assert said.code == 0 and "the same command again completes it" in said.err
    assert otto.git("config", "ledger.seat") == "otto"
    assert (otto.path / ".git" / "hooks" / "pre-commit").exists()
    if how == "away":
        (tmp_path / "away.git").rename(remote)
    assert init(otto.path)["created"] == []
    assert otto.git("config", "ledger.branch") == "ledger"


def test_a_remote_that_takes_no_push(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    shutil.copy("/bin/false", tmp_path / "remote.git" / "hooks" / "pre-receive")
    error = init(otto.path, code=4)["error"]
    assert error["kind"] == "refused-by-remote"
    (tmp_path / "remote.git" / "hooks" / "pre-receive").unlink()
    assert sorted(init(otto.path)["created"]) == FILES
