"""The walks of ARCHITECTURE.md: what they name is entered, in that order, and no deed walks further."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text().partition("## Four walks")[2].partition("\n## ")[0]
WALKS = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (.*) \|$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def walks() -> dict[str, Any]:
    """What `tools/walk` finds."""
    words = [sys.executable, str(ROOT / "tools" / "walk"), "--json"]
    found: dict[str, Any] = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    return found


def files_entered(walk: dict[str, Any]) -> list[str]:
    """The files, in the order in which more than a record is made in them."""
    calls = sorted(walk["functions"], key=lambda call: call[1].endswith("__init__"))
    files = dict.fromkeys(file for file, _ in calls)
    return [file for file in files if not file.startswith("rules/")]


@pytest.mark.parametrize("deed", [deed for deed, *_ in WALKS])
def test_a_walk_enters_the_files_of_the_page_in_its_order(deed: str, walks: dict[str, Any]) -> None:
    text = re.split(r"^\*\*", PAGE.partition(f"\n**{deed}**")[2], flags=re.MULTILINE)[0]
    told = re.findall(r"`([\w/]+\.py)`", text)
    entered = files_entered(walks[deed])
    assert len(told) > 5
    assert [file for file in dict.fromkeys(told) if file not in entered] == []
    assert sorted(dict.fromkeys(told), key=entered.index) == [*dict.fromkeys(told)]


@pytest.mark.parametrize(("deed", "files", "functions", "git"), WALKS)
def test_a_walk_goes_no_further_than_the_page_says(
    deed: str, files: str, functions: str, git: str, walks: dict[str, Any]
) -> None:
    assert len(files_entered(walks[deed])) <= int(files)
    assert len(walks[deed]["functions"]) <= int(functions)
    assert walks[deed]["git"] == re.findall(r"`([\w-]+)`", git)


def test_the_page_walks_every_deed_that_can_be_followed(walks: dict[str, Any]) -> None:
    assert [deed for deed, *_ in WALKS] == list(walks)
