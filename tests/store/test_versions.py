"""Which content of a file somebody stood on, told from the history alone."""

from pathlib import Path

import pytest

from ledger.store.git.repository import open_repository
from ledger.store.versions import find_versions_stood_on
from tests.gitrun import commit_file, git, new_repository

POST = "feed/a.md"
ELSE = ("--author", "Else <else@example.invalid>")


def build(repo: Path, story: str) -> None:
    """Commit as the words of a story say: `A` adds the post, `E` edits it, `R` removes it, `.` is other work;
    a small letter is somebody else, and `t` a commit that the tool landed; `M` merges what `main` has."""
    for place, word in enumerate(story):
        who = ELSE if word.islower() and word != "t" else ()
        if word == "M":
            git(repo, "merge", "-q", "--no-commit", "-s", "ours", "main")
            git(repo, "rm", "-q", "-f", "--ignore-unmatch", POST)
        elif word in "Rr":
            git(repo, "rm", "-q", POST)
        else:
            path = POST if word in "AaEe" else f"other-{place}"
            (repo / path).parent.mkdir(exist_ok=True)
            (repo / path).write_text(f"{word}{place}")
            git(repo, "add", path)
        git(repo, "commit", "-q", *who, "-m", "ledger: work" if word == "t" else word)


@pytest.mark.parametrize(
    ("story", "counts"),
    [
        ("A", "A0"),
        ("AR", None),
        ("A..R", None),
        ("Ar", "A0"),
        ("AoR", "A0"),
        ("AtR", "A0"),
        ("AE", "E1"),
        ("AEtE", "E1"),
        ("AEe", "E1"),
        ("AtE", "A0"),
        ("ARA", "A2"),
        ("AM", None),
        ("ARM", None),
        ("AoM", "A0"),
    ],
)
def test_the_content_that_counts(story: str, counts: str | None, tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.txt")
    git(repo, "checkout", "-q", "-b", "work")
    git(repo, "checkout", "-q", "main")
    build(repo, "t")
    git(repo, "checkout", "-q", "work")
    build(repo, story)
    oid = git(repo, "hash-object", "--stdin", stdin=counts) if counts else None
    told = find_versions_stood_on(
        open_repository(repo), git(repo, "rev-parse", "HEAD"), [POST, "feed/none.md"]
    )
    assert told == {POST: oid}
