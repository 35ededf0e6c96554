import os
import subprocess
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.contract import ABSENT, Signature, TreeEntry
from ledger.store.git.bare import list_staged_differences
from ledger.store.git.objects import Objects
from ledger.store.git.repository import open_repository
from tests.gitrun import clone_of, commit_file, git, new_repository, new_server

SEAT = Signature("Seat", "seat@example.invalid")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "repo")


def objects(top: Path) -> Objects:
    return Objects(open_repository(top))


def write(store: Objects, files: dict[str, bytes], author: Signature = SEAT) -> str:
    return store.write_commit(ABSENT, files, "message\n", author, SEAT, 1_790_000_000)


def test_links_submodules_and_foreign_names_are_entries(top: Path) -> None:
    head = commit_file(top, "feed/a.md", "a\n")
    blob = git(top, "rev-parse", "HEAD:feed/a.md")
    listing = f"120000 {blob}\tfeed/link\n160000 {head}\tfeed/module\n100755 {blob}\tfeed/run\n"
    git(top, "update-index", "--index-info", stdin=listing)
    odd = os.fsencode(top / "feed") + b"/odd\xff.md"
    with open(odd, "w") as file:  # noqa: PTH123
        file.write("a\n")
    subprocess.run(["git", "add", "--", b"feed/odd\xff.md"], cwd=top, check=True)
    git(top, "commit", "-q", "-m", "odd")
    entries = objects(top).list_files("HEAD")
    assert entries == [
        TreeEntry("feed/a.md", "100644", blob),
        TreeEntry("feed/link", "120000", blob),
        TreeEntry("feed/module", "160000", head),
        TreeEntry("feed/odd\udcff.md", "100644", blob),
        TreeEntry("feed/run", "100755", blob),
    ]
    staged = [(one.path, one.mode, one.oid) for one in list_staged_differences(objects(top).repo, None)]
    assert staged == [(entry.path, entry.mode, entry.oid) for entry in entries]


def test_a_link_in_place_of_the_feed_is_not_followed_and_not_replaced(top: Path) -> None:
    (top / "feed").symlink_to("elsewhere")
    git(top, "add", "feed")
    git(top, "commit", "-q", "-m", "link")
    store = objects(top)
    assert store.list_files("HEAD") == []
    with pytest.raises(LedgerError) as caught:
        store.write_commit(git(top, "rev-parse", "HEAD"), {"feed/a": b""}, "m", SEAT, SEAT, 0)
    assert caught.value.kind == "path-clash"


def test_the_index_is_the_one_that_git_names(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_file(top, "feed/a.md", "a\n")
    (top / "feed" / "b.md").write_text("b\n")
    monkeypatch.setenv("GIT_INDEX_FILE", str(top / ".git" / "other-index"))
    git(top, "add", "feed/b.md")
    assert [one.path for one in list_staged_differences(objects(top).repo, None)] == ["feed/b.md"]
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert [one.path for one in list_staged_differences(objects(top).repo, None)] == ["feed/a.md"]
    (top / "feed" / "a.md").unlink()
    git(top, "rm", "-q", "--cached", "feed/a.md")
    gone = list_staged_differences(objects(top).repo, git(top, "rev-parse", "HEAD"))
    assert [(one.status, one.path) for one in gone] == [("D", "feed/a.md")]


def test_any_object_can_be_read_as_bytes(top: Path) -> None:
    head = commit_file(top, "feed/a.md", "a\n")
    content = objects(top).read_blobs([head], 1000)[head]
    assert content.startswith(b"tree ")


def test_many_blobs_at_once(top: Path) -> None:
    store = objects(top)
    wanted = {store.write_blob(f"post {number}\n".encode() * 100): number for number in range(500)}
    read = store.read_blobs(list(wanted) * 40, 10_000)
    assert {oid: content.split(b"\n")[0] for oid, content in read.items()} == {
        oid: f"post {number}".encode() for oid, number in wanted.items()
    }


def test_a_commit_is_what_git_makes_of_it(top: Path) -> None:
    oid = write(objects(top), {"feed/a/b.md": b"b"}, Signature("Ä <x>\nB", "a@example.invalid>"))
    shown = git(top, "show", "-s", "--format=%an|%ae|%ad|%cn|%ct|%s|%P", "--date=iso", oid)
    assert shown == "Ä xB|a@example.invalid|2026-09-21 14:13:20 +0000|Seat|1790000000|message|"
    git(top, "fsck", "--strict")


def test_a_name_that_is_only_brackets_still_commits(top: Path) -> None:
    oid = write(objects(top), {"feed/a": b""}, Signature("<>", "<>"))
    assert git(top, "show", "-s", "--format=%an|%ae", oid) == "unnamed|unnamed"


def test_what_is_beside_the_paths_stays(top: Path) -> None:
    head = commit_file(top, "src/deep/code.py", "code\n")
    commit_file(top, "feed/2026/a.md")
    head = git(top, "rev-parse", "HEAD")
    new = objects(top).write_commit(
        head, {"feed/2026/b.md": b"b", "feed/2027/c.md": b"c"}, "m", SEAT, SEAT, 0
    )
    assert objects(top).list_changed_files(head, new) == [("A", "feed/2026/b.md"), ("A", "feed/2027/c.md")]
    assert git(top, "rev-parse", f"{new}:src") == git(top, "rev-parse", f"{head}:src")


@pytest.mark.parametrize("extension", ["partialClone", "worktreeConfig"])
def test_writing_in_repositories_with_extensions(extension: str, top: Path, tmp_path: Path) -> None:
    commit_file(top, "a")
    git(top, "worktree", "add", "-q", str(tmp_path / "linked"))
    git(top, "config", "core.repositoryFormatVersion", "1")
    git(top, "config", f"extensions.{extension}", "true")
    oid = objects(tmp_path / "linked").write_blob(b"text")
    assert git(top, "cat-file", "blob", oid) == "text"


def test_a_partial_clone_is_read_and_written(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server.git")
    git(server, "config", "uploadpack.allowFilter", "true")
    first = clone_of(server, tmp_path / "first")
    head = commit_file(first, "feed/a.md", "a\n")
    git(first, "push", "-q", "origin", "main")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{server}", "partial")
    store = objects(tmp_path / "partial")
    entry = store.list_files(head)[0]
    assert store.read_blobs([entry.oid], 10) == {entry.oid: b"a\n"}
    new = store.write_commit(head, {"feed/b.md": b"b"}, "m", SEAT, SEAT, 0)
    assert [entry.path for entry in store.list_files(new)] == ["feed/a.md", "feed/b.md"]


def test_a_commit_that_is_not_there_is_an_error(top: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        objects(top).list_files("1" * 40)
    assert caught.value.kind == "broken-repository"


def test_changes_merge_bases_and_names(top: Path) -> None:
    store = objects(top)
    first = commit_file(top, "feed/a.md", "1\n")
    commit_file(top, "README", "not the feed\n")
    edited = commit_file(top, "feed/a.md", "2\n")
    git(top, "switch", "-q", "-c", "side", first)
    git(top, "mv", "feed/a.md", "feed/b.md")
    git(top, "commit", "-q", "-m", "renamed")
    assert store.list_changed_files(first, edited) == [("M", "feed/a.md")]
    assert store.list_changed_files(first, "side") == [("D", "feed/a.md"), ("A", "feed/b.md")]
    assert store.find_merge_base(edited, "side") == first
    git(top, "checkout", "-q", "--orphan", "alone")
    git(top, "commit", "-q", "-m", "alone")
    assert store.find_merge_base("alone", "side") is None
    assert (
        store.resolve_commit("side~1"),
        store.resolve_commit("nothing"),
        store.resolve_commit("--all"),
    ) == (first, None, None)


def test_files_that_have_not_landed(top: Path) -> None:
    store = objects(top)
    commit_file(top, "feed/same.md")
    commit_file(top, "feed/gone.md")
    head = commit_file(top, "feed/edited.md")
    (top / "feed" / "gone.md").unlink()
    (top / "feed" / "edited.md").write_text("other\n")
    (top / "feed" / "new.md").write_text("new\n")
    (top / "feed" / "staged.md").write_text("staged\n")
    (top / "beside.md").write_text("beside\n")
    (top / ".gitignore").write_text("*.tmp\n")
    (top / "feed" / "ignored.tmp").write_text("")
    git(top, "add", "feed/staged.md")
    os.utime(top / "feed" / "same.md", (1, 1))
    assert sorted(store.list_worktree_files(head)) == [
        ("?", "feed/new.md"),
        ("A", "feed/staged.md"),
        ("D", "feed/gone.md"),
        ("M", "feed/edited.md"),
    ]
    assert ("?", "feed/new.md") in store.list_worktree_files(ABSENT)
    assert ("A", "feed/same.md") in store.list_worktree_files(ABSENT)
