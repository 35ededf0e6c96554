"""`queue`, `show` and `log`: what the feed says, as records and in order."""

from collections.abc import Container, Iterable, Iterator, Sequence, Set
from datetime import datetime

from ledger.app.ledger import Ledger
from ledger.app.read.load import (
    AsOf,
    Cache,
    Feed,
    date_feed,
    find_last_config,
    find_ticket,
    read_board_here,
    read_feed_to_show,
)
from ledger.core.board.board import Board
from ledger.core.board.criteria import Criterion, list_criteria
from ledger.core.board.records import HistoryEntry, TicketSummary, is_overdue, summarize_ticket
from ledger.core.board.tables import LAST
from ledger.core.dataclass import dataclass, replace
from ledger.core.ids import compact_timestamp
from ledger.core.model import Post, State, Ticket
from ledger.core.queue.seat_view import SeatView, WhyNot, by_urgency, lane_of
from ledger.store.git.working_tree import find_adding_commits

SHOWN = (State.AWAITING_CLAIM, State.CLAIMED, State.BLOCKED)
"""The states that the queue shows unless it is asked for more."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which tickets of the queue: through whose eyes, in which states and lanes (empty: the usual ones), with
    which labels (all of them), or overdue alone.

    `most` is how many of them are shown at the most; `by_due` puts what is due first in front.
    """

    seat: str | None = None
    states: tuple[State, ...] = ()
    lanes: tuple[str, ...] = ()
    everything: bool = False
    most: int | None = None
    labels: tuple[str, ...] = ()
    overdue: bool = False
    by_due: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """How a ticket fits a seat: how warm it is to it, and why the seat may not claim it (nothing: it may)."""

    warmth: int
    why_not: tuple[WhyNot, ...]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A ticket of the queue, and how it fits the seat through whose eyes it is seen (None: nobody's)."""

    summary: TicketSummary
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class QueueResult:
    """The tickets that were asked for, ranked, and how many were left out."""

    as_of: AsOf
    rows: tuple[QueueRow, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class TicketDetails:
    """One ticket, the post that opened it, its criteria (number, text, whether it is met), and its history,
    oldest first."""

    as_of: AsOf
    summary: TicketSummary
    opening: Post
    history: tuple[HistoryEntry, ...]
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A post, and why it changes nothing where it was refused."""

    post: Post
    refused: str | None


@dataclass(frozen=True, slots=True)
class LogResult:
    """The posts that were asked for, newest first in feed order."""

    as_of: AsOf
    entries: tuple[LogEntry, ...]


def rank_queue(ledger: Ledger, wanted: QueueFilter) -> QueueResult:
    """The tickets that are wanted, the most urgent first; through the eyes of a seat what it should take
    first."""
    return rank_feed(ledger, read_feed_to_show(ledger), wanted)


def rank_feed(ledger: Ledger, feed: Feed, wanted: QueueFilter) -> QueueResult:
    """The same of a feed that was read."""
    now = ledger.world.now()
    labels = {label.casefold() for label in wanted.labels}
    states = wanted.states or (tuple(State) if wanted.everything else SHOWN)
    tickets = [
        ticket
        for ticket in _find_candidates(feed.board, states)
        if ticket.state in states
        and (not wanted.lanes or lane_of(ticket, feed.config) in wanted.lanes)
        and (not labels or has_labels(ticket, labels))
        and (not wanted.overdue or is_overdue(ticket, now))
    ]
    rows = _rank_rows(feed, tickets, wanted, now)
    return QueueResult(date_feed(ledger, feed), rows, len(tickets) - len(rows))


def has_labels(ticket: Ticket, labels: Set[str]) -> bool:
    """Whether a ticket has all of these labels, which are in lower case."""
    return bool(ticket.labels) and labels <= {label.casefold() for label in ticket.labels}


def _sort_by_due(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Tickets by when they are due, those that never are last; alike ones as they stood."""
    from ledger.core.due import end_of_due  # for this order alone

    # Two None are never asked which is less: parts of a tuple that are the same object are equal.
    return sorted(
        tickets, key=lambda ticket: (ticket.due is None, end_of_due(ticket.due) if ticket.due else None)
    )


def _find_candidates(board: Board, states: Container[State]) -> Iterable[Ticket]:
    """The tickets among which are all that have one of these states."""
    closed = State.DONE in states or State.CANCELLED in states
    return board.all_tickets() if closed else board.open_tickets()


def find_unused_lanes(ledger: Ledger, lanes: Sequence[str]) -> list[str]:
    """Those of these lanes that no ticket has, as the feed was fetched last."""
    if not lanes:
        return []
    config = find_last_config(ledger, Cache())
    used = {lane_of(ticket, config) for ticket in read_board_here(ledger).all_tickets()}
    return [lane for lane in lanes if lane not in used]


def _rank_rows(
    feed: Feed, tickets: Sequence[Ticket], wanted: QueueFilter, now: datetime
) -> tuple[QueueRow, ...]:
    view = SeatView(feed.board, feed.config, wanted.seat, now) if wanted.seat is not None else None
    ranked = by_urgency(tickets) if view is None else view.sort_by_rank(tickets)
    if wanted.by_due:
        ranked = _sort_by_due(ranked)
    return tuple(
        QueueRow(
            summarize_ticket(ticket, feed.config, feed.board, now),
            Fit(view.warmth_of(ticket), tuple(view.why_not_claimable(ticket))) if view else None,
        )
        for ticket in ranked[: wanted.most]
    )


def show_ticket(ledger: Ledger, item: str) -> TicketDetails:
    """One ticket and its whole history. Raises LedgerError `no-such-ticket`, naming where it went."""
    feed = read_feed_to_show(ledger)
    details = collect_details(ledger, feed, find_ticket(feed, item))
    paths = [entry.post.path for entry in details.history]
    commits = find_adding_commits(ledger.repo, feed.commit, paths) if feed.commit else {}
    history = (replace(entry, commit=commits.get(entry.post.path)) for entry in details.history)
    return replace(details, history=tuple(history))


def collect_details(ledger: Ledger, feed: Feed, ticket: Ticket) -> TicketDetails:
    """A ticket of a feed and its whole history, without the commits that brought it."""
    events = feed.board.history_of(ticket)
    return TicketDetails(
        date_feed(ledger, feed),
        summarize_ticket(ticket, feed.config, feed.board, ledger.world.now()),
        feed.board.posts[ticket.opening],
        tuple(HistoryEntry(event, feed.board.posts[event.post]) for event in events),
        tuple(list_criteria(feed.board, ticket)),
    )


def list_posts(
    ledger: Ledger,
    seat: str | None = None,
    since: datetime | None = None,
    kind: str | None = None,
    labels: Sequence[str] = (),
) -> LogResult:
    """The posts of a seat, from a time on, of a kind, on tickets that have these labels now; newest first in
    feed order."""
    wanted = {label.casefold() for label in labels}
    feed = read_feed_to_show(ledger)
    found = feed.board.posts.newest_first() if since is None else _newest_since(feed.board, since)
    entries = tuple(
        _make_entry(feed.board, post)
        for post in found
        if (seat is None or post.seat == seat)
        and (since is None or post.at >= since)
        and (kind is None or post.kind == kind)
        and (not wanted or _is_labelled(feed.board, post, wanted))
    )
    return LogResult(date_feed(ledger, feed), entries)


def _is_labelled(board: Board, post: Post, labels: Set[str]) -> bool:
    ticket = board.tickets.get(post.item or "")
    return ticket is not None and has_labels(ticket, labels)


def _make_entry(board: Board, post: Post) -> LogEntry:
    refusal = board.refused.last(post.id)
    return LogEntry(post, refusal.message if refusal else None)


def _newest_since(board: Board, since: datetime) -> Iterator[Post]:
    """The posts whose names are of a time or later, from the last in feed order on."""
    names = board.posts.keys_between(compact_timestamp(since), LAST)
    return (board.posts[name] for name in sorted(names, key=board.posts.place_of, reverse=True))
