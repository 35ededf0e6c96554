"""What a rule looks at: the board, the posts to judge, the config, the series, and the time.

`check` judges new posts against what landed; `drift` judges the whole feed and the clock. One view
serves both, so that one table of rules does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import PurePosixPath

from ledger.core.board.board import Board
from ledger.core.board.links import links_of_post
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass, field, replace
from ledger.core.ids import Number, parse_post_id
from ledger.core.model import Finding, Post, Refusal, Severity, Ticket, Where
from ledger.core.queue.seat_view import Crowd, SeatView
from ledger.core.write.numbers import Series

SETTLED = timedelta(days=1)
"""How long errors about the shape of a landed post are told as such, though nobody can mend it."""


@dataclass(frozen=True, slots=True)
class AlteredPost:
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


@dataclass(frozen=True, slots=True)
class Commit:
    """The next commit of a clone: the clone's seat (None: none is set), the ids of the posts that it adds
    itself, not by a merge, and whether it changes the settings."""

    seat: str | None
    added: frozenset[str]
    configures: bool = False


@dataclass(frozen=True, slots=True)
class Rewound:
    """What this clone saw on the authority and is gone: paths of posts, tips as (series, seen, now), refs of
    reservations."""

    posts: tuple[str, ...] = ()
    tips: tuple[tuple[str, int, int], ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What is gone, in a few words."""
        words = [f"posts that were seen here are gone ({len(self.posts)})"] if self.posts else []
        words += [f"the tip of {series} was {before} and is {now}" for series, before, now in self.tips[:3]]
        return ", ".join(words)


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that rules may look at.

    `judged` are the new posts, in feed order; when `whole`, all posts are judged, and `judged` is empty: a
    rule asks for those that it is about (`judged_with`), so that it costs what it tells. Rules
    about the clock and about what stands unfinished speak only when `whole`. `found` is what reading
    the judged posts and the config found. `series` holds the series that could be read; a number of
    any other series is unverified. `landed` is the board of what had landed before, `let_in` says when
    the judge let posts in, by its own clock, where it keeps a record of that. A `forgiving` view takes the
    shape of posts that landed long ago for what it is: past mending. `odd_refs` maps refs below
    `refs/reserve` that are named wrongly, or hold no payload, to the type of their objects. `forged` names
    what the checkpoint says and the posts do not, as `ticket CMB-0107`.
    `commit` is the next commit, where one is judged.
    """

    board: Board
    landed: Board
    judged: tuple[Post, ...] = ()
    found: tuple[Finding, ...]
    config: Config
    series: Mapping[str, Series]
    now: datetime
    full_scan: bool = False
    lenient_history: bool = False
    let_in: Mapping[str, datetime] = field(default_factory=dict)
    changes: tuple[AlteredPost, ...] = ()
    branches: tuple[Branch, ...] = ()
    odd_refs: Mapping[str, str] = field(default_factory=dict)
    commit: Commit | None = None
    rewound: Rewound | None = None
    forged: str | None = None

    @cached_property
    def judged_by_id(self) -> Mapping[str, Post]:
        """The judged posts by their ids."""
        return {post.id: post for post in self.judged}

    def is_judged(self, post: str) -> bool:
        """Whether a post, by its id, is one of those to judge."""
        return post in (self.board.posts if self.full_scan else self.judged_by_id)

    def judged_posts_with(self, *links: str) -> Sequence[Post]:
        """The judged posts that have one of these links (`core/board/links.py`), in feed order."""
        # New posts are few: their links are made on the spot. A whole feed is asked by the index of links.
        if not self.full_scan:
            return [post for post in self.judged if not _links_as_set(post).isdisjoint(links)]
        return self.posts_in_order(key for link in links for key in self.board.posts.find(link))

    def posts_in_order(self, names: Iterable[str]) -> Sequence[Post]:
        """Posts by their ids, in feed order."""
        return [self.board.posts[name] for name in sorted(set(names), key=self.board.posts.place_of)]

    @cached_property
    def openers_of_tickets(self) -> Sequence[tuple[str, str]]:
        """The tickets that posts brought into being, each with the seat of such a post."""
        links = (
            link.removeprefix("opens ").rpartition(" ") for link in self.board.posts.links_from("opens ")
        )
        return [(item, seat) for item, _, seat in links]

    @cached_property
    def numbers_of_tickets(self) -> Mapping[str, Number]:
        """What the tickets that any post names mean, where the config can read them."""
        numbers = ((item, self.config.parse_ticket_id(item)) for item in self.board.named.keys_from(""))
        return {item: number for item, number in numbers if number is not None}

    @cached_property
    def _refused_posts(self) -> Sequence[str]:
        """The judged posts of which something was refused, in feed order."""
        if not self.full_scan:
            return [post.id for post in self.judged]
        return sorted(self.board.refused.keys(), key=self.board.posts.place_of)

    @cached_property
    def _refusals(self) -> Mapping[str, Sequence[Refusal]]:
        """What was refused of the judged posts, by rule."""
        refusals: dict[str, list[Refusal]] = {}
        for name in self._refused_posts:
            for refusal in self.board.refused.rows(name):
                refusals.setdefault(refusal.rule, []).append(refusal)
        return refusals

    def is_refused(self, post: Post) -> bool:
        """Whether the fold refused a post, whole or in one line."""
        return bool(self.board.refused.rows(post.id))

    @cached_property
    def _filers(self) -> dict[str, set[str]]:
        return {}

    def filers_in(self, namespace: str) -> set[str]:
        """The seats that opened tickets in a namespace, or lost an opening there."""
        if namespace not in self._filers:
            self._filers[namespace] = self.board.filers_in(namespace)
        return self._filers[namespace]

    @cached_property
    def _first_naming_posts(self) -> dict[str, str | None]:
        return {}

    def first_post_naming(self, series: str) -> str | None:
        """The first post that names a ticket of a series."""
        if series not in self._first_naming_posts:
            named = self.board.named
            numbers = ((self.config.parse_ticket_id(item), named[item]) for item in named.keys_from(series))
            posts = (post for number, post in numbers if number is not None and number.series == series)
            self._first_naming_posts[series] = min(posts, key=self.board.posts.place_of, default=None)
        return self._first_naming_posts[series]

    @cached_property
    def _moves(self) -> dict[str, list[str]]:
        return {}

    def posts_that_moved(self, item: str) -> Sequence[str]:
        """The posts that moved a ticket, in feed order."""
        if item not in self._moves:
            ticket = self.board.tickets.get(item)
            events = self.board.history_of(ticket) if ticket is not None else ()
            self._moves[item] = [event.post for event in events if event.moved]
        return self._moves[item]

    @cached_property
    def _crowd(self) -> Crowd:
        return Crowd(self.board)

    @cached_property
    def _seat_views(self) -> dict[str, SeatView]:
        return {}

    def seat_view_of(self, seat: str) -> SeatView:
        """The queue through the eyes of a seat, now."""
        if seat not in self._seat_views:
            self._seat_views[seat] = SeatView(self.board, self.config, seat, self.now, self._crowd)
        return self._seat_views[seat]

    def findings_of_reading(self, rule: str) -> Iterator[Finding]:
        """What reading the posts and the config found under this rule's name."""
        return (finding for finding in self.found if finding.rule == rule)

    def shape_findings(self, rule: str) -> Iterator[Finding]:
        """What reading found of the shape of posts under this rule's name.

        In a forgiving view an error on a post that landed more than a day ago is a warning.
        """
        for finding in self.findings_of_reading(rule):
            # The same finding on a new post is an error: it can still be put right before it lands.
            past = self.lenient_history and self.has_landed_long_ago(finding.where.path)
            yield replace(finding, severity=Severity.WARNING) if past else finding

    def has_landed_long_ago(self, path: str) -> bool:
        """Whether a post landed long ago: by the time at which it was on the chain or seen by it; one that
        cannot be read is on no chain, and only its name tells."""
        # A file that cannot be parsed has no post; its name still says when.
        name = PurePosixPath(path).stem
        if name in self.board.posts:
            at = self.landed_at_latest(name)
        else:
            parts = parse_post_id(name)
            at = parts.at if parts else None
        return at is not None and self.now - at > SETTLED

    def landed_at_latest(self, post: str) -> datetime | None:
        """When a post had landed at the latest: the earliest time of the chain at or behind it. What new
        posts say of the time themselves does not count."""
        return self.landed.landed_at_latest(post) if post in self.landed.posts else None

    def findings_of_fold(self, rule: str) -> Iterator[Finding]:
        """What the fold refused of the judged posts under this rule's name.

        An old refusal is a warning once its ticket has moved on: it changed nothing, and nobody needs
        to act on it any more.
        """
        for refusal in self._refusals.get(rule, ()):
            post = self.board.posts[refusal.post]
            severity = self.severity_of(post, refusal.item)
            yield self.finding_at(
                rule, post, refusal.message, refusal.fix, refusal.line, severity, refusal.item
            )

    def severity_of(self, post: Post, item: str | None = None) -> Severity:
        """How heavy a finding about what one post did is: posts are never edited, so one on an old post
        is a warning once a later post moved its ticket (`item`, else the post's own)."""
        ticket = self.board.tickets.get(item or post.item or "")
        if not self.full_scan or ticket is None:
            return Severity.ERROR
        # What the post did is history once its ticket was moved again: nobody can act on it.
        moved = post.id in self.board.posts and self.board.is_before(post.id, ticket.moved_by)
        return Severity.WARNING if moved else Severity.ERROR

    def finding_at(
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

    def finding_on(
        self, rule: str, ticket: Ticket, message: str, fix: str = "", severity: Severity = Severity.ERROR
    ) -> Finding:
        """A finding about a ticket as it stands: its place is the newest post that moved it."""
        post = self.board.posts[ticket.moved_by]
        line = post.lines.get("state") or post.lines.get("item") or 1
        return self.finding_at(rule, post, message, fix, line, severity, ticket.id)


def _links_as_set(post: Post) -> frozenset[str]:
    return frozenset(links_of_post(post.id, post))
