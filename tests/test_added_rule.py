"""One more rule is one module and one line of the table; then a check, a write and the guard hold to it."""

import os
import shutil
from pathlib import Path

import pytest

from tests.fleet import bare_remote, clone, spawn_plainly

RULE = '''\
"""A seat that wrote more than three notes.

Why: this test adds a rule of its own.
Wrong: a fourth note.
Right: three notes.
"""

from collections.abc import Iterator

from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """New notes of seats that have three already."""
    for post in view.judged:
        notes = [one for one in view.board.newest_posts_by(post.seat) if one.kind == "note"]
        if post.kind == "note" and len(notes) > 3:
            yield view.finding_at("wordy-seat", post, f"{post.seat} wrote {len(notes)} notes", "write less")
'''


def add_rule(folder: Path) -> Path:
    """A copy of the package, in `folder`, with one more rule."""
    package = folder / "ledger"
    shutil.copytree(Path(__file__).parents[1] / "ledger", package)
    (package / "rules" / "wordy_seat.py").write_text(RULE)
    table = package / "rules" / "__init__.py"
    text = table.read_text()
    imported = text.replace(
        "from ledger.rules import (\n", "from ledger.rules import (\n    wordy_seat,\n", 1
    )
    table.write_text(imported.replace('*_make_rules("life", ', '*_make_rules("life", wordy_seat, ', 1))
    return folder


def test_an_added_rule_is_held_to_by_a_check_a_write_and_a_guarded_push(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = add_rule(tmp_path / "package")
    remote = bare_remote(tmp_path)
    seat = clone(remote, tmp_path / "clone", "A-1")
    for words in ("one", "two", "three"):
        seat.ok("append", "--kind", "note", "--body", words)
    monkeypatch.chdir(package)  # where `python -m ledger` looks first
    monkeypatch.setenv("PYTHONPATH", str(package))  # and where the hooks of the guard look
    install = spawn_plainly(
        package, "guard", "install", str(remote), "--branch", "main", env=dict(os.environ)
    )
    assert install.code == 0, install.err

    refused = seat.spawn("append", "--kind", "note", "--body", "four", "--json")
    assert [finding["rule"] for finding in refused.json["error"]["findings"]] == ["wordy-seat"], refused

    seat.git("pull", "-q", "origin", "main")
    seat.writes("four", kind="note")
    checked = seat.spawn("check", "--json")
    assert checked.code != 0
    assert [finding["rule"] for finding in checked.json["findings"]] == ["wordy-seat"]

    seat.git("add", "feed")
    seat.git("commit", "-q", "--no-verify", "-m", "by hand")
    pushed = seat.git_refuses("push", "--no-verify", "origin", "HEAD:main")
    assert "wordy-seat" in pushed and "A-1 wrote 4 notes" in pushed
