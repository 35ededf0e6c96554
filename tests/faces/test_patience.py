"""What a person at a terminal is told while a command takes long."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

from ledger.faces.cli.patience import patience
from tests.faces.envs import env_at


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_command_says_that_it_goes_on(tmp_path: Path) -> None:
    env = replace(env_at(tmp_path), err=Terminal())
    with patience(env, False, 30, after=0) as timer:
        assert timer is not None
        timer.join()
    assert isinstance(env.err, Terminal)
    assert env.err.getvalue() == "still at it; --timeout ends it after 30 s\n"


def test_a_short_command_a_quiet_one_and_a_program_are_told_nothing(tmp_path: Path) -> None:
    env = replace(env_at(tmp_path), err=Terminal())
    with patience(env, False, 30) as timer:
        assert timer is not None
    timer.join()
    with patience(env, True, 30, after=0) as nothing:
        assert nothing is None
    with patience(env_at(tmp_path), False, 30, after=0) as nothing:
        assert nothing is None
    assert isinstance(env.err, Terminal)
    assert env.err.getvalue() == ""
