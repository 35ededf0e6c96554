"""The table of commands against the contract: what there is, and which options each has."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.faces.cli import COMMANDS
from ledger.faces.cli.main import write_overview
from tests.faces.envs import run_at

WHY = {"--why"}
STAGED = {"--stage", "--propose"}
FIELDS = {"--subject", "--priority", "--lane", "--owner", "--after", "--label", "--criterion", "--due"}
BODY = {"--body", "--body-file"}
POST = (
    FIELDS
    | BODY
    | {"--kind", "--reserve", "--provisional", "--item", "--state", "--parent", "--related"}
    | {"--blocked-on", "--rules-on", "--to", "--branch", "--worktree", "--met"}
)

TEXT = {"--message", "--file", "--edit"}

CONTRACT: dict[str, set[str]] = {
    "new": FIELDS - {"--subject"} | TEXT | STAGED | {"--prefix", "--parent", "--related"},
    "ls": {"--for", "--state", "--lane", "--all", "--label", "--overdue", "--by-due"},
    "next": {"--dry-run"},
    "comment": TEXT | STAGED | {"--to", "--met"},
    "init": {"--branch", "--remote", "--seat", "--move-to", "--ci"},
    "doctor": set(),
    "completion": set(),
    "reserve": {"--count"},
    "append": POST | STAGED | {"--batch"},
    "claim": {"--branch", "--worktree", "--check", "--challenge"},
    "alive": set(),
    "release": WHY | STAGED,
    "block": {"--on"} | WHY | STAGED,
    "done": WHY | STAGED | {"--met"},
    "park": WHY | STAGED,
    "cancel": WHY | STAGED,
    "reopen": WHY,
    "undo": {"--dry-run"},
    "handoff": {"--to", "--reason"} | WHY,
    "decline": {"--reason"} | WHY,
    "amend": FIELDS | WHY | STAGED | {"--unlabel", "--drop-criterion"},
    "rule": {"--on", "--absorb", "--subject", "--reserve", "--item", "--corrects", "--suggest"} | BODY,
    "confirm": set(),
    "note": {"--to", "--met"} | STAGED,
    "boot": {"--lane", "--wip", "--cap", "--driver"},
    "retire": set(),
    "queue": {"--for", "--state", "--lane", "--all", "--label", "--overdue", "--by-due"},
    "show": set(),
    "who": {"--all"},
    "deps": set(),
    "series": set(),
    "log": {"--seat", "--since", "--kind", "--label"},
    "export": {"--format", "--state", "--lane", "--label", "--all"},
    "find": {"--state", "--lane", "--label", "--limit", "--all"},
    "check": {"--staged", "--range", "--all", "--format", "--pushed"},
    "drift": {"--fix", "--wait", "--all", "--format"},
    "draft": POST,
    "turn": {"--claim", "--runs"},
    "pool": {"--identity", "--item", "--wait", "--pid", "--keep-alive", "--force", "--older-than"},
    "sync": set(),
    "watch": set(),
    "board": {"--port", "--open", "--out"},
    "review": {"--format"},
    "stats": {"--since", "--gates"},
    "import": {"--dry-run", "--prefix", "--from"},
    "seal": set(),
    "guard": {"--branch"},
    "setup": {"--check", "--remove"},
    "hook": set(),
    "mcp": set(),
    "checkpoint": set(),
    "explain": {"--schema"},
}
"""Every command that there is or will be, with all the options that it may have. An option is a promise
for years: a new one is a line here first."""

ROWS = {row.name: row for rows in COMMANDS.values() for row in rows}


def test_every_command_is_promised_and_shown() -> None:
    assert [name for name in ROWS if name not in CONTRACT] == []
    assert [name for name in ROWS if f"\n  {name} " not in write_overview()] == []


@pytest.mark.parametrize("name", ROWS)
def test_a_command_has_no_option_that_is_not_promised(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(importlib.import_module(ROWS[name].module).command)
    assert run_at(tmp_path, name, "-h").code == 0
    shown = capsys.readouterr().out
    assert f"git ledger {name}" in shown
    options = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", shown, re.M))
    assert options - CONTRACT[name] == {"--help"}


@pytest.mark.parametrize("name", ROWS)
def test_an_option_that_is_unknown_is_named(name: str, tmp_path: Path) -> None:
    said = run_at(tmp_path, name, "--frobnicate")
    if ROWS[name].harmless:
        assert (said.code, said.out) == (0, "{}\n")
        assert "--frobnicate" in said.err
        return
    assert (said.code, said.out) == (2, "")
    assert "--frobnicate" in said.err and f"hint: `git ledger {name} -h`" in said.err


def test_help_and_version_need_no_repository(tmp_path: Path) -> None:
    for words in (("-h",), ("--help",), ("help",), ("--version",), ("queue", "--version"), ("explain",)):
        said = run_at(tmp_path, *words)
        assert (said.code, said.err) == (0, ""), words
        assert said.out, words


def test_a_command_that_is_nearly_one(tmp_path: Path) -> None:
    said = run_at(tmp_path, "qeue")
    assert said.err == 'error: there is no command "qeue"\nhint: `git ledger queue`\n'


def test_a_command_imports_no_other(tmp_path: Path) -> None:
    """Python starts fast only while each command loads what it needs."""
    program = (
        "import io, sys; from ledger.faces.cli.main import run; from ledger.faces.context import real_env;"
        "run(['queue'], real_env()); print(*sys.modules)"
    )
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, env=here
    )
    loaded = set(ran.stdout.split())
    commands = {row.module for row in ROWS.values()}
    assert loaded & commands == {"ledger.faces.cli.commands.queue"}
    assert loaded & {"pygit2", "filelock", "yaml"} == set()


@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_reader_that_went_away_is_no_finding(buffered: str, tmp_path: Path) -> None:
    """`git ledger explain | head -1` and the like: no traceback, and not the exit code of a finding."""
    reading, writing = os.pipe()
    os.close(reading)
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": buffered}
    ran = subprocess.run(
        [sys.executable, "-m", "ledger", "explain"],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=here,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")
