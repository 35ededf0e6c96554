"""Files that are written in a folder, and never out of it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.files import create_file, find_inside, opened_folder, remove_file, replace_file


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "top" / ".git" / "hooks").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    return tmp_path / "top"


def _absolute(top: Path) -> None:
    (top / "a").symlink_to(top.parent / "outside")


def _relative(top: Path) -> None:
    (top / "a").symlink_to("../outside")


def _dangling(top: Path) -> None:
    (top / "a").symlink_to("../outside/not/there")


def _link_to_a_link(top: Path) -> None:
    (top / "inner").mkdir()
    (top / "inner" / "second").symlink_to("../../outside")
    (top / "a").symlink_to("inner/second")


def _in_the_middle(top: Path) -> None:
    (top / "a").mkdir()
    (top / "a" / "b").symlink_to("../../outside")


def _the_file_itself(top: Path) -> None:
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "b" / "file").symlink_to(top.parent / "outside" / "file")


def _up_and_back(top: Path) -> None:
    """Through the folder above, into a neighbour whose name begins alike."""
    (top.parent / "top-2").mkdir()
    (top / "a").symlink_to("../top-2")


def _git_directory(top: Path) -> None:
    (top / "a").symlink_to(".git/hooks")


def _git_directory_in_capitals(top: Path) -> None:
    """The same folder where the disk folds case, another one elsewhere."""
    (top / "a").symlink_to(".GIT/hooks")


def _git_directory_of_another(top: Path) -> None:
    (top / "vendor" / ".git" / "hooks").mkdir(parents=True)
    (top / "a").symlink_to("vendor/.git/hooks")


def _circle(top: Path) -> None:
    (top / "a").symlink_to("c")
    (top / "c").symlink_to("a")


def _itself(top: Path) -> None:
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "b" / "file").symlink_to("file")


LINKS: list[Callable[[Path], None]] = [
    *(_absolute, _relative, _dangling, _link_to_a_link, _in_the_middle, _the_file_itself, _up_and_back),
    *(_git_directory, _git_directory_in_capitals, _git_directory_of_another, _circle, _itself),
]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_out_of_the_folder_is_refused_by_every_deed(link: Callable[[Path], None], top: Path) -> None:
    link(top)
    before = sorted(map(str, top.parent.rglob("*")))
    for deed in (
        lambda: replace_file(top, "a/b/file", b"ours"),
        lambda: remove_file(top, "a/b/file"),
        lambda: find_inside(top, "a/b/file"),
    ):
        with pytest.raises(LedgerError) as error:
            deed()
        assert error.value.kind == "leads-outside"
        assert error.value.message.startswith('"a/b/file" is neither read nor written: the link "a')
    with pytest.raises(OSError):
        create_file(top, "a/b/file", b"ours")
    assert sorted(map(str, top.parent.rglob("*"))) == before


def test_the_first_link_on_the_way_is_named(top: Path) -> None:
    _in_the_middle(top)
    with pytest.raises(LedgerError) as error:
        find_inside(top, "a/b/file")
    assert f'the link "a/b" leads to "{top.parent}/outside/file", out of "{top}"' in error.value.message
    assert error.value.hint == (
        'put a file or folder of its own in the place of "a/b", then the same command again'
    )


def test_links_that_stay_inside_are_followed(top: Path) -> None:
    """A folder, a file that is not there yet, and the folder above reached by a link of its own."""
    (top / "real").mkdir()
    (top / "a").symlink_to("real")
    (top / "real" / "file").symlink_to(top / "real" / "other")
    (top.parent / "alias").symlink_to("top")
    replace_file(top.parent / "alias", "a/file", b"one")
    assert ((top / "real" / "other").read_bytes(), (top / "a").is_symlink()) == (b"one", True)
    (top / "real" / "file").unlink()
    remove_file(top.parent / "alias", "a/other")
    assert sorted(one.name for one in top.iterdir()) == [".git", "a"], "folders that held nothing else go"


def test_a_folder_that_becomes_a_link_between_the_look_and_the_write_fails_the_write(top: Path) -> None:
    (top / "a").mkdir()
    target = find_inside(top, "a/file")
    (top / "a").rmdir()
    (top / "a").symlink_to("../outside")
    with pytest.raises(OSError), opened_folder(top, target):
        pytest.fail("the folder was opened through the link")


def test_a_draft_that_lies_there_as_a_link_is_not_written_through(top: Path) -> None:
    """What a file is written as first has a name that can be guessed, one for each process number."""
    (top.parent / "outside" / "file").write_bytes(b"theirs")
    (top / f".file.{os.getpid()}").symlink_to("../outside/file")
    replace_file(top, "file", b"ours")
    assert (top / "file").read_bytes() == b"ours"
    assert (top.parent / "outside" / "file").read_bytes() == b"theirs"
    assert sorted(one.name for one in top.iterdir()) == [".git", "file"]


def test_a_hard_link_keeps_what_it_had_elsewhere(top: Path) -> None:
    (top.parent / "outside" / "file").write_bytes(b"theirs")
    (top / "file").hardlink_to(top.parent / "outside" / "file")
    replace_file(top, "file", b"ours")
    assert (top.parent / "outside" / "file").read_bytes() == b"theirs"


def test_permissions_stay_unless_others_are_named(top: Path) -> None:
    for mode, wanted in ((None, 0o640), (0o755, 0o755)):
        (top / "file").write_bytes(b"old")
        (top / "file").chmod(0o640)
        replace_file(top, "file", b"new", mode)
        assert (top / "file").stat().st_mode & 0o777 == wanted


def test_a_new_file_replaces_nothing(top: Path) -> None:
    create_file(top, "a/b/file", b"one")
    with pytest.raises(FileExistsError):
        create_file(top, "a/b/file", b"two")
    assert (top / "a" / "b" / "file").read_bytes() == b"one"
