"""Which branch holds the feed, by the refs of a clone."""

from pathlib import Path

import pytest

from ledger.store.feed_branch import find_feed_branch
from ledger.store.git.repository import choose_remote, open_repository
from tests.gitrun import commit_file, git, new_repository, new_server

POST = "feed/2026/11/20/03/38/20261120T033857123Z-camber-12-0123456789abcdef.md"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "repo")


def found(top: Path) -> str:
    repo = open_repository(top)
    return find_feed_branch(repo, choose_remote(repo))


def cloned(top: Path) -> Path:
    """A clone of a server on which this repository's branches were pushed, that of HEAD being its own."""
    server = new_server(top.parent / "server.git")
    git(server, "symbolic-ref", "HEAD", git(top, "symbolic-ref", "HEAD"))
    git(top, "push", "-q", str(server), "refs/heads/*")
    git(top.parent, "clone", "-q", str(server), "clone")
    return top.parent / "clone"


def test_where_there_is_nothing_it_is_a_branch_of_its_own(top: Path) -> None:
    assert found(top) == "ledger"
    commit_file(top, "feed/parser.py")  # code for feeds of another kind
    assert (found(top), found(cloned(top))) == ("ledger", "ledger")


@pytest.mark.parametrize("path", ["feed/2026/news.md", "feed/2026/11/20/news.md", "feed/1234"])
def test_a_blog_of_that_name_is_no_feed(path: str, top: Path) -> None:
    commit_file(top, path)
    assert (found(top), found(cloned(top))) == ("ledger", "ledger")


def test_a_branch_of_the_code_with_that_name_hides_no_feed(top: Path) -> None:
    commit_file(top, "accounting.py")
    git(top, "branch", "ledger")
    commit_file(top, POST)
    assert (found(top), found(cloned(top))) == ("main", "main")


@pytest.mark.parametrize("path", ["feed/ledger.yaml", POST])
def test_a_feed_on_main_is_found(path: str, top: Path) -> None:
    commit_file(top, path)
    assert (found(top), found(cloned(top))) == ("main", "main")


def test_a_feed_on_the_branch_that_a_remote_calls_its_own(top: Path) -> None:
    git(top, "symbolic-ref", "HEAD", "refs/heads/trunk")
    commit_file(top, POST)
    assert found(cloned(top)) == "trunk"


def test_a_branch_of_its_own_goes_before_main(top: Path) -> None:
    commit_file(top, POST)
    git(top, "branch", "ledger")
    assert (found(top), found(cloned(top))) == ("ledger", "ledger")


def test_with_a_remote_only_its_branches_count(top: Path) -> None:
    commit_file(top, POST)
    clone = cloned(top)
    git(clone, "branch", "ledger")
    assert found(clone) == "main"


def test_what_is_set_goes_before_all(top: Path) -> None:
    commit_file(top, POST)
    git(top, "branch", "ledger")
    git(top, "config", "ledger.branch", "fleet/feed")
    assert found(top) == "fleet/feed"
