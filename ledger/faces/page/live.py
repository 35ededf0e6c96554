"""The feed while pages of it are served: read again and again by one, looked at by many."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Event, Lock
from typing import Final, TypeVar, cast

from ledger.app.ledger import Ledger, with_fresh_deadline
from ledger.app.read.overview import Overview, read_overview
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError

Answer = TypeVar("Answer")
WATCHED_SECONDS: Final = 2.0
"""How long after a reading the next one begins while somebody has a page open that tells of news."""
UNWATCHED_SECONDS: Final = 30.0
"""The same while nobody has."""
KEPT_ANSWERS: Final = 16
"""Answers that are kept of questions that cost much."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What was read last. `version` differs where a page may. `problem` is why it could not be read anew."""

    overview: Overview
    version: str
    problem: LedgerError | None = None


class FeedReader:
    """Answers questions from what was fetched last, one at a time, since they share what they read."""

    def __init__(self, opened: Callable[[], Ledger]) -> None:
        self._ledger = opened()
        self._turn = Lock()
        self._kept: OrderedDict[tuple[str, object], object] = OrderedDict()

    def answer(self, question: Callable[[Ledger], Answer]) -> Answer:
        """Answer a question. Nothing is fetched for it."""
        with self._turn:
            # Within the turn: who waited for it has the whole time limit left.
            ledger = with_fresh_deadline(self._ledger)
            # A list of notices for each question: that of a ledger which serves for days would grow.
            return question(replace(ledger, options=replace(ledger.options, offline=True), notices=[]))

    def ask_once(self, version: str, name: object, question: Callable[[Ledger], Answer]) -> Answer:
        """Answer a question that costs much: once for each version of the feed."""
        key = version, name
        # Without a lock: all who ask one reader hold the lock under which its pages are made.
        if key not in self._kept:
            self._kept[key] = self.answer(question)
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return cast(Answer, self._kept[key])


class LiveFeed:
    """The state of a feed, kept fresh by `run`; questions beyond it are answered as of the last reading.

    `announce` is called after each change, with nothing held.
    """

    def __init__(self, opened: Callable[[], Callable[[], Ledger]], overview: Overview) -> None:
        """`opened` gives what opens the ledger, each with a memory of its own."""
        self._open_ledger = opened()
        self.quick, self.slow = FeedReader(opened()), FeedReader(opened())
        """Who answers: what takes its time is asked of the second, so that no other page waits for it."""
        self._changes = 0
        self.state = FeedState(overview, self._name_version(overview))
        self.announce: Callable[[], None] = lambda: None
        self.watchers = 0
        """How many pages wait to be told of news."""

    def run(self, ended: Event) -> None:
        """Read again and again until `ended` is set."""
        since = 0.0
        # The thread that answers sets it too, however it ends: no process stays that reads for nobody.
        while not ended.wait(WATCHED_SECONDS):
            since += WATCHED_SECONDS
            if self.watchers or since >= UNWATCHED_SECONDS:
                since = 0.0
                self.refresh()

    def refresh(self) -> None:
        """Read the feed once, and announce what changed."""
        before = self.state
        try:
            overview, problem = read_overview(self._open_ledger(), before.overview), None
        except LedgerError as error:
            overview, problem = before.overview, error
        is_news = (
            # The very same object where nothing landed and nothing got late: no ticket is compared.
            overview.tickets is not before.overview.tickets
            or overview.notices != before.overview.notices
            or (problem and problem.message) != (before.problem and before.problem.message)
        )
        if is_news:
            self._changes += 1
        self.state = FeedState(overview, self._name_version(overview), problem)
        if is_news:
            # After the state is replaced: a stream that wakes reads the version at once.
            self.announce()

    def _name_version(self, overview: Overview) -> str:
        # The commit alone would not tell: tickets get late and remotes go away without a post.
        return f"{(overview.commit or 'empty')[:12]}-{self._changes}"
