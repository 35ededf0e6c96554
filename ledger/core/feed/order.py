"""`seq`, `prev` and `saw` to one order, the same on every machine.

The feed is the chain of `prev` that ends highest. A hand-made post stands just before the first post
of the chain that saw it; hand-made posts that nobody saw yet stand last. No clock decides a right:
`at` only orders hand-made posts that arrived together.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from ledger.core.dataclass import dataclass, replace
from ledger.core.ids import path_of_post
from ledger.core.model import Post

SAW_LIMIT = 256
"""Hand-made posts that one `saw` holds; more of them are adopted by posts of kind `adopt`."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the order says of posts.

    `head` is the end of the chain (post id, seq), None in a feed without one. `unseen` are ids of posts that
    no post of the chain saw, in order. `forked` are ids of posts that have a `seq` and are not on the chain.
    `missing` are pairs (removed post, the post that names it as `prev` or in `saw`). `lacking` are the ids of
    all posts that any post names so and that are not there.
    """

    head: tuple[str, int] | None = None
    unseen: tuple[str, ...] = ()
    forked: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    lacking: frozenset[str] = frozenset()


def sort_into_feed_order(posts: Iterable[Post]) -> tuple[list[Post], Order]:
    """Put posts into feed order. Copies of one post id follow each other, the well placed one first."""
    copies: dict[str, list[Post]] = {}
    for post in posts:
        copies.setdefault(post.id, []).append(post)
    by_id = {name: min(same, key=_rank_of_copy) for name, same in copies.items()}
    chain, missing = _find_chain(by_id)
    on_chain = {post.id for post in chain}
    ordered: list[Post] = []
    placed: set[str] = set()
    for post in chain:
        names = dict.fromkeys(post.saw)  # a forged one may name a post twice
        # A forged `saw` may name links of the chain, which have their place already.
        seen = [name for name in names if name not in on_chain and name not in placed]
        missing.extend((name, post.id) for name in seen if name not in by_id)
        group = [by_id[name] for name in seen if name in by_id]
        placed.update(post.id for post in group)
        ordered += sorted(group, key=_rank_by_time)
        ordered.append(post)
    rest = [post for name, post in by_id.items() if name not in on_chain and name not in placed]
    rest.sort(key=_rank_by_time)
    ordered += rest
    numbered = [post for post in by_id.values() if post.seq is not None]
    order = Order(
        head=(chain[-1].id, chain[-1].seq or 0) if chain else None,
        unseen=tuple(post.id for post in rest),
        forked=tuple(post.id for post in ordered if post.seq is not None and post.id not in on_chain),
        missing=tuple(missing),
        lacking=frozenset(name for post in numbered for name in _predecessors_of(post) if name not in by_id),
    )
    return list(_insert_copies(ordered, copies)), order


def _predecessors_of(post: Post) -> Iterator[str]:
    """The posts that a post names as what stands before it."""
    yield from () if post.prev is None else (post.prev,)
    yield from post.saw


def append_in_order(
    order: Order, is_there: Callable[[str], bool], posts: Iterable[Post]
) -> tuple[list[Post], Order] | None:
    """Put posts into feed order that stand behind all that is there, and give the order of all.

    `is_there` says of a post id whether it has its place already; `posts` are those that have none yet: what
    arrived, and what no post of the chain had seen before. None where they do not just go on: a fork, a copy,
    a post that was missed or one that names such a post change the order of what is there.
    """
    arrived = list(posts)
    by_id = {post.id: post for post in arrived}
    # A copy, or a post that others named before it came and that belongs in front of those, changes the order
    # of what is there.
    if len(by_id) < len(arrived) or any(is_there(name) or name in order.lacking for name in by_id):
        return None
    fresh, off = frozenset(by_id), frozenset(order.forked)
    chain = sorted(
        (post for post in arrived if post.seq is not None and post.id not in off), key=_sequence_number
    )
    linked = {post.id for post in chain}
    ordered: list[Post] = []
    head = order.head
    for post in chain:
        # Two posts with one `seq`, a gap, or a `prev` beside the end of the chain: a fork.
        if (post.seq, post.prev) != ((head[1] + 1, head[0]) if head else (1, None)):
            return None
        if any(name not in fresh and not is_there(name) for name in post.saw):
            return None
        seen = [by_id.pop(name) for name in post.saw if name in by_id and name not in linked]
        ordered += [*sorted(seen, key=_rank_by_time), by_id.pop(post.id)]
        head = post.id, _sequence_number(post)
    rest = sorted(by_id.values(), key=_rank_by_time)
    ordered += rest
    forked = [name for name in order.forked if name not in fresh]
    forked += [post.id for post in ordered if post.id in off]
    return ordered, replace(order, head=head, unseen=tuple(post.id for post in rest), forked=tuple(forked))


def _sequence_number(post: Post) -> int:
    return post.seq or 0


def find_returning_posts(posts: Iterable[Post], is_named: Callable[[str], bool]) -> list[Post]:
    """Of new posts those that landed ones name as `prev` or in `saw` (`is_named`, by post id), and those
    that these name in turn: what was there before, was removed, and comes back."""
    by_id = {post.id: post for post in posts}
    found: dict[str, Post] = {}
    todo = [post for post in by_id.values() if is_named(post.id)]
    while todo:
        post = todo.pop()
        found[post.id] = post
        todo += [by_id[name] for name in (post.prev, *post.saw) if name in by_id and name not in found]
    return list(found.values())


def sort_copies_by_path(posts: Iterable[Post]) -> list[Post]:
    """Posts of one id as they follow each other: the one at its own place is first."""
    return sorted(posts, key=_rank_of_copy)


def _rank_of_copy(post: Post) -> tuple[bool, str]:
    return post.path != path_of_post(post.id), post.path


def _rank_by_time(post: Post) -> tuple[datetime, str, str]:
    # The one place where a date decides: among posts by hand that arrived together.
    return post.at, post.seat, post.id


def _insert_copies(ordered: Sequence[Post], copies: dict[str, list[Post]]) -> Iterable[Post]:
    for post in ordered:
        same = copies[post.id]
        if len(same) == 1:
            yield post
        else:
            yield from sort_copies_by_path(same)


def _find_chain(by_id: dict[str, Post]) -> tuple[list[Post], list[tuple[str, str]]]:
    """The chain, lowest first, and its missing links.

    Below a missing link (its post was removed) the chain goes on at the highest post that is left, so
    that one removed post does not throw what was judged before it into disorder.
    """
    # Of two posts with one `seq` the smaller id wins: any rule does that all machines know.
    tops = sorted(
        (post for post in by_id.values() if post.seq is not None),
        key=lambda post: (-(post.seq or 0), post.id),
    )
    chain: list[Post] = []
    missing: list[tuple[str, str]] = []
    dead: set[str] = set()
    for top in tops:
        # Posts of a broken chain are not walked again, so that a feed full of forks is read in linear time.
        if top.id in dead or (chain and (top.seq or 0) >= (chain[-1].seq or 0)):
            continue
        links, end = _walk_chain_down(top, by_id, dead)
        # A chain that does not reach down to the first post, nor to one that was removed, is no chain: its
        # posts count as made by hand.
        if end == "broken":
            dead.update(post.id for post in links)
            continue
        chain += links
        if end == "root":
            break
        missing.append((links[-1].prev or "", links[-1].id))
    chain.reverse()
    missing.reverse()
    return chain, missing


def _walk_chain_down(top: Post, by_id: dict[str, Post], dead: set[str]) -> tuple[list[Post], str]:
    """Follow `prev` down from `top`; how it ends: at the `root`, at a `missing` post, or `broken`."""
    links = [top]
    while True:
        post = links[-1]
        if post.prev is None:
            return links, "root" if post.seq == 1 else "broken"
        below = by_id.get(post.prev)
        if below is None:
            return links, "missing" if post.seq != 1 else "broken"
        if below.seq is None or below.seq + 1 != post.seq or below.id in dead:
            return links, "broken"
        links.append(below)
