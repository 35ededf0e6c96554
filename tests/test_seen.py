"""What a clone saw of the authority: nothing of it goes unnoticed, and nobody is alarmed for nothing."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.app.hook.stop_cache import is_unmoved
from tests.fleet import Seat, clone, fleet, plainly, refs, standing
from tests.gitrun import commit_file, git, new_repository
from tests.store.stores import eventually
from tests.test_races import acknowledged, at_work, one_command, stands, together

SLOW_GIT = """#!/bin/sh
# Keeps back what a command was told of the refs, until the test lets it go on.
case " $* " in *" for-each-ref "*"refs/worktree/"*) ;; *) exec {git} "$@" ;; esac
{git} "$@"
code=$?
: > "$SLOW/listed"
until [ -e "$SLOW/go" ]; do sleep 0.01; done
exit $code
"""

WITHOUT_A_TURN = """
import sys
from ledger.app.write import retry as swapping
from ledger.__main__ import main
swapping.LONGEST_TURN = 0.0
sys.exit(main())
"""
"""A writer that waited for its turn in vain: it goes ahead beside the one that has the lock."""


def worktrees(top: Seat, count: int) -> list[Seat]:
    """This many seats of one clone, each in a worktree of its own."""
    seats = [top]
    for n in range(1, count):
        place = top.path.parent / f"tree-{n}"
        top.git("worktree", "add", "-q", "--detach", str(place))
        seats.append(Seat(f"seat-{n}", place))
    return seats


def test_a_neighbour_that_lands_while_git_is_slow_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writers of one clone: what the slow one read of the tip is older than what the other left."""
    (top,) = fleet(tmp_path, "otto")
    slow, fast = worktrees(top, 2)
    slow.files("CMB", "the first")
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(SLOW_GIT.replace("{git}", str(shutil.which("git"))))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    words = ("append", "--reserve", "CMB", "--subject", "beside each other", "--timeout", "120")
    with monkeypatch.context() as context:
        context.setenv("SLOW", str(tmp_path))
        context.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        process = slow.start(*words)
    eventually((tmp_path / "listed").exists)
    command = [sys.executable, "-c", WITHOUT_A_TURN, "-C", str(fast.path), "--seat", fast.name, *words]
    subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "go").touch()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, (out, err)
    assert sorted(top.queue()) == ["CMB-0001", "CMB-0002", "CMB-0003"]


@pytest.mark.parametrize(("count", "each"), [(3, 3), pytest.param(8, 4, marks=pytest.mark.slow)])
def test_writers_of_one_clone_all_land(count: int, each: int, tmp_path: Path) -> None:
    (top,) = fleet(tmp_path, "seat-0")
    seats = worktrees(top, count)
    words = ("append", "--reserve", "CMB", "--subject", "{{ITEM_ID}}")
    promised = acknowledged(together(*(at_work(seat, each, *words) for seat in seats)))
    stands(tmp_path / "remote.git", promised, count * each)
    assert git(top.path, "status", "--porcelain") == ""


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Seat, Seat]:
    """Two clones of a remote whose feed has two tickets; the second clone looks at nothing for a while."""
    otto, hands = standing(_build_pair, tmp_path)
    return otto, hands


def _build_pair(folder: Path) -> list[Seat]:
    otto, hands = fleet(folder, "otto", "hands")
    otto.files("CMB", "the first")
    otto.files("CMB", "the second")
    hands.git("pull", "-q", "origin", "main")
    return [otto, hands]


def works_on(otto: Seat) -> None:
    """What the rewind takes: a claim, a ticket, a number that is reserved."""
    otto.ok("claim", "CMB-0001")
    otto.files("CMB", "the third")
    otto.ok("reserve", "CMB")


def restore_backup(tmp_path: Path, hands: Seat) -> None:
    shutil.rmtree(tmp_path / "remote.git")
    shutil.copytree(tmp_path / "backup.git", tmp_path / "remote.git")


def push_the_older_feed(tmp_path: Path, hands: Seat) -> None:
    hands.git("push", "-q", "-f", "--no-verify", "origin", "main")


def delete_the_branch(tmp_path: Path, hands: Seat) -> None:
    git(tmp_path / "remote.git", "update-ref", "-d", "refs/heads/main")


REWINDS = [restore_backup, push_the_older_feed, delete_the_branch]


@pytest.mark.parametrize("rewind", REWINDS, ids=lambda one: one.__name__)
def test_a_rewind_is_seen_and_mended(
    rewind: Callable[[Path, Seat], None], pair: tuple[Seat, Seat], tmp_path: Path
) -> None:
    """Reads go on and say so, writes are refused, and what is mended is the feed as it was, to the byte."""
    otto, hands = pair
    remote = tmp_path / "remote.git"
    shutil.copytree(remote, tmp_path / "backup.git")
    works_on(otto)
    before = refs(remote)
    rewind(tmp_path, hands)
    rewound = refs(remote)
    for words in (["queue"], ["queue", "--offline"]):
        ran = otto.run(*words, "--json")
        assert ran.code == 0, (ran.out, ran.err)
        assert ran.json["as_of"]["rewound"] is True
        assert ran.err.endswith(
            "the feed was rewound: what was seen here is gone; `git ledger drift` names it\n"
        )
    error = otto.refused("append", "--reserve", "CMB", "--subject", "again")
    assert (error["exit"], error["kind"]) == (3, "rewound")
    assert "drift --fix" in error["hint"]
    assert refs(remote) == rewound
    found = [one for one in otto.run("drift", "--json").json["findings"] if one["rule"] == "rewound-feed"]
    assert len(found) == (3 if rewind is restore_backup else 1)
    assert all("drift --fix" in one["fix"] for one in found)
    otto.ok("drift", "--fix")
    assert refs(remote) == before
    assert "rewound" not in otto.ok("queue")["as_of"]
    assert otto.run("drift").code == 0
    assert hands.files("CMB", "the next") == "CMB-0005"
    assert otto.queue()["CMB-0001"]["holder"]["seat"] == "otto"


def test_after_a_backup_that_others_wrote_on_both_deeds_are_there_and_the_first_stands(
    pair: tuple[Seat, Seat], tmp_path: Path
) -> None:
    otto, hands = pair
    remote = tmp_path / "remote.git"
    shutil.copytree(remote, tmp_path / "backup.git")
    works_on(otto)
    acknowledged = posts(remote)
    restore_backup(tmp_path, hands)
    hands.ok("claim", "CMB-0001")
    assert hands.files("CMB", "another third") == "CMB-0003"
    acknowledged |= posts(remote)
    assert otto.refused("claim", "CMB-0002")["kind"] == "rewound"
    fixed = otto.run("drift", "--fix", "--json").json
    assert {one["rule"] for one in fixed["fixed"]} >= {"rewound-feed"}
    assert acknowledged.items() <= posts(remote).items()
    named = {(one["rule"], one["message"].split()[0]) for one in fixed["findings"]}
    assert {
        ("rewound-feed", "CMB-0003"),
        ("double-opening", "CMB-0003"),
        ("not-the-holder", "CMB-0001"),
    } <= named
    assert otto.queue() == hands.queue()
    assert hands.queue()["CMB-0001"]["holder"]["seat"] == "otto"
    assert [hands.files("CMB", "more"), otto.files("CMB", "more")] == ["CMB-0005", "CMB-0006"]
    assert "rewound-feed" not in {one["rule"] for one in otto.run("drift", "--json").json["findings"]}


def test_two_clones_mend_at_once_beside_a_writer(pair: tuple[Seat, Seat], tmp_path: Path) -> None:
    """Each has seen what the other has not; the writer knows the rewound feed alone."""
    otto, hands = pair
    remote = tmp_path / "remote.git"
    late = clone(remote, tmp_path / "late", "late")
    shutil.copytree(remote, tmp_path / "backup.git")
    works_on(otto)
    hands.ok("note", "CMB-0002", "seen by hands alone")
    acknowledged = posts(remote)
    restore_backup(tmp_path, hands)
    ended = together(
        one_command(otto, "drift", "--fix"),
        one_command(hands, "drift", "--fix"),
        one_command(late, "append", "--reserve", "CMB", "--subject", "beside them"),
        ready="stderr",
    )
    assert [code in (0, 1) for code, _ in ended] == [True] * 3, ended
    assert ended[2][0] == 0
    assert acknowledged.items() <= posts(remote).items()
    assert otto.queue() == hands.queue() == late.queue()
    numbers = [seat.files("CMB", "after it") for seat in (otto, hands, late)]
    assert len({*numbers, *otto.queue()}) == len(otto.queue())
    assert min(numbers) > "CMB-0004"


def posts(repository: Path, branch: str = "main") -> dict[str, str]:
    """Every post of a feed branch with its object."""
    rows = git(repository, "ls-tree", "-r", branch, "--", "feed/").splitlines()
    return {path: facts.split()[2] for facts, path in (row.split("\t") for row in rows)}


def test_without_a_remote_a_branch_that_was_forced_back_is_mended(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    commit_file(top, "code.txt")
    git(top, "config", "ledger.branch", "ledger")
    git(top, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    otto, ann = Seat("otto", top), Seat("ann", tmp_path / "tree")
    otto.files("CMB", "the first")
    ann.ok("claim", "CMB-0001")
    ann.files("CMB", "the second")
    before = refs(top)
    git(top, "branch", "-f", "ledger", "ledger~2")
    git(top, "update-ref", "-d", "refs/reserve/CMB/tip")
    assert otto.ok("queue")["as_of"]["rewound"] is True
    assert otto.refused("claim", "CMB-0001")["kind"] == "rewound"
    assert "rewound-feed" in {one["rule"] for one in ann.run("drift", "--json").json["findings"]}
    otto.ok("drift", "--fix")
    assert refs(top) == before
    assert otto.files("CMB", "the third") == "CMB-0003"
    assert ann.queue()["CMB-0001"]["holder"]["seat"] == "ann"


@pytest.mark.parametrize("how", [["--depth=1"], ["--filter=blob:none"], ["--filter=tree:0"]])
def test_a_clone_that_cannot_tell_cries_no_wolf(
    how: list[str], pair: tuple[Seat, Seat], tmp_path: Path
) -> None:
    """A shallow clone that is cut off anew has a feed without ancestors, and misses no post."""
    otto, _ = pair
    remote = tmp_path / "remote.git"
    git(remote, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", *how, f"file://{remote}", "part")
    part = Seat("part", tmp_path / "part")
    assert "rewound" not in part.ok("queue")["as_of"]
    works_on(otto)
    if how == ["--depth=1"]:
        part.git("fetch", "-q", "--depth=1", "origin", "main")
    part.ok("note", "CMB-0002", "as if nothing were")
    assert "rewound" not in part.ok("queue")["as_of"]
    assert part.run("drift").code == 0
    git(remote, "update-ref", "refs/heads/main", "main~2")
    assert part.ok("queue")["as_of"]["rewound"] is True


def test_a_history_rewritten_around_the_same_posts_takes_nothing_away(pair: tuple[Seat, Seat]) -> None:
    otto, hands = pair
    hands.git("commit", "-q", "--amend", "--no-verify", "-m", "said otherwise")
    hands.git("push", "-q", "-f", "--no-verify", "origin", "main")
    assert "rewound" not in otto.ok("queue")["as_of"]
    otto.ok("claim", "CMB-0001")


def test_a_stop_that_was_answered_before_is_judged_again_after_a_rewind(
    pair: tuple[Seat, Seat], tmp_path: Path
) -> None:
    """The feed stands again where the session was answered, but more was seen since."""
    otto, hands = pair
    hands.ok("claim", "CMB-0001")
    hands.ok("cancel", "CMB-0002", "--why", "not wanted")
    stop = json.dumps({"session_id": "s1", "hook_event_name": "Stop", "stop_hook_active": False}).encode()
    assert otto.run("hook", "claude", "stop", stdin=stop).json == {}
    assert is_unmoved(otto.path, "otto", ("claude", "s1"), 30)
    hands.ok("done", "CMB-0001")
    otto.ok("queue")
    git(tmp_path / "remote.git", "update-ref", "refs/heads/main", "main~1")
    assert not is_unmoved(otto.path, "otto", ("claude", "s1"), 30)


def test_a_mirror_that_lags_is_behind_and_nothing_is_rewound(pair: tuple[Seat, Seat], tmp_path: Path) -> None:
    """Fetches go to a mirror, pushes to the primary: what this clone landed is not in the mirror yet."""
    otto, _ = pair
    primary, mirror = tmp_path / "remote.git", tmp_path / "mirror.git"
    shutil.copytree(primary, mirror)
    otto.git("remote", "set-url", "origin", str(mirror))
    otto.git("remote", "set-url", "--push", "origin", str(primary))
    numbers = [otto.files("CMB", "one after the other") for _ in range(2)]
    assert numbers == ["CMB-0003", "CMB-0004"]
    told = otto.ok("queue")
    assert {"CMB-0003", "CMB-0004"} <= {one["item"] for one in told["items"]}
    assert not {"rewound", "behind"} & told["as_of"].keys()
    assert otto.run("drift").code == 0
    otto.git("remote", "set-url", "--push", "origin", str(tmp_path / "away.git"))
    told = otto.run("queue", "--json")
    assert (told.code, told.json["as_of"]["behind"]) == (0, True)
    assert "behind" in told.err
    assert otto.refused("note", "CMB-0001", "x")["kind"] == "unreachable"
    otto.git("remote", "set-url", "--push", "origin", str(primary))
    git(primary, "update-ref", "refs/heads/main", "main~1")
    assert otto.ok("queue")["as_of"]["rewound"] is True, "the primary itself was rewound"


def test_a_guarded_server_that_was_restored_takes_the_mend(pair: tuple[Seat, Seat], tmp_path: Path) -> None:
    otto, hands = pair
    remote = tmp_path / "remote.git"
    assert plainly(remote, "guard", "install", "--branch", "main").code == 0
    shutil.copytree(remote, tmp_path / "backup.git")
    works_on(otto)
    before = refs(remote)
    restore_backup(tmp_path, hands)
    otto.ok("drift", "--fix")
    assert refs(remote) == before


def test_a_guard_that_refuses_the_mend_is_told_of_with_the_way_out(
    pair: tuple[Seat, Seat], tmp_path: Path
) -> None:
    """Others wrote on the backup, whose record knows of nothing that was lost: the keeper admits it."""
    otto, hands = pair
    remote = tmp_path / "remote.git"
    assert plainly(remote, "guard", "install", "--branch", "main").code == 0
    shutil.copytree(remote, tmp_path / "backup.git")
    works_on(otto)
    lost = posts(remote)
    restore_backup(tmp_path, hands)
    hands.ok("claim", "CMB-0001")
    before = refs(remote)
    error = otto.refused("drift", "--fix")
    assert (error["kind"], refs(remote)) == ("refused-by-remote", before)
    push, admit = error["hint"].split("`")[1::2]
    otto.git(*push.split()[1:])
    assert plainly(remote, *admit.split()[2:]).code == 0
    otto.run("drift", "--fix")
    assert lost.items() <= posts(remote).items()
    assert hands.files("CMB", "after it") == "CMB-0005"
