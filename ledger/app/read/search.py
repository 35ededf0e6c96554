"""`find`: the tickets whose posts have some words, and where."""

from collections.abc import Iterator, Sequence

from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf, Feed, date_feed, read_feed_to_show
from ledger.app.read.queue import SHOWN, has_labels
from ledger.core.board.board import Board
from ledger.core.board.kinds import kind_of
from ledger.core.board.links import opened_ticket_of
from ledger.core.board.records import TicketSummary, summarize_ticket
from ledger.core.board.tables import join_key
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.model import Post, State, Ticket
from ledger.core.queue.seat_view import lane_of
from ledger.core.search import Query, counts_in, cut_snippet, parse_query
from ledger.store.index.kept import complete_words

LOOKED_AT = 1_000
"""Posts with the words, the likeliest of them, that are looked at for tickets that are wanted."""
HITS, APART = 3, 10
"""Posts of one ticket that are told, and of those about none."""
SNIPPET = 160
"""Characters of a post that are told of a hit."""


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which tickets may be found: in which states and lanes (empty: those of the queue), with all of some
    labels; and how many of them are told."""

    states: tuple[State, ...] = ()
    lanes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    everything: bool = False
    most: int = 20

    @property
    def narrows(self) -> bool:
        """Whether it asks for what tickets alone have."""
        return bool(self.states or self.lanes or self.labels)


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that has the words: which part of it (`subject`, `text`, `criteria`, `labels`, `note`, `why` or
    `ruling`), and what stands there."""

    post: Post
    where: str
    snippet: str

    @property
    def is_told_by_row(self) -> bool:
        """Whether the row of a ticket has it already: the subject of its opening."""
        return self.where == "subject" and self.post.kind == "actionable"


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A ticket, or None for posts about none, with the hits that are told, and how many posts more have the
    words."""

    summary: TicketSummary | None
    hits: tuple[Hit, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, the likeliest first; how many tickets more, and how many that the filter leaves out.

    `cut`: so many posts have the words that not all were looked at.
    """

    as_of: AsOf
    found: tuple[FoundTicket, ...]
    more: int = 0
    left_out: int = 0
    cut: bool = False


def search_tickets(ledger: Ledger, text: str, wanted: SearchFilter) -> SearchResult:
    """The tickets with posts that have all words of a text. Raises LedgerError `usage` for one
    without a word."""
    query = parse_query(text)
    if not query.phrases:
        raise LedgerError("usage", f'there is no word to find in "{text}"', "`git ledger find cards`")
    # Before the feed is read: its snapshot of the index stays as it was begun.
    complete_words(ledger.repo.common_dir)
    feed = read_feed_to_show(ledger)
    matches = feed.board.search_posts(query, LOOKED_AT + 1)
    tickets = _group_by_ticket(feed.board, matches[:LOOKED_AT])
    # What is about no ticket comes last.
    kept = sorted((item for item in tickets if _is_wanted(feed, item, wanted)), key=lambda item: item == "")
    found = [_tell_ticket(ledger, feed, item, tickets[item], query) for item in kept[: wanted.most]]
    left_out = sum(item != "" for item in tickets) - sum(item != "" for item in kept)
    more, cut = len(kept) - len(found), len(matches) > LOOKED_AT
    return SearchResult(date_feed(ledger, feed), tuple(found), more, left_out, cut)


def _group_by_ticket(board: Board, matches: Sequence[tuple[str, str | None]]) -> dict[str, list[str]]:
    """The posts by the tickets that they are about, under "" those about none."""
    # Asked for together: an opening that lost its number may have been moved to another since.
    moved = set(board.renumbered.keys_from(""))
    tickets: dict[str, list[str]] = {}
    for post, item in matches:
        key = join_key(item or "", post)
        tickets.setdefault(board.renumbered[key] if key in moved else item or "", []).append(post)
    return tickets


def _is_wanted(feed: Feed, item: str, wanted: SearchFilter) -> bool:
    if not item or (wanted.everything and not wanted.narrows):
        return not wanted.narrows
    ticket = feed.board.tickets.get(item)
    if ticket is None:
        return not wanted.narrows
    states = wanted.states or (tuple(State) if wanted.everything else SHOWN)
    labels = {label.casefold() for label in wanted.labels}
    in_lane = not wanted.lanes or lane_of(ticket, feed.config) in wanted.lanes
    return ticket.state in states and in_lane and (not labels or has_labels(ticket, labels))


def _tell_ticket(ledger: Ledger, feed: Feed, item: str, posts: Sequence[str], query: Query) -> FoundTicket:
    ticket: Ticket | None = feed.board.tickets.get(item) if item else None
    now = ledger.world.now()
    summary = summarize_ticket(ticket, feed.config, feed.board, now) if ticket is not None else None
    shown = posts[: HITS if item else APART]
    hits = tuple(_make_hit(feed.board.posts[post], query) for post in shown)
    return FoundTicket(summary, hits, len(posts) - len(hits))


def _make_hit(post: Post, query: Query) -> Hit:
    """The part of a post that has most of what is looked for, of several the first."""
    where, text = max(_parts_of_post(post), key=lambda part: counts_in(query, part[1]))
    return Hit(post, where, cut_snippet(text, query, SNIPPET))


def _parts_of_post(post: Post) -> Iterator[tuple[str, str]]:
    opens = opened_ticket_of(post) is not None and not kind_of(post.kind).amends
    if post.subject:
        yield "subject", post.subject
    if post.criteria:
        yield "criteria", " / ".join(post.criteria)
    if post.labels:
        yield "labels", " ".join(post.labels)
    kind = kind_of(post.kind)
    yield "ruling" if kind.rules else "text" if opens else "note" if kind.only_speaks else "why", post.body
