"""Writing posts from a batch."""

from pathlib import Path

from tests.fleet import fleet
from tests.gitrun import git

BATCH = b"reserve: CMB\nsubject: Cards\nx-run: '7'\nx-tags: [a, b]\n"


def test_a_field_of_the_writers_own_lands_as_it_is_written(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    words = ("append", "--batch", "-", "--intent", "00000000000000aa")
    (post,) = otto.ok(*words, stdin=BATCH)["posts"]
    text = git(tmp_path / "remote.git", "cat-file", "blob", f"main:{post['path']}")
    assert "x-run: 7\nx-tags:\n- a\n- b\n" in text
    assert otto.ok(*words, stdin=BATCH)["posts"] == [post]
    other = otto.run(*words, "--json", stdin=BATCH.replace(b"'7'", b"'8'")).json
    assert other["error"]["kind"] == "nonce-used"
    assert otto.ok("check", "--all")["findings"] == []
