"""The pool as seats use it: real processes at once, and work that nobody may lose (incident 11)."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from ledger.pool import allocate, release
from tests import pooldeeds
from tests.fleet import Seat, standing
from tests.gitrun import git
from tests.pools import SANDBOXES, Hub, build, rescued, sandbox, session, unsound

SEATS = 8


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    place, coder = standing(build, tmp_path)
    return Hub(place.path, coder.path)


def trees_of(processes: Sequence["subprocess.Popen[bytes]"]) -> list[Path]:
    """The paths that commands give which run at once; each must succeed."""
    said = [one.communicate() for one in processes]
    assert [
        (one.returncode, err) for one, (_, err) in zip(processes, said, strict=True) if one.returncode
    ] == []
    return [Path(json.loads(out)["worktrees"][0]["path"]) for out, _ in said]


def test_11_eight_seats_open_worktrees_at_once(hub: Hub) -> None:
    """From nothing: eight sound trees, the pool's folder, the exclude and the locks made but once."""
    seats = [Seat(f"seat-{n}", hub.path) for n in range(SEATS)]
    trees = trees_of([seat.start("pool", "allocate", "--json") for seat in seats])
    base = git(hub.coder, "rev-parse", "main")
    assert [unsound(tree, base) for tree in trees] == [""] * SEATS
    assert len(set(trees)) == SEATS
    assert git(hub.path, "fsck", "--strict") == ""
    assert (hub.path / ".git" / "info" / "exclude").read_text().count(".ledger-pool-owner") == 1
    assert git(hub.path, "worktree", "list").count("locked") == SEATS


def test_11_seats_of_one_identity_at_once_get_what_there_is(hub: Hub) -> None:
    """Eight sessions of one identity: three trees, five refusals, no tree twice."""
    seat = Seat("otto", hub.path)
    processes = [seat.start("pool", "allocate", "--json") for _ in range(SEATS)]
    said = [(json.loads(one.communicate()[0]), one.returncode) for one in processes]
    paths = [told["worktrees"][0]["path"] for told, code in said if code == 0]
    assert sorted(code for _, code in said) == [0] * 3 + [3] * 5
    assert len(set(paths)) == 3
    assert {told["error"]["kind"] for told, code in said if code} == {"pool-exhausted"}


@pytest.mark.parametrize("kind", SANDBOXES)
@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_11_sessions_whose_commands_run_in_sandboxes_never_share_a_tree(
    rounds: int, kind: str, hub: Hub
) -> None:
    """Each command has a namespace of processes of its own; the sessions live outside of them."""
    git(hub.path, "config", "ledger.pool.size", "1")
    box = [*sandbox(kind), "sh", "-c", '"$@"; true', "x"]
    words = [*box, *Seat("otto", hub.path).command("pool", "allocate")]
    tree = Path(subprocess.run(words, capture_output=True, text=True).stdout.strip())
    with session(tree):
        (tree / "work.txt").write_text("line-a\n")
        for _ in range(rounds):
            again = subprocess.run(words, capture_output=True, text=True)
            assert again.stdout == ""
            assert "a session in a sandbox" in again.stderr
        assert (tree / "work.txt").read_text() == "line-a\n"
        subprocess.run([*box, *Seat("otto", tree).command("pool", "release")])
    assert "line-a" in rescued(hub.path)


@pytest.mark.parametrize("kind", SANDBOXES)
def test_a_session_in_sandboxes_ends_with_the_lock_that_its_starter_holds(
    kind: str, hub: Hub, tmp_path: Path
) -> None:
    git(hub.path, "config", "ledger.pool.size", "1")
    file, otto = tmp_path / "alive", Seat("otto", hub.path)
    box = [*sandbox(kind), "sh", "-c", '"$@"; true', "x"]
    words = [*box, *otto.command("pool", "allocate", "--keep-alive", str(file))]
    assert "nobody holds a lock" in subprocess.run(words, capture_output=True, text=True).stderr
    with file.open("w") as held:
        flock(held, LOCK_EX)
        tree = Path(subprocess.run(words, capture_output=True, text=True).stdout.strip())
        (tree / "work.txt").write_text("line-a\n")
        again = subprocess.run(words, capture_output=True, text=True)
        assert again.stdout == "" and "who holds the lock of" in again.stderr
        assert otto.refused("pool", "release", str(tree))["kind"] == "not-the-holder"
        (row,) = otto.ok("pool", "list")["worktrees"]
        assert (row["state"], row["leased_by"]["keep_alive"]) == ("leased", str(file))
    assert otto.ok("pool", "list")["worktrees"][0]["state"] == "abandoned"
    assert otto.ok("pool", "allocate")["worktrees"][0]["path"] == str(tree)
    assert "line-a" in rescued(hub.path)


SESSIONS = """
import subprocess, sys
def run(place, *words):
    shell = ["sh", "-c", '"$@"; exit $?', "x", sys.argv[1], "-m", "ledger", "-C", place, "--seat", "otto"]
    return subprocess.run([*shell, "pool", *words], stdout=subprocess.PIPE, text=True)
hub = sys.argv[2]
tree = run(hub, "allocate").stdout.strip()
open(f"{tree}/work.txt", "w").write("line-a\\n")
print(run(hub, "release").returncode, run(hub, "release", tree).returncode)
print(open(f"{tree}/work.txt").read().strip(), run(tree, "release").returncode)
"""
"""The first process of a container, on whose behalf all sessions in it run their commands."""


def test_sessions_that_the_first_process_of_a_container_starts_release_none_of_each_other(hub: Hub) -> None:
    ran = subprocess.run(
        [*sandbox(), sys.executable, "-c", SESSIONS, sys.executable, str(hub.path)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "2 3\nline-a 0\n", ran.stderr


def test_11_a_peer_that_prunes_leaves_what_is_owned(hub: Hub) -> None:
    """Ours and git's own; then somebody's forced removal is refused too."""
    otto, camber = Seat("otto", hub.path), Seat("camber", hub.path)
    tree = Path(otto.ok("pool", "allocate")["worktrees"][0]["path"])
    (tree / "new.txt").write_text("line-a\n")
    camber.ok("pool", "prune")
    camber.git("worktree", "prune", "--expire=now")
    assert "locked" in camber.git_refuses("worktree", "remove", "--force", str(tree))
    assert git(tree, "status", "--short") == "?? new.txt"


def test_11_no_line_is_lost_in_a_few_random_deeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    outcome = pooldeeds.run(tmp_path, 2, seed=20261121)
    assert (outcome.lost, outcome.lost_after_prune, outcome.wrong) == ((), (), ())


@pytest.mark.slow
def test_11_no_line_is_lost_in_random_deeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six processes for 30 s: work, kill -9, release, refresh, prune, git's own prune, a base that moves."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    outcome = pooldeeds.run(tmp_path, 30, seed=20261120)
    assert (outcome.lost, outcome.lost_after_prune, outcome.wrong) == ((), (), ())
    assert outcome.written > 100 and outcome.rescues > 10
    assert {"allocate", "release", "refresh", "prune", "push", "kill -9"} < set(outcome.deeds)


# The command.


def test_a_tree_goes_to_the_process_that_runs_the_command(hub: Hub) -> None:
    """Through a shell that ends at once: the lease names this process, and the tree is not free again."""
    command = [sys.executable, "-m", "ledger", "-C", str(hub.path), "--seat", "otto", "pool", "allocate"]
    words = f"{shlex.join(command)}; true"
    ran = subprocess.run(["sh", "-c", words], capture_output=True, text=True, check=True)
    (tree,) = Seat("otto", hub.path).ok("pool", "list")["worktrees"]
    assert ran.stdout == f"{tree['path']}\n"
    assert (tree["state"], tree["identity"], tree["leased_by"]["pid"]) == ("leased", "otto", os.getpid())
    assert "branch" not in tree


def test_the_path_alone_is_the_answer_and_the_rest_is_said(hub: Hub) -> None:
    seat = Seat("otto", hub.path)
    with session() as child:
        first = seat.run("pool", "allocate", "--pid", str(child.pid))
        (Path(first.out.strip()) / "new.txt").write_text("line-a\n")
    git(hub.path, "config", "ledger.pool.size", "1")
    again = seat.run("pool", "allocate")
    assert again.out == first.out
    assert again.err.startswith("saved what was in the tree: refs/ledger/rescue/otto/")
    assert "line-a" in rescued(hub.path)


def test_exhausted_is_told_and_waited_for(hub: Hub) -> None:
    git(hub.path, "config", "ledger.pool.size", "1")
    seat = Seat("otto", hub.path)
    with session() as child:
        (tree,) = seat.ok("pool", "allocate", "--pid", str(child.pid))["worktrees"]
        error = seat.refused("pool", "allocate")
        assert (error["exit"], error["kind"]) == (3, "pool-exhausted")
        assert error["worktrees"][0]["leased_by"]["pid"] == child.pid
        waiting = seat.start("pool", "allocate", "--wait", "60", "--json")
        seat.ok("pool", "release", tree["path"], "--pid", str(child.pid))
        assert trees_of([waiting]) == [Path(tree["path"])]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lend"], "is nothing that pool does"),
        (["list", "--identity", "otto"], "takes no --identity"),
        (["prune", "somewhere"], "takes no PATH"),
        (["release", "--wait", "1"], "takes no --wait"),
        (["refresh", "--item", "CMB-0001"], "takes no --item"),
        (["allocate", "--item", "cmb-1"], "is no ticket"),
        (["allocate", "--identity", "no/one"], "is no identity"),
        (["allocate", "--pid", "4194305"], "no process 4194305"),
        (["allocate", "--wait=-1"], "is no time to wait"),
        (["allocate", "--wait", "nan"], "is no time to wait"),
        (["allocate", "--wait", "inf"], "is no time to wait"),
    ],
)
def test_words_that_do_not_fit_are_refused(words: list[str], said: str, hub: Hub) -> None:
    error = Seat("otto", hub.path).refused("pool", *words)
    assert (error["exit"], error["kind"]) == (2, "usage")
    assert said in error["message"]


def test_a_tree_is_released_and_refreshed_from_within(hub: Hub) -> None:
    hub_seat = Seat("otto", hub.path)
    tree = Path(hub_seat.ok("pool", "allocate")["worktrees"][0]["path"])
    (tree / "new.txt").write_text("line-a\n")
    base = hub.moves_on()
    within = Seat("otto", tree)
    (told,) = within.ok("pool", "refresh")["worktrees"]
    assert (told["state"], unsound(tree, base)) == ("leased", "")
    (told,) = within.ok("pool", "release")["worktrees"]
    assert (told["state"], unsound(tree, base)) == ("free", "")
    assert "line-a" in rescued(hub.path)


# The same for programs.


def test_a_program_leases_and_gives_back(hub: Hub) -> None:
    tree = allocate("otto", hub.path)
    assert Seat("otto", hub.path).ok("pool", "list")["worktrees"][0]["leased_by"]["pid"] == os.getpid()
    (tree / "new.txt").write_text("line-a\n")
    (ref,) = release("otto", tree)
    assert git(hub.path, "show", f"{ref}:new.txt") == "line-a"
