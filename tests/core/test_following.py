"""A feed that arrives part by part is folded as if it had arrived whole, or is refused."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.board.board import BoardOverlay
from ledger.core.board.fold import extend_fold, fold_onto, fold_posts
from ledger.core.feed.order import append_in_order, sort_into_feed_order
from ledger.core.model import Post
from tests.core.boards import contents
from tests.core.test_fold import random_feed
from tests.feeds import feed

DICE = st.randoms(use_true_random=False)


def grown(parts: Sequence[Sequence[Post]]) -> tuple[list[Post], BoardOverlay] | None:
    """The order and the board of parts, each taken in on top of those before; None where one does not follow.

    What no post of the chain has seen yet has no place and waits on top, as it does for a reader.
    """
    ordered, order = sort_into_feed_order(parts[0])
    settled: list[Post] = []
    board = BoardOverlay()
    for part in (*parts[1:], ()):
        unseen = frozenset(order.unseen)
        placed = [post for post in ordered if post.id not in unseen]
        waiting = [post for post in ordered if post.id in unseen]
        settled += placed
        fold_onto(board, placed, order)
        following = append_in_order(order, board.posts.__contains__, [*waiting, *part])
        if following is None:
            return None
        ordered, order = following
    return [*settled, *ordered], fold_onto(BoardOverlay(board), ordered, order)


def expect_as_whole(parts: Sequence[Sequence[Post]]) -> bool:
    """Whether the parts follow each other; then they give what the whole gives."""
    found = grown(parts)
    if found is None:
        return False
    ordered, board = found
    posts = [post for part in parts for post in part]
    assert [post.path for post in ordered] == [post.path for post in sort_into_feed_order(posts)[0]]
    assert contents(board) == contents(fold_posts(posts))
    return True


def split(dice: random.Random, posts: Sequence[Post]) -> list[list[Post]]:
    """Posts in up to four parts, each shuffled."""
    cuts = sorted(dice.randrange(len(posts) + 1) for _ in range(dice.randrange(1, 4)))
    parts = [[*posts[start:end]] for start, end in zip([0, *cuts], [*cuts, len(posts)], strict=True)]
    for part in parts:
        dice.shuffle(part)
    return parts


@settings(max_examples=40, deadline=None)
@given(DICE, st.integers(1, 25))
def test_what_just_goes_on_is_taken_in_and_gives_what_the_whole_gives(dice: random.Random, size: int) -> None:
    parts = split(dice, feed(random_feed(dice, size)).posts)
    assert expect_as_whole(parts)


def disturb(dice: random.Random, posts: list[Post]) -> None:
    """Forge an end, add a copy, remove a post, let one arrive late or by hand, or repeat what was seen."""
    place = dice.randrange(len(posts))
    post = posts[place]
    other = replace(post, id=f"{post.id[:-16]}{dice.getrandbits(64):016x}")
    match dice.randrange(8):
        case 0:
            posts.insert(dice.randrange(place, len(posts)) + 1, other)
        case 1:
            posts.append(replace(post, path="feed/elsewhere.md"))
        case 2:
            del posts[place]
        case 3:
            posts.append(posts.pop(place))
        case 4:
            posts.insert(dice.randrange(len(posts)), replace(other, seq=None, prev=None, saw=()))
        case 5:
            posts.append(replace(other, seq=len(posts) + 5, prev=dice.choice(posts).id))
        case 6 if post.seq is not None:
            posts[place] = replace(post, saw=(*post.saw, dice.choice(posts).id))
        case _:
            posts.insert(0, posts.pop(place))


@settings(max_examples=60, deadline=None)
@given(DICE, st.integers(2, 20), st.integers(1, 3))
def test_of_whatever_arrives_what_is_taken_in_gives_what_the_whole_gives(
    dice: random.Random, size: int, times: int
) -> None:
    posts = [*feed(random_feed(dice, size)).posts]
    for _ in range(times):
        disturb(dice, posts)
    if posts:
        expect_as_whole(split(dice, posts))


def test_a_post_that_sees_one_of_two_forks_settles_their_order() -> None:
    """Of two that nobody saw, the later one stands first from now on."""
    posts = feed("\n".join(f"08:0{n} A notes: post {n}" for n in range(4))).posts
    early, late = (replace(post, id=f"{post.id[:-16]}{'f' * 16}") for post in posts[1:3])
    sees = replace(posts[3], saw=(late.id,))
    assert sort_into_feed_order([*posts[:3], sees, early, late])[1].forked == (late.id, early.id)
    assert expect_as_whole([[*posts[:3], early, late], [sees]])


def test_a_post_by_hand_may_be_seen_again() -> None:
    posts = feed("08:00 A notes: a\n08:01 B notes by hand: b\n08:02 A notes: c\n08:03 A notes: d").posts
    again = replace(posts[3], saw=posts[2].saw)
    assert again.saw == (posts[1].id,)
    assert expect_as_whole([posts[:1], [*posts[1:3], again]])
    assert expect_as_whole([posts[:3], [again]])


@settings(max_examples=40, deadline=None)
@given(DICE, st.integers(2, 20))
def test_a_board_is_extended_to_what_the_whole_gives_or_left_alone(dice: random.Random, size: int) -> None:
    posts = feed(random_feed(dice, size)).posts
    place = dice.randrange(len(posts))
    board, before = fold_posts(posts[:place]), contents(fold_posts(posts[:place]))
    extended = extend_fold(board, posts[place:])
    assert contents(board) == before
    if extended is None:
        assert board.order.unseen
    else:
        assert contents(extended[1]) == contents(fold_posts(posts))


def test_disturbed_feeds_are_taken_in_often_and_refused_often() -> None:
    taken: Counter[bool] = Counter()
    for seed in range(60):
        dice = random.Random(seed)
        posts = [*feed(random_feed(dice, 12)).posts]
        disturb(dice, posts)
        taken[expect_as_whole(split(dice, posts))] += 1
    assert min(taken[True], taken[False]) > 12
