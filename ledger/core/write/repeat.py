"""An intent that has landed already is answered from the feed: its seat and nonce are there."""

from collections.abc import Sequence
from typing import Final

from ledger.core.board.board import Board
from ledger.core.board.tables import join_key
from ledger.core.errors import LedgerError
from ledger.core.feed.fields import FIELDS, is_custom_field
from ledger.core.ids import namespace_of
from ledger.core.model import Post
from ledger.core.write.drafts import fill_placeholders
from ledger.core.write.requests import PostRequest, WriteRequest

_BY_THE_TOOL: Final = frozenset({"seq", "prev", "saw", "item", "clone"})
"""Fields that the tool fills in itself; `item` is compared apart from the others."""


def find_landed_posts(board: Board, intent: WriteRequest) -> tuple[Post, ...] | None:
    """The posts with which the intent landed; None when it has not.

    Raises LedgerError `nonce-used` when the nonce landed something else than what is wished for now.
    """
    count = max(1, len(intent.wishes))
    ids = [board.seen.get(join_key(intent.seat, intent.wish_nonce(place))) for place in range(count)]
    # All posts of a request land in one commit, so that the first speaks for them.
    if ids[0] is None:
        return None
    posts = [board.posts[post] for post in ids if post is not None]
    if len(posts) < len(intent.wishes):
        raise nonce_used_error(intent, posts[0].id)
    refuse_other_content(intent, posts)
    return tuple(posts)


def refuse_other_content(intent: WriteRequest, posts: Sequence[Post]) -> None:
    """Raise LedgerError `nonce-used` unless these posts, the intent's in its order, say what it wishes."""
    items = [post.item for post in posts]
    filled = [fill_placeholders(wish, place, items) for place, wish in enumerate(intent.wishes)]
    pairs = zip(posts, intent.wishes, filled, strict=False)
    if not intent.wishes or not all(_is_as_requested(*compared) for compared in pairs):
        raise nonce_used_error(intent, posts[0].id)


def nonce_used_error(intent: WriteRequest, what: str) -> LedgerError:
    """The refusal of an intent whose nonce has landed another write."""
    message = f'the nonce "{intent.nonce}" has landed another write: {what}'
    return LedgerError("nonce-used", message, "leave `--intent` out; each write draws a nonce of its own")


def _is_as_requested(post: Post, wish: PostRequest, filled: PostRequest) -> bool:
    """Whether a post says what is wished for, and no more than that; `filled` has its placeholders filled."""
    named = set(FIELDS) - _BY_THE_TOOL - ({"cites"} if "cites" not in wish.fields else set())
    return (
        post.kind == wish.kind
        and _is_about_requested_ticket(post, wish)
        and all(
            _as_comparable(getattr(post, name)) == _as_comparable(filled.fields.get(name)) for name in named
        )
        and dict(post.extra)
        == {name: value for name, value in filled.fields.items() if is_custom_field(name)}
        and post.body.strip() == filled.body.strip()
    )


def _is_about_requested_ticket(post: Post, wish: PostRequest) -> bool:
    """Whether a post has the ticket that is wished for. An opening whose number somebody else had opened
    was filed under a fresh one."""
    item = wish.fields.get("item")
    if wish.reserve is not None:
        return post.item is not None and namespace_of(post.item) == wish.reserve
    if isinstance(item, str) and post.item is not None and "subject" in wish.fields:
        return namespace_of(post.item) == namespace_of(item)
    return post.item == item


def _as_comparable(value: object) -> object:
    """A value for comparing: what is absent is none, whatever type the field has."""
    return value if isinstance(value, tuple) and value else str(value) if value else None
