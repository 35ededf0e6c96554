"""Posts in feed order to a board, by posts alone (domain: order and the fold).

Whether a number was reserved, roles, wip, privacy and expiry are rules and never change a state here,
so that editing the config cannot rewrite the past. What is refused is kept and said; nothing raises.
"""

from collections.abc import Iterable, Iterator, Sequence

from ledger.core.board.board import Board, BoardOverlay
from ledger.core.board.challenges import renew_claim
from ledger.core.board.kinds import kind_of
from ledger.core.board.noting import Notes
from ledger.core.board.tables import join_key
from ledger.core.dataclass import replace
from ledger.core.feed.order import Order, append_in_order, sort_into_feed_order
from ledger.core.model import Denial, Post, SeatLife, State


def fold_posts(posts: Iterable[Post]) -> BoardOverlay:
    """Fold posts into tickets. Same posts, same board, on every machine."""
    return fold_onto(BoardOverlay(), *sort_into_feed_order(posts))


def fold_onto(board: BoardOverlay, posts: Iterable[Post], order: Order) -> BoardOverlay:
    """Take in posts that stand in feed order behind all that a board has; `order` is that of all."""
    forked = frozenset(order.forked)
    for post in posts:
        take_post(board, post, post.seq is not None and post.id not in forked)
    board.order = order
    return board


def extend_fold(base: Board, posts: Iterable[Post]) -> tuple[BoardOverlay, BoardOverlay] | None:
    """Fold posts on top of a board: what arrived, and what no post of the chain had seen before.

    Gives two boards, one on top of the other: the one that stays as it is whatever arrives later, and the
    whole one, with the posts that no post of the chain saw yet. None where the posts change the order of what
    is there: then all is folded anew. So it is on a board that has posts which no post of the chain saw: what
    sees them may settle their order.
    """
    # Posts by hand stand last until a link of the chain sees them; then they move in front of it.
    if any(name in base.posts for name in base.order.unseen):
        return None
    following = append_in_order(base.order, base.posts.__contains__, posts)
    return None if following is None else _fold_in_two(base, *following)


def fold_anew(posts: Iterable[Post]) -> tuple[BoardOverlay, BoardOverlay]:
    """Fold all posts, and give the two boards that `extend` gives."""
    return _fold_in_two(None, *sort_into_feed_order(posts))


def _fold_in_two(
    base: Board | None, posts: Sequence[Post], order: Order
) -> tuple[BoardOverlay, BoardOverlay]:
    waiting = frozenset(order.unseen)
    settled = fold_onto(BoardOverlay(base), (post for post in posts if post.id not in waiting), order)
    return settled, fold_onto(BoardOverlay(settled), (post for post in posts if post.id in waiting), order)


def take_post(board: BoardOverlay, post: Post, on_chain: bool) -> None:
    """Take in the post that stands next in feed order."""
    key = join_key(post.seat, post.nonce)
    first = board.seen.get(key)
    if first is None:
        board.seen.put(key, first := post.id)
    is_copy = post.id in board.posts
    if not is_copy:  # what is refused can be shown: its history names it
        _add_post(board, post, on_chain)
    # A push whose answer was lost is tried again: the nonce tells that it is the same write.
    if is_copy or first != post.id:
        words = f"{post.seat} has a post with this nonce already ({first}); the first counts"
        fix = "post it anew with the tool, which draws a nonce for each post"
        board.refuse_post(post, Denial("repeated-nonce", words, fix, post.lines.get("kind")))
        return
    named = [*find_named_tickets(post)]
    for item in named:
        if item not in board.named:
            board.named.put(item, post.id)
    # Before the kind is applied: booting, retiring and counting claims change the record of the seat.
    _update_seat_life(board, post)
    # These remember the tickets as they are before the post changes them.
    notes = Notes(board, post, named)
    kind_of(post.kind).apply(board, post)
    # After it: only then is the ticket held by whom the post made its holder, and a move keeps its own sign.
    renew_claim(board, post)
    # A refused claim is no move: `SeatView.just_finished` asks what the seat really did last.
    if post.state in (State.DONE, State.CLAIMED) and not board.refused.rows(post.id):
        board.seats.put(post.seat, replace(board.seats[post.seat], last_move=post.id))
    notes.note_deeds()


def _add_post(board: BoardOverlay, post: Post, on_chain: bool) -> None:
    if on_chain:
        # Posts by hand may carry any date; those of the chain were landed in this order.
        board.lows.add(len(board.posts), post.at)
    board.posts.add(post.id, post)
    if post.item is not None:
        board.posted.put(join_key(post.seat, post.item), post.id)


def find_named_tickets(post: Post) -> Iterator[str]:
    """Every ticket id that the post's fields and directives name."""
    for item in (post.item, post.parent):
        if item is not None:
            yield item
    yield from (*post.related, *post.after, *post.rules_on)
    yield from (on.removeprefix("ruling:") for on in post.blocked_on)
    for line in post.directives:
        yield from (item for item in (line.item, line.absorbed_by) if item is not None)
        if line.name == "AMENDMENT" and line.to is not None:
            yield line.to


def _update_seat_life(board: BoardOverlay, post: Post) -> None:
    life = board.seats.get(post.seat)
    fresh = (
        SeatLife(seat=post.seat, first_at=post.at, last_at=post.at, last_post=post.id)
        if life is None
        else replace(life, last_at=post.at, last_post=post.id)
    )
    board.seats.put(post.seat, fresh)
