"""Whose lease it is: processes known by number and birth, through shells, dead ones told from others."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.core.errors import LedgerError
from ledger.store.pool.processes import (
    Process,
    find_asking_process,
    find_process,
    find_processes_in,
    is_process_gone,
)
from tests.pools import sandbox

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable.replace(" ", r"\ ")
"""This interpreter as a word for sh, within double quotes too."""
ASKS = "from ledger.store.pool.processes import find_asking_process; print(find_asking_process().pid)"


def waiting(*words: str, cwd: Path | None = None) -> "subprocess.Popen[bytes]":
    """A process that says a line when it has begun, and lives until its stdin ends."""
    child = subprocess.Popen(words, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() != b""
    return child


def a_reader(folder: Path, cwd: Path | None = None, name: str = "reader") -> "subprocess.Popen[bytes]":
    """Such a process, whose program has this name."""
    program = folder / name
    plain = Path(sys.executable).resolve()  # a first line holds no space, and the folder of a venv may
    program.write_text(f"#!{plain}\nimport sys\nprint('here', flush=True)\nsys.stdin.read()\n")
    program.chmod(0o755)
    return waiting(str(program), cwd=cwd)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["{itself}", "-c", ASKS], id="started by the agent itself"),
        pytest.param(["sh", "-c", "{python} -c '{asks}'; true"], id="in a shell that the agent starts"),
        pytest.param(
            ["timeout", "60", "bash", "-c", "sh -c \"{python} -c '{asks}'; true\"; true"],
            id="in shells in shells",
        ),
        pytest.param(["git", "-c", "alias.x=!{python} -c '{asks}'; true", "x"], id="through git"),
    ],
)
def test_who_asks_is_the_runtime_and_not_its_shell(words: list[str]) -> None:
    filled = [word.format(python=PYTHON, asks=ASKS, itself=sys.executable) for word in words]
    ran = subprocess.run(filled, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) == os.getpid()


def test_who_asks_is_not_a_program_that_passes_the_command_on(tmp_path: Path) -> None:
    runner = tmp_path / "uv"
    runner.write_text(f"#!/bin/sh\n{PYTHON} -c '{ASKS}'\ntrue\n")
    runner.chmod(0o755)
    ran = subprocess.run([str(runner)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) == os.getpid()


def test_nothing_but_shells_is_the_first_process() -> None:
    """A shell whose parent is gone belongs to the first process, or to the one that takes in orphans."""
    orphan = f'while kill -0 "$1" 2>/dev/null; do :; done; {PYTHON} -c "$2"'
    words = ["sh", "-c", 'sh -c "$1" x $$ "$2" &', "x", orphan, ASKS]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as child:
        child.wait()
        assert child.stdout is not None
        assert not is_process_gone(find_process(int(child.stdout.read())))


def test_a_process_that_is_named_is_taken_whatever_it_is(tmp_path: Path) -> None:
    with a_reader(tmp_path, name="bash") as child:
        assert find_asking_process(child.pid) == find_process(child.pid)
        assert child.stdin is not None
        child.stdin.close()


def test_a_process_that_is_not_there_cannot_be_named(tmp_path: Path) -> None:
    with a_reader(tmp_path) as child:
        pid = child.pid
        child.kill()
    with pytest.raises(LedgerError, match=f"no process {pid}"):
        find_asking_process(pid)


# Sandboxes and containers, which number their processes anew.

TELLS = "from ledger.store.pool.processes import find_asking_process; p = find_asking_process(); "
TELLS += "print(p.pid, p.birth, p.host, sep='|')"
STARTS = f'import subprocess; subprocess.run(["{sys.executable}", "-c", """{TELLS}"""])'


def in_a_namespace(*words: str) -> Process:
    """Who asks, in a namespace of processes that is made for this one command; its words run Python."""
    ran = subprocess.run([*sandbox(), *words], cwd=ROOT, capture_output=True, text=True, check=True)
    pid, birth, host = ran.stdout.rstrip("\n").split("|")
    return Process(int(pid), birth, host)


def test_the_shell_of_a_sandbox_says_nothing_about_the_work() -> None:
    """It ends with its command, while the session goes on outside: no end of it ends the lease."""
    asks = in_a_namespace("sh", "-c", f'{PYTHON} -c "{TELLS}"; true')
    assert (asks.pid, asks.is_bound) == (1, False)
    assert not is_process_gone(asks)


def test_a_program_that_is_the_first_of_its_container_is_who_asks() -> None:
    asks = in_a_namespace(sys.executable, "-c", STARTS)
    assert (asks.pid, asks.is_bound) == (1, True)


def test_a_namespace_is_another_than_the_one_before_it() -> None:
    """The kernel gives the inode of one that has ended to the next."""
    first, second = (in_a_namespace(sys.executable, "-c", STARTS) for _ in range(2))
    assert first.host != second.host


def test_a_process_of_a_namespace_is_not_said_to_be_gone_from_outside() -> None:
    assert not is_process_gone(in_a_namespace(sys.executable, "-c", STARTS))


def test_a_sandbox_that_keeps_the_proc_of_its_host_names_no_process_of_that() -> None:
    """What has the number there is another process, which ends when it likes."""
    words = [*sandbox("unshare that keeps /proc"), sys.executable, "-c", STARTS]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    pid, birth, _ = ran.stdout.rstrip("\n").split("|")
    assert (pid, birth) == ("1", "")


def test_a_machine_of_the_same_name_is_another_host(tmp_path: Path) -> None:
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    box = ["--dev-bind", "/", "/", "--ro-bind", str(tmp_path / "machine-id"), "/etc/machine-id"]
    sandbox("bubblewrap")
    if not Path("/etc/machine-id").is_file():
        pytest.skip("this machine has no machine-id")
    ran = subprocess.run(
        ["bwrap", *box, sys.executable, "-c", TELLS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pid, birth, host = ran.stdout.rstrip("\n").split("|")
    assert (int(pid), birth) == (os.getpid(), find_process(os.getpid()).birth)
    assert host != find_process(os.getpid()).host
    assert not is_process_gone(Process(int(pid), "boot 1", host))


@pytest.mark.parametrize(
    ("year", "gone"),
    [pytest.param(2001, True, id="before this boot"), pytest.param(2999, False, id="since this boot")],
)
def test_a_process_of_another_boot_is_gone_when_it_was_seen_before_this_one(year: int, gone: bool) -> None:
    """Two virtual machines may come of one image and have all names in common."""
    process = replace(find_process(os.getpid()), birth="boot 1")
    assert is_process_gone(process, datetime(year, 1, 1, tzinfo=UTC)) is gone


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        pytest.param({}, False, id="lives"),
        pytest.param({"birth": "boot 1"}, True, id="its number was given again"),
        pytest.param({"host": "elsewhere"}, False, id="another host's"),
        pytest.param({"host": "elsewhere", "birth": "boot 1"}, False, id="another host's with such a number"),
        pytest.param({"birth": ""}, False, id="no birth is known"),
    ],
)
def test_a_process_is_gone_only_when_that_is_certain(change: dict[str, Any], gone: bool) -> None:
    assert is_process_gone(replace(find_process(os.getpid()), **change)) is gone


def test_a_killed_process_is_gone_even_before_its_parent_looks(tmp_path: Path) -> None:
    with a_reader(tmp_path) as child:
        process = find_process(child.pid)
        assert not is_process_gone(process)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_process_gone(process)
    assert is_process_gone(process)
    assert isinstance(process, Process)


def test_who_is_at_work_in_a_folder(tmp_path: Path) -> None:
    place, beside = tmp_path / "tree", tmp_path / "tree-2"
    (place / "below").mkdir(parents=True)
    beside.mkdir()
    with a_reader(tmp_path, place / "below", "gitlike") as inside, a_reader(tmp_path, beside) as outside:
        assert find_processes_in(place) == (inside.pid,)
        assert find_processes_in(place, "git") == (inside.pid,)
        assert find_processes_in(place, "hg") == ()
        assert find_processes_in(beside) == (outside.pid,)
        for child in (inside, outside):
            child.kill()


def test_who_asks_is_not_in_its_own_way(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from ledger.store.pool.processes import find_processes_in; "
        "print(find_processes_in(Path.cwd()))"
    )
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        ["sh", "-c", f'{PYTHON} -c "$1"; true', "x", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=here,
    )
    assert ran.stdout == "()\n"
