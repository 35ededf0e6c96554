"""Refs that are read from their files are what git says; what is no file of one's own is left to git."""

from pathlib import Path

from ledger.store.git.loose_refs import read_loose_refs
from tests.gitrun import commit_file, git, new_repository

NAMES = ["refs/remotes/origin/ledger", "refs/ledger/seen/heads/ledger"]


def test_refs_in_files_are_read_until_one_is_packed_symbolic_or_gone(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    first, second = (commit_file(repo, name) for name in ("a", "b"))
    place = repo / ".git"
    assert read_loose_refs(place, NAMES) is None
    for name in NAMES:
        git(repo, "update-ref", name, first)
    assert read_loose_refs(place, NAMES) == dict.fromkeys(NAMES, first)

    git(repo, "pack-refs", "--all")
    assert read_loose_refs(place, NAMES) is None
    git(repo, "update-ref", NAMES[0], second)
    assert read_loose_refs(place, NAMES) is None
    assert read_loose_refs(place, NAMES[:1]) == {NAMES[0]: second}

    git(repo, "symbolic-ref", NAMES[0], NAMES[1])
    assert read_loose_refs(place, NAMES[:1]) is None
    (place / NAMES[0]).write_text("")  # as after a power cut
    assert read_loose_refs(place, NAMES[:1]) is None
