"""What a person at a terminal is told while a command takes long."""

import os
from dataclasses import replace
from io import StringIO
from pathlib import Path

from ledger.faces.cli.main import run
from ledger.faces.cli.slow_notice import LONG, slow_notice
from tests.faces.envs import env_at
from tests.gitrun import commit_file, new_repository


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_command_says_that_it_goes_on(tmp_path: Path) -> None:
    env = replace(env_at(tmp_path), err=Terminal())
    with slow_notice(env, False, 30, after=0) as timer:
        assert timer is not None
        timer.join()
    assert isinstance(env.err, Terminal)
    assert env.err.getvalue() == "still at it; --timeout ends it after 30 s\n"


def test_who_wraps_a_command_is_not_excused_for_it(tmp_path: Path) -> None:
    """How long that takes is its own affair, and no option of ours ends it."""
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.txt")
    variables = {"XDG_STATE_HOME": str(tmp_path / "state"), "PATH": os.environ["PATH"]}
    env = replace(env_at(repo), err=Terminal(), variables=variables)
    assert run(["--seat", "otto", "turn", "run", "--", "sleep", str(LONG + 0.2)], env) == 0
    assert isinstance(env.err, Terminal)
    assert "still at it" not in env.err.getvalue()


def test_a_short_command_a_quiet_one_and_a_program_are_told_nothing(tmp_path: Path) -> None:
    env = replace(env_at(tmp_path), err=Terminal())
    with slow_notice(env, False, 30, after=1000) as timer:
        assert timer is not None
    timer.join()
    with slow_notice(env, True, 30, after=0) as nothing:
        assert nothing is None
    with slow_notice(env_at(tmp_path), False, 30, after=0) as nothing:
        assert nothing is None
    assert isinstance(env.err, Terminal)
    assert env.err.getvalue() == ""
