"""The hooks of `init` at work: real commits, merges and pushes, beside whatever hooks were there before."""

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledger.app.setup.git_hooks import FORMER_FOLDER, HOOKS
from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from tests.fleet import Seat, bare_remote, clone, refs, standing
from tests.gitrun import commit_file, git

ROOT = Path(__file__).parent.parent
TOOL = Path(sys.executable).with_name("git-ledger")


def tried(seat: Seat, *words: str) -> tuple[int, str]:
    """Run git, which may fail: its exit code, and everything it said."""
    ran = subprocess.run(["git", *words], cwd=seat.path, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def by_hand(seat: Seat, item: str = "CMB-0002", subject: str = "Written by hand") -> Path:
    """Write and stage an opening under a number that nobody reserved."""
    at = datetime.now(UTC)
    name = make_post_id(at, seat.name, os.urandom(8).hex())
    fields = {"seat": seat.name, "at": format_timestamp(at), "kind": "actionable", "item": item}
    fields |= {"state": "AWAITING_CLAIM", "subject": subject}
    place = seat.path / path_of_post(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(render_post(list(fields.items()), ""))
    git(seat.path, "add", "--", str(place))
    return place


def staged(seat: Seat, subject: str = "Redline cards") -> Path:
    """Reserve a number, and stage the post that opens it."""
    told = seat.ok("append", "--reserve", "CMB", "--subject", subject, "--stage")
    return seat.path / str(told["posts"][0]["path"])


def executable(place: Path, script: str) -> Path:
    """A program in sh."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)
    return place


def set_up(seat: Seat) -> Any:
    """`init`, then a pull of what it landed."""
    told = seat.ok("init", "--seat", seat.name)
    git(seat.path, "pull", "-q", "origin", "main")
    return told


@pytest.fixture
def fresh(tmp_path: Path) -> Seat:
    """A clone in which the ledger was not set up yet."""
    return clone(bare_remote(tmp_path), tmp_path / "clone", "otto")


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    """A clone with the hooks turned on, and CMB-0001 filed."""
    return standing(_built, tmp_path)[0]


def _built(folder: Path) -> list[Seat]:
    one = clone(bare_remote(folder), folder / "clone", "otto")
    set_up(one)
    one.files("CMB", "The first")
    git(one.path, "pull", "-q", "origin", "main")
    return [one]


def stopped(said: str) -> bool:
    return "CMB-0002 was not reserved [unreserved-ticket]" in said and "fix: " in said


# What the hooks let pass, and what they stop.


def test_a_commit_without_feed_changes_starts_no_python(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = tmp_path / "called"
    for name in ("python", "python3", "git-ledger"):
        executable(tmp_path / "fakes" / name, f"echo {name} >>{called}")
    monkeypatch.setenv("PATH", f"{tmp_path / 'fakes'}{os.pathsep}{os.environ['PATH']}")
    git(seat.path, "config", "ledger.command", "git-ledger")
    by_hand(seat)
    git(seat.path, "reset", "-q")
    commit_file(seat.path, "src/feed/code.py")
    assert not called.exists()
    git(seat.path, "add", "feed")
    git(seat.path, "commit", "-q", "-m", "touches the feed")
    assert called.read_text() == "git-ledger\n"


def test_a_push_of_many_branches_and_tags_of_code_starts_one_git_and_no_python(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(seat.path, "switch", "-q", "--orphan", "code")
    commit_file(seat.path, "code.py")
    for place in range(20):
        git(seat.path, "branch", f"topic/{place}")
        git(seat.path, "tag", "-a", "-m", "v", f"v{place}")
    called = tmp_path / "called"
    executable(tmp_path / "fakes" / "git", f'echo "$1" >>{called}; exec {shutil.which("git")} "$@"')
    executable(tmp_path / "tool", f"echo tool >>{called}")
    git(seat.path, "config", "ledger.command", str(tmp_path / "tool"))
    before = git(seat.path, "rev-parse", "code")
    lines = "".join(f"refs/heads/topic/{n} {before} refs/heads/topic/{n} {'0' * 40}\n" for n in range(20))
    tags = "".join(
        f"refs/tags/v{n} {git(seat.path, 'rev-parse', f'v{n}')} refs/tags/v{n} {'0' * 40}\n"
        for n in range(20)
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'fakes'}{os.pathsep}{os.environ['PATH']}")
    hook = seat.path / ".git" / "hooks" / "pre-push"
    subprocess.run([hook, "origin", "url"], cwd=seat.path, input=lines + tags, text=True, check=True)
    assert called.read_text().splitlines() == ["cat-file"]
    monkeypatch.undo()
    git(seat.path, "push", "-q", "origin", "refs/heads/topic/*", "--tags")


def test_a_good_post_is_committed_and_pushed(seat: Seat) -> None:
    post = staged(seat)
    git(seat.path, "commit", "-q", "-m", "file it")
    git(seat.path, "push", "-q", "origin", "main")
    assert git(seat.path, "ls-tree", "-r", "--name-only", "origin/main", str(post)) != ""


def test_an_unreserved_post_is_stopped_with_the_words(seat: Seat) -> None:
    by_hand(seat)
    before = git(seat.path, "rev-parse", "HEAD")
    code, said = tried(seat, "commit", "-m", "by hand")
    assert code == 1
    assert stopped(said)
    assert git(seat.path, "rev-parse", "HEAD") == before


@pytest.mark.parametrize("how", ["edited", "removed"])
def test_a_landed_post_put_back_by_hand_passes_and_nothing_else_does(seat: Seat, how: str) -> None:
    """Somebody changed a landed post past the hooks; another one puts it back, by plain git."""
    seat.ok("claim", "CMB-0001")
    git(seat.path, "pull", "-q", "origin", "main")
    opening = min((seat.path / "feed").rglob("*.md"))
    text = opening.read_text()
    if how == "edited":
        opening.write_text(text.replace("The first", "Another"))
    else:
        opening.unlink()
    git(seat.path, "commit", "-q", "-a", "--no-verify", "-m", "changed")
    git(seat.path, "push", "-q", "--no-verify", "origin", "main")
    opening.parent.mkdir(parents=True, exist_ok=True)
    opening.write_text(text + "more\n")
    git(seat.path, "add", "feed")
    code, said = tried(seat, "commit", "-q", "-m", "not as it landed")
    assert code == 1 and "[edited-post]" in said
    opening.write_text(text)
    git(seat.path, "commit", "-q", "-a", "-m", "as it landed")
    git(seat.path, "push", "-q", "origin", "main")
    assert seat.ok("drift")["findings"] == []


def test_the_very_first_commit_of_a_repository_is_judged(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "repo")
    seat = Seat("otto", tmp_path / "repo")
    seat.ok("init", "--seat", "otto")
    by_hand(seat)
    code, said = tried(seat, "commit", "-m", "first")
    assert code == 1
    assert stopped(said)


def test_a_merge_that_brings_a_bad_post_is_stopped(seat: Seat) -> None:
    git(seat.path, "checkout", "-q", "-b", "side")
    by_hand(seat)
    git(seat.path, "commit", "-q", "--no-verify", "-m", "by hand")
    git(seat.path, "checkout", "-q", "main")
    commit_file(seat.path, "code.py")
    before = git(seat.path, "rev-parse", "HEAD")
    code, said = tried(seat, "merge", "--no-edit", "side")
    assert code != 0
    assert stopped(said)
    assert git(seat.path, "rev-parse", "HEAD") == before


def test_a_merge_of_posts_that_landed_passes(seat: Seat) -> None:
    seat.files("CMB", "Landed by the tool")
    commit_file(seat.path, "code.py")
    git(seat.path, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    assert len(git(seat.path, "rev-list", "--merges", "HEAD").splitlines()) == 1


def test_a_push_of_an_unreserved_post_is_stopped(seat: Seat) -> None:
    by_hand(seat)
    git(seat.path, "commit", "-q", "--no-verify", "-m", "by hand")
    code, said = tried(seat, "push", "origin", "main")
    assert code != 0
    assert stopped(said)
    assert tried(seat, "push", "-q", "origin", "HEAD~1:main")[0] == 0


def test_a_push_asks_the_remote_and_not_what_was_fetched(seat: Seat) -> None:
    staged(seat)
    git(seat.path, "push", "-q", "--no-verify", "origin", ":refs/reserve/CMB/2")
    assert tried(seat, "commit", "-m", "good as far as is known here")[0] == 0
    code, said = tried(seat, "push", "origin", "main")
    assert code != 0
    assert stopped(said)


def older(seat: Seat) -> list[str]:
    """A feed as it was two posts ago."""
    return ["--force", "origin", "HEAD~2:main"]


def unseen(seat: Seat) -> list[str]:
    """A feed that grew in another clone since this one looked."""
    other = clone(seat.path.parent / "remote.git", seat.path.parent / "other", "anna")
    other.files("CMB", "Of another clone")
    return ["--force", "origin", "HEAD:main"]


def deleted(seat: Seat) -> list[str]:
    """No feed at all."""
    return ["--delete", "origin", "main"]


@pytest.mark.parametrize("how", [older, unseen, deleted], ids=lambda one: one.__name__)
def test_a_push_that_drops_landed_posts_is_stopped_with_the_way_to_go(
    seat: Seat, how: Callable[[Seat], list[str]]
) -> None:
    """A server without the guard takes each of these."""
    remote = seat.path.parent / "remote.git"
    git(remote, "config", "receive.denyDeleteCurrent", "ignore")
    seat.files("CMB", "The second")
    git(seat.path, "pull", "-q", "origin", "main")
    words = how(seat)
    before = refs(remote)
    code, said = tried(seat, "push", *words)
    assert (code != 0, "[rewound-feed]" in said, "`git pull --rebase`" in said) == (True, True, True), said
    assert refs(remote) == before
    git(seat.path, "pull", "-q", "--rebase", "origin", "main")
    commit_file(seat.path, "code.py")
    git(seat.path, "push", "-q", "origin", "main")


def test_a_forced_push_that_keeps_every_post_passes(seat: Seat) -> None:
    commit_file(seat.path, "code.py")
    git(seat.path, "push", "-q", "origin", "main")
    git(seat.path, "commit", "-q", "--amend", "-m", "said better")
    git(seat.path, "push", "-q", "--force", "origin", "main")


def test_a_push_to_another_remote_is_not_judged(seat: Seat, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "fork.git")
    git(seat.path, "remote", "add", "fork", str(tmp_path / "fork.git"))
    by_hand(seat)
    git(seat.path, "commit", "-q", "--no-verify", "-m", "by hand")
    git(seat.path, "push", "-q", "fork", "main")


# Which index, which commit.


def test_commit_of_one_path_judges_that_path_alone(seat: Seat) -> None:
    bad = by_hand(seat)
    (seat.path / "code.txt").write_text("other code\n")
    git(seat.path, "commit", "-q", "-m", "code only", "--", "code.txt")
    code, said = tried(seat, "commit", "-m", "the post only", "--", str(bad))
    assert code == 1
    assert stopped(said)


def test_amending_a_post_that_has_not_landed_is_no_edit(seat: Seat) -> None:
    post = staged(seat)
    git(seat.path, "commit", "-q", "-m", "file it")
    post.write_text(post.read_text() + "More words.\n")
    git(seat.path, "commit", "-q", "--amend", "--no-edit", "--all")


def test_editing_a_post_that_has_landed_is_stopped(seat: Seat) -> None:
    post = staged(seat)
    git(seat.path, "commit", "-q", "-m", "file it")
    git(seat.path, "push", "-q", "origin", "main")
    post.write_text(post.read_text() + "More words.\n")
    code, said = tried(seat, "commit", "--amend", "--no-edit", "--all")
    assert code == 1
    assert "[edited-post]" in said


# The tool.


@pytest.mark.parametrize("command", ["/nowhere/git-ledger", None], ids=["moved away", "never set"])
def test_without_the_tool_the_hooks_are_loud_and_pass(
    seat: Seat, command: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(seat.path, "config", *(["ledger.command", command] if command else ["--unset", "ledger.command"]))
    beside_git = Path(str(shutil.which("git"))).parent
    monkeypatch.setenv("PATH", f"{beside_git}{os.pathsep}/bin")
    by_hand(seat)
    code, said = tried(seat, "commit", "-m", "by hand")
    assert (code, "this commit was NOT checked" in said) == (0, True)
    code, said = tried(seat, "push", "origin", "main")
    assert (code, "this push was NOT checked" in said) == (0, True)


def test_a_check_that_cannot_run_is_loud_and_passes(seat: Seat, tmp_path: Path) -> None:
    broken = executable(tmp_path / "broken", "exit 70")
    git(seat.path, "config", "ledger.command", str(broken))
    by_hand(seat)
    code, said = tried(seat, "commit", "-m", "by hand")
    assert (code, "could not run (exit 70); this commit was NOT checked" in said) == (0, True)


def test_the_tool_may_stand_in_a_folder_with_spaces(seat: Seat, tmp_path: Path) -> None:
    tool = executable(tmp_path / "my own tools" / "git-ledger", f'exec {shlex.quote(str(TOOL))} "$@"')
    git(seat.path, "config", "ledger.command", str(tool))
    by_hand(seat)
    code, said = tried(seat, "commit", "-m", "by hand")
    assert code == 1
    assert stopped(said)


# Hooks that were there before.


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the hooks that were there before write into."""
    return tmp_path / "log"


def test_hooks_that_were_there_run_first_and_get_the_same_input(fresh: Seat, log: Path) -> None:
    hooks = fresh.path / ".git" / "hooks"
    executable(hooks / "pre-commit", f"echo pre-commit >>{log}")
    executable(hooks / "pre-push", f'echo "pre-push $1" >>{log}; cat >>{log}')
    assert set_up(fresh)["hooks"] == str(hooks)
    head = commit_file(fresh.path, "code.py")
    git(fresh.path, "push", "-q", "origin", "main")
    written = log.read_text().splitlines()
    assert written[:2] == ["pre-commit", "pre-push origin"]
    assert written[2].startswith(f"refs/heads/main {head} refs/heads/main ")
    assert len(written) == 3
    log.unlink()
    fresh.files("CMB", "The first")
    by_hand(fresh)
    code, said = tried(fresh, "commit", "-m", "by hand")
    assert (code, stopped(said), log.read_text()) == (1, True, "pre-commit\n")
    git(fresh.path, "commit", "-q", "--no-verify", "-m", "by hand")
    code, said = tried(fresh, "push", "origin", "HEAD:refs/heads/side")
    assert (code, stopped(said)) == (1, True)


def test_a_hook_that_was_there_still_stops(fresh: Seat, log: Path) -> None:
    executable(fresh.path / ".git" / "hooks" / "pre-commit", "echo no >&2; exit 3")
    fresh.ok("init", "--seat", "otto")
    code, said = tried(fresh, "commit", "--allow-empty", "-m", "set up")
    assert (code, said) == (1, "no\n")


def test_a_push_of_nothing_gives_the_old_hook_no_line(fresh: Seat, log: Path) -> None:
    executable(fresh.path / ".git" / "hooks" / "pre-push", f"cat >{log}")
    set_up(fresh)
    git(fresh.path, "push", "-q", "origin", "main")
    assert log.read_bytes() == b""


def test_a_foreign_hooks_path_is_not_edited_and_the_lines_told_work(
    fresh: Seat, tmp_path: Path, log: Path
) -> None:
    theirs = tmp_path / "their hooks"
    executable(theirs / "pre-commit", f"echo pre-commit >>{log}")
    executable(theirs / "pre-push", f"cat >>{log}")
    before = {one.name: one.read_text() for one in theirs.iterdir()}
    git(fresh.path, "config", "core.hooksPath", str(theirs))
    ran = fresh.run("init", "--seat", "otto")
    assert {one.name: one.read_text() for one in theirs.iterdir()} == before
    assert git(fresh.path, "config", "core.hooksPath") == str(theirs)
    for name in HOOKS:
        line = next(one for one in ran.err.splitlines() if one.startswith(f"{theirs}/{name}: "))
        place = theirs / name
        old = place.read_text().removeprefix("#!/bin/sh\n") if place.exists() else ""
        executable(place, f"{line.removeprefix(f'{theirs}/{name}: ')}\n{old}")
    set_up(fresh)
    commit_file(fresh.path, "code.py")
    git(fresh.path, "push", "-q", "origin", "main")
    assert log.read_text().startswith("pre-commit\nrefs/heads/main ")
    assert "/pre-commit: " not in fresh.run("init").err, "every line is there"
    fresh.files("CMB", "The first")
    by_hand(fresh)
    code, said = tried(fresh, "commit", "-m", "by hand")
    assert (code, stopped(said)) == (1, True)
    git(fresh.path, "commit", "-q", "--no-verify", "-m", "by hand")
    code, said = tried(fresh, "push", "origin", "HEAD:refs/heads/side")
    assert (code, stopped(said)) == (1, True)


def test_a_hooks_path_below_home_is_spelled_out(
    fresh: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    theirs = tmp_path / "home" / "hooks"
    git(fresh.path, "config", "core.hooksPath", "~/hooks")
    ran = fresh.run("init", "--seat", "otto")
    assert "not all of them run our checks yet" in ran.out
    for name in HOOKS:
        line = next(one for one in ran.err.splitlines() if one.startswith(f"{theirs}/{name}: "))
        executable(theirs / name, line.partition(": ")[2])
    assert "they judge posts" in fresh.run("init").out
    assert {one["name"]: one["ok"] for one in fresh.ok("doctor")["checks"]}["hooks"]


def test_the_lines_told_do_no_harm_in_other_repositories(fresh: Seat, tmp_path: Path) -> None:
    theirs = tmp_path / "hooks"
    git(fresh.path, "config", "core.hooksPath", str(theirs))
    ran = fresh.run("init", "--seat", "otto")
    line = next(one for one in ran.err.splitlines() if one.startswith(f"{theirs}/pre-commit: "))
    executable(theirs / "pre-commit", line.partition(": ")[2])
    git(tmp_path, "init", "-q", "-b", "main", "other")
    git(tmp_path / "other", "config", "core.hooksPath", str(theirs))
    commit_file(tmp_path / "other", "code.py")


def test_an_older_hook_of_ours_is_replaced(fresh: Seat) -> None:
    old = executable(fresh.path / ".git" / "hooks" / "pre-commit", "# git-ledger: an older text\nexit 0")
    fresh.ok("init", "--seat", "otto")
    assert old.read_text() == HOOKS["pre-commit"]
    assert not old.with_name("pre-commit.chained").exists()


# Programs in the files of a branch.


def test_no_checkout_brings_hooks_that_run(seat: Seat, log: Path, tmp_path: Path) -> None:
    """Somebody proposes a branch with hooks in the folder from which older set-ups ran them."""
    for name, text in HOOKS.items():
        executable(seat.path / FORMER_FOLDER / name, text.removeprefix("#!/bin/sh\n"))
    git(seat.path, "config", "core.hooksPath", FORMER_FOLDER)
    assert "core.hooksPath" in seat.run("init").err
    git(seat.path, "switch", "-q", "-c", "proposal")
    for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit"):
        executable(seat.path / FORMER_FOLDER / name, f"echo {name} >>{log}")
    git(seat.path, "add", FORMER_FOLDER)
    git(seat.path, "commit", "-q", "-m", "hooks")
    git(seat.path, "switch", "-q", "main")
    git(seat.path, "switch", "-q", "proposal")
    git(seat.path, "push", "-q", "origin", "proposal")
    place = Path(str(seat.ok("pool", "allocate", "--identity", "otto")["worktrees"][0]["path"]))
    git(place, "checkout", "-q", "-b", "mine", "origin/proposal")
    commit_file(place, "code.py")
    assert not log.exists()


def test_a_hooks_path_of_that_name_with_hooks_of_somebody_else_stays(fresh: Seat, log: Path) -> None:
    theirs = executable(fresh.path / FORMER_FOLDER / "pre-commit", f"echo theirs >>{log}")
    git(fresh.path, "config", "core.hooksPath", FORMER_FOLDER)
    git(fresh.path, "config", "ledger.command", str(TOOL))
    assert "/pre-commit: " in fresh.run("init", "--seat", "otto").err
    assert git(fresh.path, "config", "core.hooksPath") == FORMER_FOLDER
    assert theirs.read_text() == f"#!/bin/sh\necho theirs >>{log}\n"


# Worktrees.


def test_the_hooks_run_in_linked_worktrees(seat: Seat, tmp_path: Path) -> None:
    git(seat.path, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    other = Seat("otto-2", tmp_path / "tree")
    other.ok("init", "--seat", "otto-2")
    assert [git(one.path, "config", "ledger.seat") for one in (seat, other)] == ["otto", "otto-2"]
    by_hand(other)
    code, said = tried(other, "commit", "-m", "by hand")
    assert (code, stopped(said)) == (1, True)


def test_worktrees_of_a_bare_clone_stay_worktrees(tmp_path: Path) -> None:
    remote = bare_remote(tmp_path)
    bare = tmp_path / "clone.git"
    git(tmp_path, "clone", "-q", "--bare", str(remote), str(bare))
    for name in ("one", "two"):
        git(bare, "worktree", "add", "-q", "--detach", str(tmp_path / name))
    for name in ("one", "two"):
        Seat(name, tmp_path / name).ok("init", "--seat", name)
    for name in ("one", "two"):
        assert git(tmp_path / name, "rev-parse", "--is-bare-repository") == "false"
        assert git(tmp_path / name, "config", "ledger.seat") == name
        commit_file(tmp_path / name, f"{name}.py")
    assert git(bare, "rev-parse", "--is-bare-repository") == "true"


# What is written.


def test_init_again_changes_nothing(seat: Seat) -> None:
    def everything() -> dict[str, bytes]:
        files = [one for one in seat.path.rglob("*") if one.is_file() and "hooks" in str(one)]
        return {str(one): one.read_bytes() for one in [*files, seat.path / ".git" / "config"]}

    before = everything()
    assert seat.ok("init", "--seat", "otto")["created"] == []
    assert everything() == before
    assert git(seat.path, "status", "--porcelain") == ""


def test_our_own_hooks_are_what_init_writes() -> None:
    assert {one.name: one.read_text() for one in (ROOT / FORMER_FOLDER).iterdir()} == dict(HOOKS)
    assert all(os.access(ROOT / FORMER_FOLDER / name, os.X_OK) for name in HOOKS)


def test_the_hooks_for_pre_commit_exist(seat: Seat) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert [one["id"] for one in hooks] == ["git-ledger-check"]
    program, *words = shlex.split(hooks[0]["entry"])
    assert program in scripts
    assert seat.run(*words).code == 0
    by_hand(seat)
    assert seat.run(*words).code == 1
