from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.contract import Signature
from ledger.store.git.bare import open_bare
from ledger.store.git.repository import Worktree, choose_remote, open_repository
from tests.gitrun import clone_of, commit_file, git, new_repository, new_server


def nothing(folder: Path) -> Path:
    return folder


def missing(folder: Path) -> Path:
    return folder / "missing"


def bare(folder: Path) -> Path:
    return new_server(folder / "bare.git")


def sha256(folder: Path) -> Path:
    git(folder, "init", "-q", "--object-format=sha256", "repo")
    return folder / "repo"


def reftable(folder: Path) -> Path:
    """As a newer git makes it; one that knows the format opens it, an older one dies of it."""
    repo = new_repository(folder / "repo")
    git(repo, "config", "core.repositoryFormatVersion", "1")
    git(repo, "config", "extensions.refStorage", "reftable")
    return repo


def inside_git_dir(folder: Path) -> Path:
    return new_repository(folder / "repo") / ".git"


def bad_config(folder: Path) -> Path:
    repo = new_repository(folder / "repo")
    (repo / ".git" / "config").write_text("[core\n")
    return repo


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        pytest.param(nothing, "no-repository", "is in no git repository", id="none"),
        pytest.param(missing, "no-repository", "cannot change to", id="no such folder"),
        pytest.param(bare, "bare-repository", "is a bare repository", id="bare"),
        pytest.param(sha256, "unsupported-format", "sha256", id="sha256"),
        pytest.param(reftable, "unsupported-format", "reftable", id="reftable"),
        pytest.param(inside_git_dir, "no-repository", "inside a git directory", id="inside .git"),
        pytest.param(bad_config, "no-repository", "bad config", id="broken config"),
    ],
)
def test_what_is_no_repository_for_a_ledger(
    make: Callable[[Path], Path], kind: str, words: str, tmp_path: Path
) -> None:
    folder = make(tmp_path)
    with pytest.raises(LedgerError) as caught:
        open_repository(folder)
    assert caught.value.kind == kind
    assert words in caught.value.message and str(folder) in caught.value.message
    assert "-C DIR" in caught.value.hint


def test_a_folder_below_the_top_finds_the_top(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    (top / "a" / "b").mkdir(parents=True)
    repo = open_repository(top / "a" / "b")
    assert (repo.top, repo.git_dir, repo.common_dir, repo.shallow) == (top, top / ".git", top / ".git", False)


def test_a_linked_tree_of_a_bare_repository(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server.git")
    commit_file(clone_of(server, tmp_path / "clone"), "a")
    git(tmp_path / "clone", "push", "-q", "origin", "main")
    git(server, "worktree", "add", "-q", str(tmp_path / "tree"), "main")
    repo = open_repository(tmp_path / "tree")
    assert (repo.top, repo.common_dir) == (tmp_path / "tree", server)
    assert [tree.path for tree in repo.list_worktrees()] == [tmp_path / "tree"]


def test_a_shallow_clone_says_so(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server.git")
    clone = clone_of(server, tmp_path / "clone")
    commit_file(clone, "a")
    commit_file(clone, "b")
    git(clone, "push", "-q", "origin", "main")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{server}", "shallow")
    assert open_repository(tmp_path / "shallow").shallow


def test_settings_and_where_they_were_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = new_repository(tmp_path / "repo")
    commit_file(top, "a")
    git(top, "worktree", "add", "-q", str(tmp_path / "linked"))
    git(top, "config", "extensions.worktreeConfig", "true")
    git(top, "config", "ledger.seat", "shared")
    git(tmp_path / "linked", "config", "--worktree", "Ledger.SEAT", "mine\nand a second line")
    git(top, "config", "remote.Up.Stream.url", "x")
    with (top / ".git" / "config").open("a") as config:
        config.write("[ledger]\n\tbare\n")
    repo, linked = open_repository(top), open_repository(tmp_path / "linked")
    assert (repo.config("ledger.seat"), repo.config_scope("ledger.seat")) == ("shared", "local")
    assert (linked.config("ledger.seat"), linked.config_scope("LEDGER.Seat")) == (
        "mine\nand a second line",
        "worktree",
    )
    assert [setting.value for setting in linked.config_all("ledger.seat")] == [
        "shared",
        "mine\nand a second line",
    ]
    assert (repo.config("remote.Up.Stream.url"), repo.config("remote.up.stream.url")) == ("x", None)
    assert repo.config("ledger.bare") == "true"
    assert (repo.config("ledger.nothing"), repo.config_scope("ledger.nothing")) == (None, None)


def test_the_branch_born_unborn_and_detached(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    repo = open_repository(top)
    assert repo.head_branch() == "main"
    commit_file(top, "a")
    git(top, "switch", "-q", "-c", "topic/one")
    assert repo.head_branch() == "topic/one"
    git(top, "switch", "-q", "--detach")
    assert repo.head_branch() is None


def test_identity_is_what_git_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = new_repository(tmp_path / "repo")
    assert open_repository(top).find_identity() == Signature("Tester", "tester@example.invalid")
    monkeypatch.delenv("GIT_AUTHOR_NAME")
    monkeypatch.delenv("GIT_AUTHOR_EMAIL")
    git(top, "config", "user.name", "Ada")
    assert open_repository(top).find_identity() is None
    git(top, "config", "user.email", "ada@example.invalid")
    assert open_repository(top).find_identity() == Signature("Ada", "ada@example.invalid")


def test_all_worktrees_with_what_they_are_on(tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    assert open_repository(top).list_worktrees() == [Worktree(top, "main", None)]
    head = commit_file(top, "a")
    git(top, "worktree", "add", "-q", "--detach", str(tmp_path / "with space"))
    git(top, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "topic"))
    listed = open_repository(tmp_path / "topic").list_worktrees()
    assert sorted(listed, key=lambda tree: tree.path) == [
        Worktree(top, "main", head),
        Worktree(tmp_path / "topic", "topic", head),
        Worktree(tmp_path / "with space", None, head),
    ]


def test_a_path_with_a_line_break_is_refused_and_other_odd_ones_are_not(tmp_path: Path) -> None:
    for opened, options in ((open_repository, ()), (open_bare, ("--bare",))):
        broken, odd = tmp_path / f"a\nb{options}", tmp_path / f"a\u2028b\x85{options}"
        for place in (broken, odd):
            git(tmp_path, "init", "-q", *options, str(place))
        assert opened(odd).git_dir.is_relative_to(odd)
        with pytest.raises(LedgerError) as caught:
            opened(broken)
        assert (caught.value.kind, "line break in its path" in caught.value.message) == (
            "unsupported-format",
            True,
        )


@pytest.mark.parametrize(
    ("remotes", "named", "chosen"),
    [
        pytest.param([], None, None, id="none"),
        pytest.param(["up"], None, "up", id="the only one"),
        pytest.param(["up", "origin"], None, "origin", id="origin of several"),
        pytest.param(["up", "origin"], "up", "up", id="the one that is named"),
    ],
)
def test_which_remote(remotes: list[str], named: str | None, chosen: str | None, tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    for remote in remotes:
        git(top, "remote", "add", remote, "../server.git")
    if named:
        git(top, "config", "ledger.remote", named)
    assert choose_remote(open_repository(top)) == chosen


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        pytest.param([("remote.a.url", "x"), ("remote.b.url", "y")], "a, b", id="several, none is origin"),
        pytest.param([("remote.a.url", "x"), ("ledger.remote", "b")], '"b"', id="the named one is missing"),
        pytest.param([("ledger.remote", "b")], '"b"', id="named, and no remote at all"),
        pytest.param([("remote.a.url", "x"), ("remote.a.url", "y")], '"a"', id="two places to push to"),
        pytest.param(
            [("remote.a.url", "x"), ("remote.a.pushurl", "y"), ("remote.a.pushurl", "z")],
            '"a"',
            id="two push URLs",
        ),
    ],
)
def test_no_guess_which_remote(settings: list[tuple[str, str]], words: str, tmp_path: Path) -> None:
    top = new_repository(tmp_path / "repo")
    for key, value in settings:
        git(top, "config", "--add", key, value)
    with pytest.raises(LedgerError) as caught:
        choose_remote(open_repository(top))
    assert caught.value.kind == "usage-remote" and words in caught.value.message
    assert caught.value.hint == "git ledger init --remote NAME"
