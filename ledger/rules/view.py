"""What a rule looks at: the board, the posts to judge, the config, the series, and the time.

`check` judges new posts against what landed; `drift` judges the whole feed and the clock. One view
serves both, so that one table of rules does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ledger.core.claimable import Eyes
from ledger.core.config import Config
from ledger.core.model import Board, Finding, Post, Severity, Ticket, Where
from ledger.core.numbers import Series


@dataclass(frozen=True, slots=True)
class Change:
    """A landed post that the judged tree has changed: `how` is `edited` or `removed`.

    It is `unknown` for one that is not there when nothing tells whether it was removed or never pulled.
    """

    path: str
    how: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the remote and the author of its newest commit."""

    name: str
    author: str


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that rules may look at.

    `judged` are the posts to judge, in feed order: the new ones, or all of them when `whole`. Rules
    about the clock and about what stands unfinished speak only when `whole`. `found` is what reading
    the judged posts and the config found. `series` holds the series that could be read; a number of
    any other series is unverified. `landed` are the ids of posts that had landed before.
    """

    board: Board
    judged: tuple[Post, ...]
    found: tuple[Finding, ...]
    config: Config
    series: Mapping[str, Series]
    now: datetime
    whole: bool = False
    landed: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()
    branches: tuple[Branch, ...] = ()

    @cached_property
    def judged_by_id(self) -> Mapping[str, Post]:
        """The judged posts by their ids."""
        return {post.id: post for post in self.judged}

    @cached_property
    def refused_ids(self) -> frozenset[str]:
        """The ids of posts that the fold refused, whole or in one line."""
        return frozenset(one.post for one in self.board.refusals)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each post stands in feed order, from 0."""
        return {name: place for place, name in enumerate(self.board.posts)}

    @cached_property
    def _eyes(self) -> dict[str, Eyes]:
        return {}

    def eyes(self, seat: str) -> Eyes:
        """The queue through the eyes of a seat, now."""
        if seat not in self._eyes:
            self._eyes[seat] = Eyes(self.board, self.config, seat, self.now)
        return self._eyes[seat]

    def read(self, rule: str) -> Iterator[Finding]:
        """What reading the posts found under this rule's name."""
        return (one for one in self.found if one.rule == rule)

    def refused(self, rule: str) -> Iterator[Finding]:
        """What the fold refused of the judged posts under this rule's name.

        An old refusal is a warning once its ticket has moved on: it changed nothing, and nobody needs
        to act on it any more.
        """
        for one in self.board.refusals:
            if one.rule == rule and one.post in self.judged_by_id:
                post = self.judged_by_id[one.post]
                severity = self.weight(post, one.item)
                yield self.say(rule, post, one.message, one.fix, one.line, severity, one.item)

    def weight(self, post: Post, item: str | None = None) -> Severity:
        """How heavy a finding about what one post did is: posts are never edited, so one on an old post
        is a warning once a later post moved its ticket (`item`, else the post's own)."""
        ticket = self.board.tickets.get(item or post.item or "")
        if not self.whole or ticket is None:
            return Severity.ERROR
        moved = self.place[ticket.moved_by] > self.place.get(post.id, len(self.place))
        return Severity.WARNING if moved else Severity.ERROR

    def say(
        self,
        rule: str,
        post: Post,
        message: str,
        fix: str = "",
        line: int = 1,
        severity: Severity = Severity.ERROR,
        item: str | None = None,
    ) -> Finding:
        """A finding about one line of one post."""
        return Finding(rule, Where(post.path, line), message, fix, severity, item or post.item, post.id)

    def about(
        self, rule: str, ticket: Ticket, message: str, fix: str = "", severity: Severity = Severity.ERROR
    ) -> Finding:
        """A finding about a ticket as it stands: its place is the newest post that moved it."""
        post = self.board.posts[ticket.moved_by]
        line = post.lines.get("state") or post.lines.get("item") or 1
        return self.say(rule, post, message, fix, line, severity, ticket.id)
