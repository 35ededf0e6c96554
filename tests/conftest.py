"""Every test is alone with git: no settings and no identity of the machine it runs on."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _git_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("GIT_", "LEDGER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.invalid")


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processes that tests start share what they compile, which is a third of their time."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "pycache"))


@pytest.fixture(autouse=True)
def _leaves_no_process() -> Iterator[None]:
    """A test ends what it started; what it leaves is ended here, and named.

    Left alone, it would be a ResourceWarning in whichever test runs when it is collected. Where there is no
    /proc (proc(5)), nothing is known of children.
    """
    before = _children()
    yield
    if left := _children() - before:
        words = [_ended(one) for one in gc.get_objects() if type(one) is subprocess.Popen and one.pid in left]
        pytest.fail(f"left behind: {words}")


def _children() -> set[int]:
    found: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            found.update(map(int, path.read_text().split()))
    return found


def _ended(child: "subprocess.Popen[Any]") -> object:
    child.kill()
    with suppress(OSError, ValueError):  # a pipe that is broken, or closed already
        child.communicate()
    return child.args


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that nothing is left for one worker alone at the end."""
    items.sort(key=lambda item: item.path.name != "test_races.py")
