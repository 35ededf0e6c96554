"""Posts in feed order to a board, by posts alone (domain: order and the fold).

Whether a number was reserved, roles, wip, privacy and expiry are rules and never change a state here,
so that editing the config cannot rewrite the past. What is refused is kept and said; nothing raises.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ledger.core.challenges import renew
from ledger.core.folding import Folding, No
from ledger.core.kinds import KINDS
from ledger.core.model import Board, Post, SeatLife
from ledger.core.order import Ordered, in_order


def fold(posts: Iterable[Post]) -> Board:
    """Fold posts into tickets. Same posts, same board, on every machine."""
    folding, ordered = start(posts)
    return folding.board(ordered)


def start(posts: Iterable[Post]) -> tuple[Folding, Ordered]:
    """Fold posts and keep the fold open, so that more can be taken in with `take`."""
    ordered = in_order(posts)
    folding = Folding()
    for post in ordered.posts:
        take(folding, post)
    return folding, ordered


def take(folding: Folding, post: Post) -> None:
    """Take in the post that stands next in feed order."""
    key = (post.seat, post.nonce)
    first = folding.seen.setdefault(key, post.id)
    if post.id in folding.posts or first != post.id:
        folding.posts.setdefault(post.id, post)  # what is refused can be shown: its history names it
        folding.refuse(
            post,
            No(
                "repeated-nonce",
                f"{post.seat} has a post with this nonce already ({first}); the first counts",
                "post it anew with the tool, which draws a nonce for each post",
                post.lines.get("kind"),
            ),
        )
        return
    folding.posts[post.id] = post
    folding.named.update(tickets_named(post))
    _live(folding, post)
    apply = KINDS.get(post.kind)
    if apply is not None:
        apply(folding, post)
    renew(folding, post)


def tickets_named(post: Post) -> Iterator[str]:
    """Every ticket id that the post's fields and directives name."""
    for one in (post.item, post.parent):
        if one is not None:
            yield one
    yield from (*post.related, *post.after, *post.rules_on)
    yield from (on.removeprefix("ruling:") for on in post.blocked_on)
    for line in post.directives:
        yield from (one for one in (line.item, line.absorbed_by) if one is not None)
        if line.name == "AMENDMENT" and line.to is not None:
            yield line.to


def _live(folding: Folding, post: Post) -> None:
    known = folding.seats.get(post.seat)
    if known is None:
        folding.seats[post.seat] = SeatLife(
            seat=post.seat, first_at=post.at, last_at=post.at, last_post=post.id
        )
    else:
        folding.seats[post.seat] = replace(known, last_at=post.at, last_post=post.id)
