"""What the history of a branch says about how a file came into it."""

from pathlib import Path

import pytest

from ledger.store.git.repository import open_repository
from ledger.store.git.working_tree import MANY, find_adding_commits, find_landed_contents
from tests.gitrun import commit_file, git, new_repository

POST = "feed/a.md"


def history(place: Path, how: str) -> Path:
    """A repository whose post landed as `first`, and what became of it since."""
    repo = new_repository(place / "repo")
    commit_file(repo, "code.txt")
    git(repo, "branch", "apart")
    if how == "unheard of":
        return repo
    commit_file(repo, POST, "first\n")
    if how == "removed and added otherwise":
        git(repo, "rm", "-q", POST)
        git(repo, "commit", "-q", "-m", "gone")
    if how in ("edited", "removed and added otherwise"):
        commit_file(repo, POST, "second\n")
    if how.startswith("merged"):
        git(repo, "checkout", "-q", "apart")
        commit_file(repo, POST, "first\n" if how == "merged, alike" else "second\n")
        commit_file(repo, "feed/b.md")
        git(repo, "checkout", "-q", "main")
        commit_file(repo, "more.txt")
        git(repo, "merge", "-q", "-X", "theirs" if how == "merged, theirs" else "ours", "-m", "both", "apart")
    if how == "cut off":
        commit_file(repo, POST, "second\n")
        git(place, "clone", "-q", "--depth", "1", repo.as_uri(), "cut")
        return place / "cut"
    return repo


@pytest.mark.parametrize(
    ("how", "first"),
    [
        ("left alone", "first"),
        ("edited", "first"),
        ("removed and added otherwise", "first"),
        ("merged, alike", "first"),
        ("merged, ours", None),
        ("merged, theirs", None),
        ("cut off", None),
        ("unheard of", None),
    ],
)
def test_how_a_file_came_into_the_history(how: str, first: str | None, tmp_path: Path) -> None:
    repo = history(tmp_path, how)
    told = find_landed_contents(open_repository(repo), git(repo, "rev-parse", "HEAD"), [POST, "feed/none.md"])
    oid = git(repo, "hash-object", "--stdin", stdin=f"{first}\n")
    assert told == ({POST: ("100644", oid)} if first else {})


def test_names_that_git_would_read_as_patterns(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    odd = ["feed/*.md", "feed/:(top)x.md", 'feed/\u00e9 ".md', "feed/a\nb.md"]
    for path in (*odd, POST):
        commit_file(repo, f"./{path}", path)
    told = find_landed_contents(open_repository(repo), git(repo, "rev-parse", "HEAD"), odd)
    assert list(told) == odd[:3]


@pytest.mark.parametrize("more", [0, MANY, 60_000])
def test_the_commits_of_any_number_of_files(more: int, tmp_path: Path) -> None:
    """60,000 such names are more than one command line holds."""
    repo = new_repository(tmp_path / "repo")
    commits = {path: commit_file(repo, path) for path in (POST, "feed/b.md", "feed/c.md")}
    nowhere = [f"feed/{n:060}.md" for n in range(more)]
    told = find_adding_commits(open_repository(repo), commits["feed/c.md"], [POST, "feed/b.md", *nowhere])
    assert told == {path: commits[path] for path in (POST, "feed/b.md")}


def test_a_commit_is_named_where_it_lies_near_the_end_of_history(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    paths = ["feed/a.md", "feed/b.md", "feed/c.md"]
    commits = {path: commit_file(repo, path) for path in paths}
    told = find_adding_commits(open_repository(repo), commits["feed/c.md"], paths, near=2)
    assert told == {path: commits[path] for path in paths[1:]}
