"""Completion: what is offered for a line, and that real shells take it up."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.faces.cli import COMMANDS
from ledger.faces.cli.commands.completion import SCRIPTS
from tests.fleet import Seat, fleet, standing
from tests.terminal_shells import TerminalShell

ROOT = Path(__file__).parents[2]
GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")


def built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto-cli", branch=None)
    seat.ok("init")
    for subject in ("One", "Two", "Three"):
        seat.files("CMB", subject)
    seat.files("ORA", "Four", "--lane", "redline", "--label", "ui")
    seat.ok("claim", "CMB-0003")
    seat.ok("done", "CMB-0003")
    seat.ok("queue")  # which takes them into the index
    return [seat]


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(built, tmp_path)[0]


def offered(seat: Seat, *words: str) -> list[str]:
    ran = seat.run("completion", "words", "--", *words)
    assert (ran.code, ran.err) == (0, "")
    return [line.partition("\t")[0] for line in ran.out.splitlines()]


# What is offered


def test_commands_are_offered_by_what_was_typed(seat: Seat) -> None:
    names = [command.name for rows in COMMANDS.values() for command in rows]
    assert offered(seat, "") == offered(seat, "help", "") == names
    assert offered(seat, "cl") == offered(seat, "-q", "--seat", "a", "cl") == ["claim"]
    assert offered(seat, "nonsense", "") == offered(seat, "xyz") == []


def test_tickets_are_offered_that_are_open_and_else_those_that_are_closed(seat: Seat) -> None:
    assert offered(seat, "claim", "") == ["CMB-0001", "CMB-0002", "ORA-0001"]
    assert offered(seat, "claim", "cmb") == ["CMB-0001", "CMB-0002"]
    assert offered(seat, "show", "CMB-0003") == offered(seat, "reopen", "") == ["CMB-0003"]
    assert offered(seat, "claim", "CMB-0001", "") == []
    assert offered(seat, "alive", "CMB-0001", "O") == ["ORA-0001"]
    assert offered(seat, "note", "CMB-0001", "O") == []


def test_values_of_options_are_offered_in_either_spelling_and_as_bash_splits_them(seat: Seat) -> None:
    states = ["CLAIMED", "CANCELLED"]
    assert offered(seat, "queue", "--state", "C") == offered(seat, "queue", "--state", "=", "C") == states
    assert offered(seat, "queue", "--state=C") == [f"--state={state}" for state in states]
    assert offered(seat, "queue", "--lane", "") == offered(seat, "queue", "--lane", "=") == ["cmb", "redline"]
    assert offered(seat, "queue", "--label", "") == ["ui"]
    assert offered(seat, "handoff", "CMB-0001", "--to", "") == ["otto-cli"]
    assert offered(seat, "append", "--reserve", "") == ["CMB", "ORA"]
    assert offered(seat, "append", "--body-file", "") == [":files"]
    assert offered(seat, "done", "CMB-0001", "--why", "") == []
    assert offered(seat, "log", "--kind", "b") == ["boot"]


def test_a_block_is_offered_tickets_and_rulings(seat: Seat) -> None:
    line = ("block", "CMB-0001", "--on")
    assert offered(seat, *line, "") == ["CMB-0001", "CMB-0002", "ORA-0001", "ruling:"]
    assert offered(seat, *line, "ruling:O") == ["ruling:ORA-0001"]
    assert (
        offered(seat, *line, "ruling", ":", "O") == offered(seat, *line, "ruling", ":")[-1:] == ["ORA-0001"]
    )


def test_the_options_of_a_command_and_of_all_commands_are_offered(seat: Seat) -> None:
    assert set(offered(seat, "done", "--")) >= {"--why", "--json", "--offline"}
    assert offered(seat, "done", "--wh") == ["--why"]
    assert offered(seat, "turn", "run", "--", "agent", "--") == []


def test_rules_runtimes_and_words_to_choose_from_are_offered(seat: Seat) -> None:
    assert offered(seat, "explain", "gate") == ["gate-not-open"]
    assert offered(seat, "setup", "co") == ["codex", "copilot"]
    assert offered(seat, "pool", "al") == ["allocate"]


def test_a_name_that_a_shell_would_run_is_not_offered(seat: Seat) -> None:
    for lane in ("a$(touch${IFS}x)", "a;b", "a`b`", "a>b", "a'b", "a/b.c-d"):
        seat.files("CMB", "x", "--lane", lane)
    seat.ok("queue")
    assert offered(seat, "queue", "--lane", "a") == ["a/b.c-d"]
    assert offered(seat, "queue", "--lane=a") == ["--lane=a/b.c-d"]


def test_no_control_character_of_others_reaches_the_terminal(seat: Seat) -> None:
    seat.git("worktree", "add", "-q", "../feed", "ledger")
    checkout = Seat("otto-cli", seat.path.parent / "feed")
    checkout.writes(item="ORA-0002", state="AWAITING_CLAIM", subject="Six\tand\x1b[31m seven")
    checkout.git("add", "feed")
    checkout.git("commit", "-q", "--no-verify", "-m", "by hand")
    checkout.git("push", "-q", "--no-verify", "origin", "ledger")
    seat.run("note", "ORA-0001", "which sees it")
    seat.run("queue")
    out = seat.run("completion", "words", "--", "show", "ORA-").out
    assert sorted(out.splitlines()) == ["ORA-0001\tFour", "ORA-0002\tSix and\\x1b[31m seven"]


def test_what_is_not_there_is_offered_in_silence(tmp_path: Path, seat: Seat) -> None:
    """Outside of a repository, in one without a feed, and where the remote is gone."""
    empty = Seat("x", tmp_path)
    for folder in (empty, seat):
        for words in (["show", ""], ["--seat", ""], ["append", "--reserve", ""], ["queue", "--lane", ""]):
            ran = folder.run("completion", "words", "--", *words)
            assert (ran.code, ran.err) == (0, "")
            assert bool(ran.out) is (folder is seat)
    seat.git("remote", "set-url", "origin", str(tmp_path / "gone.git"))
    assert offered(seat, "claim", "O") == ["ORA-0001"]


def test_an_unknown_shell_is_refused_and_a_script_is_one_document(seat: Seat) -> None:
    assert seat.refused("completion", "tcsh")["kind"] == "usage"
    for shell in SCRIPTS:
        script = seat.run("completion", shell).out
        assert "ledger completion words -- " in script
        assert seat.ok("completion", shell)["script"] == script


# Real shells


def shell_env(home: Path) -> dict[str, str]:
    """The environment of somebody who has the tool on the path, and no files of their own."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "HOME": str(home), "PATH": path, "PS1": "$ ", "TERM": "dumb", "COLUMNS": "200"}


def needs(program: str) -> None:
    if shutil.which(program) is None:
        assert not os.environ.get("CI"), f"there is no {program}"
        pytest.skip(f"there is no {program} on this machine")


@pytest.fixture
def terminals() -> Iterator[list[TerminalShell]]:
    opened: list[TerminalShell] = []
    yield opened
    for terminal in opened:
        terminal.ends()


BASH = f"source {GIT_COMPLETION}; source <(git ledger completion bash); echo rea''dy\n"


def test_bash_completes_below_git_and_by_the_name_of_the_program(
    seat: Seat, tmp_path: Path, terminals: list[TerminalShell]
) -> None:
    if not GIT_COMPLETION.is_file():
        pytest.skip("git came without its completion")
    shell = TerminalShell(["bash", "--norc", "--noprofile", "-i"], seat.path, shell_env(tmp_path))
    terminals.append(shell)
    shell.types("bind 'set show-all-if-ambiguous on'\n" + BASH)
    shell.shows("\nready")
    for typed, completed in (
        ("git ledger cla\t", "claim "),
        ("git-ledger show ora\t", "ORA-0001 "),
        ("git ledger queue --state=CL\t", "--state=CLAIMED "),
        ("git ledger block CMB-0001 --on ruling:O\t", "ruling:ORA-0001 "),
        (f"git -C {seat.path} ledger handoff CMB-0001 --to ot\t", "--to otto-cli "),
    ):
        shell.types(typed)
        shell.shows(completed)
        shell.types("\x15echo don''e\n")  # Ctrl-U takes the line back
        shell.shows("\ndone")
    shell.types("git ledger claim C\t")
    shell.shows("CMB-0001   CMB-0002")


@pytest.mark.parametrize("way", ["sourced", "found"])
def test_zsh_completes_below_git_and_by_the_name_of_the_program(
    way: str, seat: Seat, tmp_path: Path, terminals: list[TerminalShell]
) -> None:
    needs("zsh")
    shell = TerminalShell(["zsh", "-f", "-i"], seat.path, shell_env(tmp_path))
    terminals.append(shell)
    load = "autoload -Uz compinit && compinit -u -D"
    if way == "found":
        scripts = ROOT / "ledger" / "faces" / "cli" / "completion"
        load = f"fpath=('{scripts}' $fpath); {load}"
    else:
        load += "; source <(git ledger completion zsh)"
    shell.types(f"PS1='$ '; {load}; echo rea''dy\n")
    shell.shows("ready\r")
    for typed, completed in (
        ("git ledger cla\t", "claim "),
        ("git-ledger show ora\t", "ORA-0001 "),
        ("git ledger queue --state=CL\t", "--state=CLAIMED "),
        ("git ledger block CMB-0001 --on ruling:O\t", "ruling:ORA-0001 "),
    ):
        shell.types(typed)
        shell.shows(completed)
        shell.types("\x15echo don''e\n")
        shell.shows("done\r")
    shell.types("git ledger claim C\t\t")
    assert "One" in shell.shows("Two")


def test_fish_completes_below_git_and_by_the_name_of_the_program(seat: Seat, tmp_path: Path) -> None:
    needs("fish")
    lines = (
        "git ledger cla",
        "git-ledger show ora",
        "git ledger queue --state=CL",
        "git -C . ledger claim C",
    )
    script = "git ledger completion fish | source; " + "; ".join(f"complete -C '{line}'" for line in lines)
    ran = subprocess.run(
        ["fish", "--no-config", "-c", script],
        cwd=seat.path, env=shell_env(tmp_path), capture_output=True, text=True, check=True,
    )  # fmt: skip
    words = [line.partition("\t")[0] for line in ran.stdout.splitlines()]
    assert words == ["claim", "ORA-0001", "--state=CLAIMED", "CMB-0001", "CMB-0002"]
