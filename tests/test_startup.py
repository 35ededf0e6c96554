"""What the commands of every day import and which git processes they start, so that a new one is noticed.

Each budget is what the command takes now: a smaller one is written down here, a larger one needs a reason.
The signs of folders (`__init__`) count as the modules that they are.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from git_trace import list_git_commands

from tests.fleet import Seat, fleet, standing

ROOT = Path(__file__).parents[1]
MAIN = """
import sys
from ledger.__main__ import main
code = main()
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""
OPEN = "rev-parse config"
READ = f"{OPEN} fetch"
WRITE = f"{READ} push update-ref"
WRITERS = frozenset({"pygit2", "_cffi_backend", "filelock"})
STOP = json.dumps({"session_id": "s", "hook_event_name": "Stop"})


class Budget(NamedTuple):
    """What a command may cost at most: modules of ours, git's processes, libraries of others."""

    words: str
    ours: int
    git: str
    libraries: frozenset[str] = frozenset()


BUDGETS = {
    "queue": Budget("queue --json", 113, READ),
    "ls": Budget("ls --json", 113, READ),
    "show": Budget("show CMB-0001", 113, f"{READ} rev-parse log"),
    "turn open": Budget("turn open", 118, READ),
    "turn close": Budget("turn close", 118, READ),
    "claim": Budget("claim CMB-0001", 197, WRITE, WRITERS),
    "next": Budget("next", 200, WRITE, WRITERS),
    "note": Budget("note CMB-0001 words", 190, WRITE, WRITERS),
    "append": Budget("append --reserve CMB --subject words", 194, f"{WRITE} cat-file for-each-ref", WRITERS),
    "comment": Budget("comment CMB-0001 words", 193, WRITE, WRITERS),
    "new": Budget("new words -p CMB", 194, f"{WRITE} cat-file for-each-ref", WRITERS),
    "new, prefix found": Budget("new words", 194, f"{WRITE} cat-file for-each-ref", WRITERS),
    "stop, feed moved": Budget("hook claude stop", 114, f"{READ} rev-parse config"),
}
SLOW = {"_hashlib", "dataclasses", "inspect", "logging", "ssl", "textwrap"}


def built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto-cli", branch=None)
    seat.git("config", "ledger.seat", "otto-cli")
    seat.ok("init")
    for subject in ("One", "Two"):
        seat.files("CMB", subject)
    seat.ok("queue")  # which takes them into the index
    return [seat]


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(built, tmp_path)[0]


@pytest.mark.parametrize("name", BUDGETS)
def test_a_command_keeps_to_its_budget(name: str, seat: Seat, tmp_path: Path) -> None:
    budget, trace = BUDGETS[name], tmp_path / "trace"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_TRACE2_EVENT": str(trace)}
    words = [sys.executable, "-c", MAIN, *budget.words.split()]
    ran = subprocess.run(words, cwd=seat.path, input=STOP, capture_output=True, text=True, env=env)
    assert ran.returncode in (0, 10), ran.stderr  # 10: there is something to claim

    modules = ran.stderr.splitlines()[-1].split()
    tops = Counter(module.partition(".")[0] for module in modules)
    assert tops["ledger"] <= budget.ours
    others = tops.keys() - {*sys.stdlib_module_names, "ledger", "__main__", "_distutils_hack"}
    assert others <= budget.libraries
    assert SLOW.isdisjoint(modules) or budget.libraries  # which import what they need
    assert Counter(list_git_commands(trace)) <= Counter(budget.git.split())
