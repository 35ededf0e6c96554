"""Files whose lock says that a session lives: never said to be let go of while that is not certain."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fcntl import LOCK_EX, LOCK_SH, flock
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.pool.keep_alive import find_keep_alive


@contextmanager
def locked(place: Path, kind: int = LOCK_EX) -> Iterator[None]:
    """As long as a session goes on that holds the lock."""
    with place.open("a") as file:
        flock(file, kind)
        yield


@pytest.mark.parametrize("kind", [LOCK_EX, LOCK_SH])
def test_a_lock_is_held_until_its_holder_ends(kind: int, tmp_path: Path) -> None:
    place = tmp_path / "alive"
    with locked(place, kind):
        file = find_keep_alive(place)
        for _ in range(2):  # to look takes no lock away
            assert file.is_held and not file.is_let_go
    assert file.is_let_go and not file.is_held


def test_a_file_that_is_removed_is_let_go_of(tmp_path: Path) -> None:
    with locked(tmp_path / "alive"):
        file = find_keep_alive(tmp_path / "alive")
        (tmp_path / "alive").unlink()
        assert file.is_let_go
        (tmp_path / "alive").write_text("another one")
        assert file.is_let_go


def test_a_sandbox_that_does_not_show_the_folder_cannot_tell(tmp_path: Path) -> None:
    with locked(tmp_path / "alive"):
        file = find_keep_alive(tmp_path / "alive")
    (tmp_path / "other").mkdir()
    elsewhere = replace(file, path=str(tmp_path / "other" / "alive"))
    assert not elsewhere.is_let_go and not elsewhere.is_held
    (tmp_path / "other" / "alive").write_text("of another session")
    assert not elsewhere.is_let_go
    assert not replace(file, path="/nowhere/alive").is_let_go
    assert not replace(file, path="a\0b").is_let_go


@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_nobody_locks_keeps_nothing_alive(there: bool, tmp_path: Path) -> None:
    if there:
        (tmp_path / "alive").touch()
    with pytest.raises(LedgerError, match="nobody holds a lock") as raised:
        find_keep_alive(tmp_path / "alive")
    assert raised.value.kind == "usage"


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    """To open a pipe would wait for whoever writes to it."""
    os.mkfifo(tmp_path / "alive")
    with pytest.raises(LedgerError, match="nobody holds a lock"):
        find_keep_alive(tmp_path / "alive")
