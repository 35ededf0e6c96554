"""What the tests of the stores share: deadlines, stores on fresh repositories, edits in one word."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ledger.store.contract import ABSENT, Applied, Oid, RefUpdate, Signature, Store, Value
from ledger.store.git.repository import open_repository
from ledger.store.local import LocalStore
from ledger.store.memory import MemoryServer, MemoryStore
from ledger.store.remote import RemoteStore
from tests.gitrun import clone_of, new_repository, new_server

SEAT = Signature("Seat", "seat@example.invalid")
T = TypeVar("T")
MAIN = "refs/heads/main"
LEDGER = "refs/heads/ledger"
"""The feed's branch where it has one of its own, as every local store needs it."""


@dataclass(frozen=True)
class Within:
    """A deadline some seconds from its making."""

    end: float

    def remaining(self) -> float:
        return self.end - time.monotonic()


def within(seconds: float) -> Within:
    return Within(time.monotonic() + seconds)


def remote_store(clone: Path, remote: str = "origin", branch: str = "main") -> RemoteStore:
    return RemoteStore(open_repository(clone), remote, branch, time.sleep)


def local_store(repo: Path, branch: str = "ledger") -> LocalStore:
    return LocalStore(open_repository(repo), branch, time.sleep)


def two_stores(kind: str, folder: Path) -> tuple[Store, Store]:
    """Two views of one empty authority."""
    if kind == "memory":
        server = MemoryServer()
        return MemoryStore(server), MemoryStore(server)
    if kind == "local":
        repo = new_repository(folder / "repo")
        return local_store(repo), local_store(repo)
    bare = new_server(folder / "server.git")
    return remote_store(clone_of(bare, folder / "a")), remote_store(clone_of(bare, folder / "b"))


def commit(store: Store, parent: Value, files: Mapping[str, bytes], message: str = "post\n") -> Oid:
    return store.write_commit(parent, files, message, SEAT, SEAT, 1_790_000_000)


def land(store: Store, parent: Value, files: Mapping[str, bytes]) -> Oid:
    """Commit files and move the feed branch to them, which must succeed."""
    new = commit(store, parent, files)
    assert store.compare_and_swap([RefUpdate(store.feed_ref, parent, new)], within(30)) == Applied()
    return new


def reserve(store: Store, number: int, payload: bytes) -> RefUpdate:
    return RefUpdate(f"refs/reserve/CMB/{number}", ABSENT, store.write_blob(payload))


def given_longer(act: Callable[[float], T], enough: Callable[[T], bool]) -> T:
    """What an act comes to whose time shall be up in the midst of it; more time where it got not so far."""
    for seconds in (1.0, 4.0, 16.0):
        if enough(came := act(seconds)):
            return came
    return act(64.0)


def eventually(true: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait for something that another process is about to do; fails when it does not."""
    end = within(seconds)
    while not true():
        assert end.remaining() > 0, "it did not happen in time"
        time.sleep(0.01)
