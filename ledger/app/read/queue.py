"""`queue`, `show` and `log`: what the feed says, as records and in order."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from ledger.app.ledger import Ledger
from ledger.app.read.load import (
    Cache,
    Feed,
    find_last_config,
    find_ticket,
    read_board_here,
    read_feed_to_show,
)
from ledger.core.board.board import Board
from ledger.core.board.records import body_of, record_of_event, record_of_ticket
from ledger.core.board.tables import LAST
from ledger.core.dataclass import dataclass
from ledger.core.ids import compact_timestamp, format_timestamp
from ledger.core.model import Post, State, Ticket
from ledger.core.queue.seat_view import SeatView, by_urgency, lane_of
from ledger.store.git.working_tree import find_adding_commits

SHOWN = (State.AWAITING_CLAIM, State.CLAIMED, State.BLOCKED)
"""The states that the queue shows unless it is asked for more."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which tickets of the queue: through whose eyes, in which states and lanes (empty: the usual ones).

    `most` is how many of them are shown at the most.
    """

    seat: str | None = None
    states: tuple[State, ...] = ()
    lanes: tuple[str, ...] = ()
    everything: bool = False
    most: int | None = None


def as_of(ledger: Ledger, feed: Feed) -> dict[str, Any]:
    """Which commit an answer is about, when it was read from the authority and how old that is, and whether
    posts or tips that were seen before are gone."""
    age = max(0.0, (ledger.world.now() - feed.read_at).total_seconds())
    told: dict[str, Any] = {"at": format_timestamp(feed.read_at), "age_s": round(age, 3)}
    told |= {"rewound": True} if feed.rewind else {"behind": True} if feed.behind else {}
    return {"commit": feed.commit, **told} if feed.commit else told


def queue(ledger: Ledger, wanted: QueueFilter) -> dict[str, Any]:
    """The queue as JSON has it: `as_of` and `items`, ranked, one record a ticket.

    `more` is how many tickets were left out.
    """
    feed = read_feed_to_show(ledger)
    states = tuple(State) if wanted.everything else SHOWN
    states = wanted.states or states
    tickets = [
        one
        for one in _tickets(feed.board, states)
        if one.state in states and (not wanted.lanes or lane_of(one, feed.config) in wanted.lanes)
    ]
    told: dict[str, Any] = {"as_of": as_of(ledger, feed), "items": _rows(ledger, feed, tickets, wanted)}
    more = len(tickets) - len(told["items"])
    return told | ({"more": more} if more else {})


def _tickets(board: Board, states: Container[State]) -> Iterable[Ticket]:
    """The tickets among which are all that have one of these states."""
    closed = State.DONE in states or State.CANCELLED in states
    return board.all_tickets() if closed else board.open_tickets()


def unused_lanes(ledger: Ledger, lanes: Sequence[str]) -> list[str]:
    """Those of these lanes that no ticket has, as the feed was fetched last."""
    if not lanes:
        return []
    config = find_last_config(ledger, Cache())
    used = {lane_of(ticket, config) for ticket in read_board_here(ledger).all_tickets()}
    return [lane for lane in lanes if lane not in used]


def _rows(ledger: Ledger, feed: Feed, tickets: Sequence[Ticket], wanted: QueueFilter) -> list[dict[str, Any]]:
    if wanted.seat is None:
        return [_ticket(feed, ticket) for ticket in by_urgency(tickets)[: wanted.most]]
    view = SeatView(feed.board, feed.config, wanted.seat, ledger.world.now())
    return [
        _ticket(feed, ticket) | _seen(view, ticket) for ticket in view.sort_by_rank(tickets)[: wanted.most]
    ]


def _ticket(feed: Feed, ticket: Ticket) -> dict[str, Any]:
    return record_of_ticket(ticket, feed.config, feed.board)


def _seen(eyes: SeatView, ticket: Ticket) -> dict[str, Any]:
    why = eyes.why_not_claimable(ticket)
    told: dict[str, Any] = {"claimable": not why, "warmth": eyes.warmth_of(ticket)}
    if why:
        told["why_not"] = [{"reason": one.reason, "detail": one.detail} for one in why]
    return told


def show(ledger: Ledger, item: str) -> dict[str, Any]:
    """One ticket and its whole history. Raises LedgerError `no-such-ticket`, naming where it went."""
    feed = read_feed_to_show(ledger)
    ticket = find_ticket(feed, item)
    events = feed.board.history_of(ticket)
    posts = [feed.board.posts[event.post] for event in events]
    commits = (
        find_adding_commits(ledger.repo, feed.commit, [one.path for one in posts]) if feed.commit else {}
    )
    history = [
        record_of_event(event, post, commits.get(post.path))
        for event, post in zip(events, posts, strict=True)
    ]
    opening = feed.board.posts[ticket.opening]
    told = {"as_of": as_of(ledger, feed), **_ticket(feed, ticket), "path": opening.path}
    body = body_of(opening)
    return told | ({"body": body} if body else {}) | {"history": history}


def log(
    ledger: Ledger, seat: str | None = None, since: datetime | None = None, kind: str | None = None
) -> dict[str, Any]:
    """The posts, newest first in feed order."""
    feed = read_feed_to_show(ledger)
    found = feed.board.posts.newest_first() if since is None else _newest_since(feed.board, since)
    posts = [
        _post_record(feed.board, post)
        for post in found
        if (seat is None or post.seat == seat)
        and (since is None or post.at >= since)
        and (kind is None or post.kind == kind)
    ]
    return {"as_of": as_of(ledger, feed), "posts": posts}


def _newest_since(board: Board, since: datetime) -> Iterator[Post]:
    """The posts whose names are of a time or later, from the last in feed order on."""
    names = board.posts.keys_between(compact_timestamp(since), LAST)
    return (board.posts[name] for name in sorted(names, key=board.posts.place_of, reverse=True))


def _post_record(board: Board, post: Post) -> dict[str, Any]:
    told: dict[str, Any] = {
        "post": post.id,
        "path": post.path,
        "at": format_timestamp(post.at),
        "seat": post.seat,
    }
    told |= {"kind": post.kind, "item": post.item, "state": post.state and str(post.state)}
    told |= {"subject": post.subject, "to": list(post.to), "body": post.body.strip()}
    refusal = board.refused.last(post.id)
    told["refused"] = refusal and refusal.message
    return {name: value for name, value in told.items() if value}
