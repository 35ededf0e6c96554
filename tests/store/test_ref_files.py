"""Refs that are read from their files are what git says; what stands in none is left to git."""

from pathlib import Path

from ledger.store.git.ref_files import read_ref_files
from tests.gitrun import commit_file, git, new_repository

NAMES = ["refs/remotes/origin/ledger", "refs/ledger/seen/heads/ledger"]


def test_refs_in_files_and_packed_ones_are_read_until_one_is_symbolic_or_gone(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    first, second = (commit_file(repo, name) for name in ("a", "b"))
    place = repo / ".git"
    assert read_ref_files(place, NAMES) is None
    for name in NAMES:
        git(repo, "update-ref", name, first)
    assert read_ref_files(place, NAMES) == dict.fromkeys(NAMES, first)

    git(repo, "tag", "-a", "-m", "a tag has a line of its own below its name", "v1")
    git(repo, "pack-refs", "--all")
    assert not (place / NAMES[0]).exists()
    assert read_ref_files(place, NAMES) == dict.fromkeys(NAMES, first)
    assert read_ref_files(place, ["refs/remotes/origin/ledge", "ledger"]) is None
    git(repo, "update-ref", NAMES[0], second)
    assert read_ref_files(place, NAMES) == {NAMES[0]: second, NAMES[1]: first}
    git(repo, "update-ref", "-d", NAMES[1])
    assert read_ref_files(place, NAMES) is None

    git(repo, "symbolic-ref", NAMES[0], "refs/heads/main")
    assert read_ref_files(place, NAMES[:1]) is None
    (place / NAMES[0]).write_text("")  # as after a power cut
    assert read_ref_files(place, NAMES[:1]) is None
