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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too")
    parser.addoption("--rewrite-gallery", action="store_true", help="write what is said into tests/gallery")


_LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_LEFT_OUT] = 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the slow ones, unless all are asked for, or one by its name, as `tests/test_x.py::test_y`.

    The long ones go first, so that nothing is left for one worker alone at the end.
    """
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, item.path.name != "test_races.py"))
    if config.getoption("--slow") or any("::" in word for word in config.args):
        return
    slow = [item for item in items if item.get_closest_marker("slow") is not None]
    config.stash[_LEFT_OUT] = len(slow)
    config.hook.pytest_deselected(items=slow)
    del items[: len(slow)]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each worker of pytest-xdist collects all tests, and tells the process that reports."""
    node.config.stash[_LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Say last of all what was left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash[_LEFT_OUT]
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (left_out := session.config.stash[_LEFT_OUT]) and reporter is not None:
        reporter.write_line(f"slow tests left out: {left_out}; `tools/test --slow` runs all")
