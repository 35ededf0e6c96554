"""One more kind of post is what CONTRIBUTING.md says and no more; each step that is left out fails a test."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleet import bare_remote, clone

ROOT = Path(__file__).parents[1]
KIND = '''\
"""`bump`: makes a ticket critical."""

from typing import TYPE_CHECKING

from ledger.core.board.folding import deny_missing_ticket
from ledger.core.board.kind import Kind
from ledger.core.dataclass import replace
from ledger.core.model import Post, Priority

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Give the ticket the highest priority."""
    ticket = board.tickets.get(post.item or "")
    if ticket is None:
        board.refuse_post(post, deny_missing_ticket(board, post.item))
    else:
        board.put_moved(replace(ticket, priority=Priority.CRITICAL), post, "bumped")


KIND = Kind(name="bump", apply=apply, required=("item",), fields=frozenset(("item",)), moves_item=True)
'''


def add_module(root: Path) -> None:
    (root / "ledger/core/board/kinds/bump.py").write_text(KIND)


def add_line_to_table(root: Path) -> None:
    table = root / "ledger/core/board/kinds/__init__.py"
    text = table.read_text().replace("    boot.KIND,\n", "    boot.KIND,\n    bump.KIND,\n")
    table.write_text(text.replace("boot, confirm", "boot, bump, confirm"))


def add_row_to_page(root: Path) -> None:
    page = root / "docs/feed.md"
    row = "| `note` | says something"
    page.write_text(page.read_text().replace(row, f"| `bump` | makes a ticket critical |\n{row}"))


def add_example(root: Path) -> None:
    test = root / "tests/core/test_posts.py"
    row = '    "note": {},\n'
    test.write_text(test.read_text().replace(row, f'{row}    "bump": {{"item": "CMB-0107"}},\n'))


Step = Callable[[Path], None]
STEPS: dict[Step, str] = {
    add_line_to_table: "test_every_kind_of_post_is_in_the_table",
    add_row_to_page: "test_the_feed_page_names_every_field_kind_and_directive",
    add_example: "test_every_kind_of_post_has_an_example",
}
"""The steps beside the module itself, each with the test that fails without it."""


def copy_checkout(folder: Path) -> Path:
    """A copy of what the tests about kinds of post look at."""
    for name in ("ledger", "tests", "docs", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*ROOT.glob("*.md"), ROOT / "pyproject.toml"):
        shutil.copy(path, folder)
    return folder


def find_failing_tests(root: Path) -> set[str]:
    """The tests about kinds of post that fail in a checkout, by name."""
    files = ("tests/test_house.py", "tests/test_docs.py", "tests/core/test_posts.py")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "kind", *files]
    env = os.environ | {"PYTHONPATH": str(root)}
    ran = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    failed = [line for line in ran.stdout.splitlines() if line.startswith("FAILED")]
    return {line.split("::")[1].partition("[")[0].partition(" ")[0] for line in failed}


@pytest.mark.slow
def test_an_added_kind_with_all_its_steps_fails_no_test(tmp_path: Path) -> None:
    root = copy_checkout(tmp_path / "checkout")
    for step in (add_module, *STEPS):
        step(root)
    assert find_failing_tests(root) == set()


@pytest.mark.slow
@pytest.mark.parametrize("forgotten", STEPS, ids=[step.__name__ for step in STEPS])
def test_a_forgotten_step_fails_a_test_that_names_it(tmp_path: Path, forgotten: Step) -> None:
    root = copy_checkout(tmp_path / "checkout")
    for step in (add_module, *STEPS):
        if step is not forgotten:
            step(root)
    assert STEPS[forgotten] in find_failing_tests(root)


def test_an_added_kind_goes_from_the_command_line_to_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "package"
    shutil.copytree(ROOT / "ledger", root / "ledger")
    add_module(root)
    add_line_to_table(root)
    seat = clone(bare_remote(tmp_path), tmp_path / "clone", "A-1")
    item = seat.ok("append", "--reserve", "CMB", "--subject", "A leak")["posts"][0]["item"]
    monkeypatch.chdir(root)  # where `python -m ledger` looks first
    monkeypatch.setenv("PYTHONPATH", str(root))

    bumped = seat.spawn("append", "--kind", "bump", "--item", item, "--body", "it floods", "--json")
    assert bumped.code == 0, bumped.err
    shown = seat.spawn("show", item, "--json").json
    assert shown["priority"] == "CRITICAL"
    assert shown["history"][-1]["effect"] == "bumped"

    refused = seat.spawn("append", "--kind", "bump", "--body", "which one?", "--json")
    assert refused.json["error"]["message"] == "`item` is missing: bump needs it"
    refused = seat.spawn("append", "--kind", "bump", "--item", item, "--owner", "B-1", "--json")
    assert refused.json["error"]["message"] == "`owner` has no meaning on bump"
