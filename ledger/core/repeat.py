"""An intent that has landed already is answered from the feed: its seat and nonce are there."""

from ledger.core.errors import LedgerError
from ledger.core.folding import Folding
from ledger.core.intents import Intent, Wish
from ledger.core.model import Post


def landed_already(folding: Folding, intent: Intent) -> tuple[Post, ...] | None:
    """The posts with which the intent landed; None when it has not.

    Raises LedgerError `nonce-used` when the nonce landed something else than what is wished for now.
    """
    if not intent.wishes:
        return None
    ids = [folding.seen.get((intent.seat, intent.wish_nonce(place))) for place in range(len(intent.wishes))]
    if ids[0] is None:
        return None
    posts = [folding.posts[one] for one in ids if one is not None]
    if len(posts) == len(ids) and all(map(_says, posts, intent.wishes)):
        return tuple(posts)
    raise LedgerError(
        "nonce-used",
        f'the nonce "{intent.nonce}" has landed another write: {posts[0].id}',
        "leave `--intent` out; each write draws a nonce of its own",
    )


def _says(post: Post, wish: Wish) -> bool:
    """True when the post says what is wished for, as far as the wish fixes it."""
    if post.kind != wish.kind:
        return False
    fixed = {name: value for name, value in wish.fields.items() if "{{ITEM_ID" not in str(value)}
    fixed.pop("item" if wish.reserve is not None else "", None)
    same = all(_text(getattr(post, name, None)) == _text(value) for name, value in fixed.items() if value)
    return same and ("{{ITEM_ID" in wish.body or post.body.strip().endswith(wish.body.strip()))


def _text(value: object) -> object:
    return value if isinstance(value, tuple) else str(value)
