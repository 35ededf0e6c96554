"""The fleet of an hour: an authority in memory, a clock that only the simulation moves, a ledger a seat."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

from days.plan import settings
from ledger.app.effects import Effects, SinceBoot, TimeLimit
from ledger.app.ledger import GlobalOptions, Ledger
from ledger.app.read.load import Cache, Feed, read_feed
from ledger.app.write.loop import Revise, WriteResult, commit_request, request_write
from ledger.core.write.requests import PostRequest
from ledger.store.contract import ABSENT, RefUpdate, Signature
from ledger.store.git.repository import Repo
from ledger.store.memory import MemoryServer, MemoryStore

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
BRANCH = "ledger"
TIMEOUT = 30.0


@dataclass(frozen=True)
class Place:
    """As much of a repository as a ledger asks for that lands in memory: a folder for its locks, a branch."""

    common_dir: Path

    def config(self, key: str) -> str | None:
        """A setting of git."""
        return BRANCH if key == "ledger.branch" else None

    def find_identity(self) -> Signature:
        """Who commits."""
        return Signature("Seat", "seat@example.invalid")


class Fleet:
    """The authority and the time, which all seats share."""

    def __init__(self, folder: Path) -> None:
        """`folder` is for the locks by which writers of one machine take turns."""
        self.minutes = 0.0
        self._folder = folder
        self._server = MemoryServer()
        self._chance = Random("fleet")
        self._cache = Cache()
        store = MemoryStore(self._server, BRANCH)
        me = Signature("Seat", "seat@example.invalid")
        files = {"feed/ledger.yaml": settings().encode()}
        commit = store.write_commit(ABSENT, files, "Settings\n", me, me, int(START.timestamp()))
        store.compare_and_swap([RefUpdate(store.feed_ref, ABSENT, commit)], self._until())

    def now(self) -> datetime:
        """The time, to all seats alike."""
        return START + timedelta(minutes=self.minutes)

    def ledger(self, seat: str) -> Ledger:
        """The ledger as a seat has it open now."""
        store = MemoryStore(self._server, BRANCH)
        place = cast(Repo, Place(self._folder))
        return Ledger(place, store, BRANCH, self._world(), GlobalOptions(self._folder, seat), self._until())

    def read(self, seat: str) -> Feed:
        """The feed as it stands."""
        return read_feed(self.ledger(seat), (), self._cache)

    def land(
        self, seat: str, *wishes: PostRequest, revise: Revise = lambda view, intent: intent
    ) -> WriteResult:
        """Land what a seat wants, as its command does."""
        ledger = self.ledger(seat)
        return commit_request(ledger, request_write(ledger, *wishes), revise, self._cache)

    def _seconds(self) -> float:
        return self.minutes * 60

    def _until(self) -> TimeLimit:
        return TimeLimit(self._seconds, self._seconds() + TIMEOUT)

    def _world(self) -> Effects:
        return Effects(
            now=self.now,
            monotonic=self._seconds,
            wait=lambda seconds: None,
            chance=self._chance.random,
            nonce=lambda: f"{self._chance.getrandbits(64):016x}",
            since_boot=lambda: SinceBoot("boot", self._seconds()),
        )
