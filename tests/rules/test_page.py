"""The rules page says what the rules say."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.rules import RULES

ROOT = Path(__file__).parent.parent.parent


def rules_page(*argv: str) -> int:
    return subprocess.run([sys.executable, ROOT / "tools" / "rules-page", *argv], check=False).returncode


def test_the_page_is_current() -> None:
    assert rules_page("--check") == 0


def test_the_page_tells_every_rule() -> None:
    text = (ROOT / "docs" / "rules.md").read_text()
    assert [rule.name for rule in RULES if f"\n### {rule.name}\n" not in text] == []


@pytest.mark.parametrize("text", [None, "", "# The rules\n"], ids=["missing", "empty", "old"])
def test_another_page_is_not_current(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "rules.md"
    if text is not None:
        path.write_text(text)
    assert rules_page("--check", str(path)) == 1
    assert rules_page(str(path)) == 0
    assert rules_page("--check", str(path)) == 0
