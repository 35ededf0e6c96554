"""The fold once more, post by post: which tickets each post touched, and what they were before and after."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ledger.core.board.board import Board, BoardOverlay, pair
from ledger.core.board.fold import take, tickets_named
from ledger.core.dataclass import dataclass
from ledger.core.model import Post, Ticket


@dataclass(frozen=True, slots=True)
class Change:
    """One ticket before and after a post that stands in its history; None where it was not there yet, or has
    moved away."""

    item: str
    before: Ticket | None
    after: Ticket | None


@dataclass(frozen=True, slots=True)
class Step:
    """One post and what it touched. `at` is the post's time, and now for a post dated in the future."""

    post: Post
    at: datetime
    changes: tuple[Change, ...]


def replay(ordered: Iterable[Post], now: datetime) -> Iterator[Step]:
    """The steps of posts that stand in feed order. A post that repeats a nonce is no step."""
    board = BoardOverlay()
    held: dict[str, set[str]] = {}
    for post in ordered:
        items = {*tickets_named(post), *(held.get(post.seat, ()) if post.kind == "retire" else ())}
        before = {one: board.tickets.get(one) for one in items}
        take(board, post, on_chain=False)
        if board.posts.get(post.id) is not post or board.seen[pair(post.seat, post.nonce)] != post.id:
            continue
        changes = tuple(
            Change(item, before[item], after)
            for item, after in ((one, board.tickets.get(one)) for one in sorted(items))
            if after is not before[item] or (after is not None and _is_newest(board, after, post))
        )
        for change in changes:
            _hold(held, change)
        yield Step(post, min(post.at, now), changes)


def _is_newest(board: Board, ticket: Ticket, post: Post) -> bool:
    """Whether a post is the newest in the history of a ticket."""
    event = board.events.last(ticket.opening)
    return event is not None and event.post == post.id


def _hold(held: dict[str, set[str]], change: Change) -> None:
    if change.before is not None and change.before.holder is not None:
        held[change.before.holder].discard(change.item)
    if change.after is not None and change.after.holder is not None:
        held.setdefault(change.after.holder, set()).add(change.item)
