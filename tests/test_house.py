"""The house: what ARCHITECTURE.md says of rooms and libraries, held against the syntax trees."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.core.board.kinds import KINDS
from ledger.faces.cli import COMMANDS
from ledger.rules import RULES
from ledger.rules.forwarded import FORWARDED

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "ARCHITECTURE.md").read_text()
PURE = ("core", "rules")
IMPURE_MODULES = {
    *("asyncio", "fcntl", "getpass", "glob", "io", "locale", "logging", "multiprocessing", "os", "platform"),
    *("random", "secrets", "shutil", "signal", "socket", "sqlite3", "subprocess", "sys", "tempfile"),
    *("threading", "time", "urllib", "uuid"),
}
CHANCE_AND_CLOCK = {"random", "secrets", "time", "uuid"}
IMPURE_CALLS = {"print", "open", "input", "exec", "eval", "breakpoint", "__import__"}
MOCKS = {"mock", "unittest", "pytest_mock", "mocker"}


def table(heading: str) -> dict[str, list[str]]:
    """The table of the page whose first column has this heading: first cell to the words of the last."""
    lines = PAGE.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): re.findall(r"`([^`]+)`", row[-1]) for row in rows}


ROOMS = {room: {room, *below} for room, below in table("room").items()}
LIBRARIES = {library: place for library, (place,) in table("library").items()}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, inside functions too; `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{one.name}" for one in node.names)


def wrong_imports(path: str, tree: ast.AST) -> Iterator[str]:
    """What a module (its path below ledger/) imports from above it, or from another's library."""
    room = path.split("/")[0].removesuffix(".py")
    for name in imports(tree):
        top, _, rest = name.partition(".")
        other = rest.split(".")[0]
        if top == "ledger" and other in ROOMS and room in ROOMS and other not in ROOMS[room]:
            yield f"{room} imports {other}"
        if top in LIBRARIES and not f"{path}/".startswith(f"{LIBRARIES[top]}/"):
            yield f"{top} outside {LIBRARIES[top]}"
        if top not in (*sys.stdlib_module_names, *LIBRARIES, "ledger"):
            yield f"{top} is a library without a room"


def impurities(path: str, tree: ast.AST) -> Iterator[str]:
    """What a module does with the world although it stands in a pure room, or is not faces/context.py."""
    pure = path.split("/")[0] in PURE
    banned = IMPURE_MODULES if pure else CHANCE_AND_CLOCK
    if path == "faces/context.py":
        return
    yield from (f"imports {name}" for name in imports(tree) if name.split(".")[0] in banned)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if pure and name in IMPURE_CALLS:
                yield f"calls {name}"
            case ast.Attribute(attr="now" | "today" | "utcnow", value=ast.Name(id="datetime" | "date")):
                yield "reads the clock"
            case ast.ImportFrom(module="pathlib", names=names) if pure:
                yield from (f"imports {one.name}" for one in names if not one.name.startswith("Pure"))
            case _:
                pass


def caught_too_much(path: str, tree: ast.AST) -> Iterator[str]:
    """Handlers that catch everything, outside the one place that may."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and path != "faces/boundary.py":
            caught = ast.unparse(node.type) if node.type else "everything"
            if caught in ("everything", "Exception", "BaseException"):
                yield f"catches {caught}"


def mocks(tree: ast.AST) -> Iterator[str]:
    """Stand-ins in a test: mock libraries, and patches of attributes."""
    yield from (f"imports {name}" for name in imports(tree) if name.split(".")[0] in MOCKS)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg in MOCKS:
            yield f"takes {node.arg}"
        if isinstance(node, ast.Attribute) and node.attr in ("setattr", "delattr"):
            yield f"patches with {ast.unparse(node)}"


CHECKS = {"imports": wrong_imports, "purity": impurities, "handlers": caught_too_much}


@pytest.mark.parametrize("check", CHECKS)
def test_the_package_keeps_to_the_page(check: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {said}"
        for path in sorted((ROOT / "ledger").rglob("*.py"))
        for said in CHECKS[check](path.relative_to(ROOT / "ledger").as_posix(), ast.parse(path.read_text()))
    ]
    assert found == []


def test_no_test_mocks_anything() -> None:
    paths = sorted((ROOT / "tests").rglob("*.py"))
    found = [f"{one.name}: {said}" for one in paths for said in mocks(ast.parse(one.read_text()))]
    assert found == []


@pytest.mark.parametrize(
    ("check", "path", "text", "said"),
    [
        ("imports", "core/x.py", "from ledger.store.git import Git", "core imports store"),
        ("imports", "core/x.py", "from ledger import rules", "core imports rules"),
        ("imports", "rules/x.py", "import ledger.store.git", "rules imports store"),
        ("imports", "store/x.py", "def f():\n    from ledger.app import load", "store imports app"),
        ("imports", "faces/cli/x.py", "from ledger.store.repo import Repo", "faces imports store"),
        ("imports", "app/x.py", "from ledger.faces.env import Env", "app imports faces"),
        ("imports", "core/x.py", "def f():\n    import yaml", "yaml outside core/feed/front.py"),
        ("imports", "app/x.py", "import pygit2", "pygit2 outside store"),
        ("imports", "faces/x.py", "import typer", "typer outside faces/cli"),
        ("imports", "faces/x.py", "import requests", "requests is a library without a room"),
        ("purity", "core/x.py", "def f():\n    import os", "imports os"),
        ("purity", "core/x.py", "from pathlib import Path", "imports Path"),
        ("purity", "rules/x.py", "open('x')", "calls open"),
        ("purity", "core/x.py", "from datetime import datetime\ndatetime.now()", "reads the clock"),
        ("purity", "app/x.py", "import time", "imports time"),
        ("purity", "store/x.py", "from random import random", "imports random"),
        ("handlers", "app/x.py", "try:\n    f()\nexcept Exception:\n    pass", "catches Exception"),
        ("handlers", "app/x.py", "try:\n    f()\nexcept:\n    pass", "catches everything"),
    ],
)
def test_what_breaks_the_page_is_found(check: str, path: str, text: str, said: str) -> None:
    assert said in list(CHECKS[check](path, ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "from unittest.mock import patch",
        "def test_x(mocker): pass",
        "def test_x(monkeypatch):\n    monkeypatch.setattr('subprocess.run', print)",
    ],
)
def test_a_mock_is_found(text: str) -> None:
    assert list(mocks(ast.parse(text))) != []


def test_every_room_is_on_the_page_and_there() -> None:
    folders = {one.name for one in (ROOT / "ledger").iterdir() if (one / "__init__.py").exists()}
    assert set(ROOMS) == folders


def test_every_rule_is_in_the_table() -> None:
    modules = (ROOT / "ledger" / "rules").glob("*.py")
    written = {one.stem.replace("_", "-") for one in modules if "\ndef check(view" in one.read_text()}
    assert written | {*FORWARDED} == {rule.name for rule in RULES}


def test_every_kind_of_post_is_in_the_table() -> None:
    modules = (ROOT / "ledger" / "core" / "board" / "kinds").glob("*.py")
    assert {path.stem for path in modules} - {"__init__"} == {*KINDS}


def test_every_command_is_in_the_table() -> None:
    modules = (ROOT / "ledger" / "faces" / "cli" / "commands").glob("*.py")
    written = {one.stem.replace("_", "-") for one in modules if "\ndef command(" in one.read_text()}
    modules_of_rows = {row.module.rpartition(".")[2] for rows in COMMANDS.values() for row in rows}
    assert written == {name.replace("_", "-") for name in modules_of_rows}


def test_the_page_names_files_that_are_there() -> None:
    named = re.findall(r"`((?:core|rules|store|app|faces|tests|tools|docs)/[\w/.]*)`", PAGE)
    assert named != []
    assert [one for one in named if not ((ROOT / "ledger" / one).exists() or (ROOT / one).exists())] == []
