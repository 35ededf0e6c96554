"""The tutorial and the how-to pages, played as they stand on real repositories."""

import re
from pathlib import Path

import pytest

from ledger.faces.cli import find_command
from tests.pages import fits, list_commands, play

DOCS = Path(__file__).parent.parent / "docs"
PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    assert play(page.read_text(), tmp_path) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_is_played(page: Path) -> None:
    """No block is left for a shell that is not typed, and words name commands that there are."""
    text = page.read_text()
    assert list_commands(text)
    assert re.findall(r"^```(?:sh|bash)$", text, re.M) == []
    named = re.findall(r"`git ledger ([a-z]+)", text)
    assert [name for name in named if find_command(name) is None] == []


def test_what_a_page_shows_is_compared_line_by_line() -> None:
    shown = ("CMB-0001  …  free", "…", "end")
    assert fits(shown, ["CMB-0001  AWAITING_CLAIM  free", "x", "y", "end"])
    assert fits(shown, ["CMB-0001  a  free", "end"])
    assert not fits(shown, ["CMB-0002  a  free", "end"])
    assert not fits(shown, ["CMB-0001  a  free", "end", "more"])
    [typed] = list_commands("```console\notto$ false\nsome words\n(exit 1)\n```\n")
    assert (typed.folder, typed.command, typed.printed, typed.code) == ("otto", "false", ("some words",), 1)
