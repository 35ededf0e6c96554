"""What a clone saw of the authority: nothing of it goes unnoticed, and nobody is alarmed for nothing."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fleet import Seat, fleet
from tests.gitrun import git
from tests.store.stores import eventually
from tests.test_races import acknowledged, at_work, stands, together

SLOW_GIT = """#!/bin/sh
# Keeps back what a command was told of the refs, until the test lets it go on.
case " $* " in *" for-each-ref "*"mirror/reserve"*) ;; *) exec {git} "$@" ;; esac
{git} "$@"
code=$?
: > "$SLOW/listed"
until [ -e "$SLOW/go" ]; do sleep 0.01; done
exit $code
"""

WITHOUT_A_TURN = """
import sys
from ledger.app import swapping
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


def test_eight_writers_of_one_clone_all_land(tmp_path: Path) -> None:
    (top,) = fleet(tmp_path, "seat-0")
    seats = worktrees(top, 8)
    words = ("append", "--reserve", "CMB", "--subject", "{{ITEM_ID}}")
    promised = acknowledged(together(*(at_work(seat, 4, *words) for seat in seats)))
    stands(tmp_path / "remote.git", promised, 32)
    assert git(top.path, "status", "--porcelain") == ""
