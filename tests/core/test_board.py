"""A board answers alike whether it was folded at once, or as overlays over overlays."""

from dataclasses import replace
from random import Random

import pytest

from ledger.core.board.board import Board, BoardOverlay
from ledger.core.board.fold import extend_fold, fold_anew, fold_onto, fold_posts
from ledger.core.feed.order import sort_into_feed_order
from ledger.core.feed.posts import parse_post
from ledger.core.model import Post
from tests.board_contract import BY_KEY, JOURNALS, QUESTIONS, Names, describe_board, find_unlike
from tests.random_feeds.drawing import draw_feed
from tests.random_feeds.steps import RandomFeed, apply_steps

FEEDS = 40
QUICK = 10
"""The first of them are in the quick suite too."""
seeds = pytest.mark.parametrize(
    "seed", [*range(QUICK), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(QUICK, FEEDS))]
)


def posts_of(files: dict[str, bytes]) -> list[Post]:
    """The posts that can be read in these files."""
    read = (parse_post(data, path)[0] for path, data in sorted(files.items()) if path.endswith(".md"))
    return [post for post in read if post is not None]


def test_the_contract_asks_every_table_and_every_question() -> None:
    questions = {name for name in vars(Board) if not name.startswith("_")}
    assert questions == {question.__name__ for question in QUESTIONS}
    assert {*Board.__annotations__} == {*BY_KEY, *JOURNALS, "deeds", "lows", "order"}


@seeds
def test_overlays_over_overlays_say_what_one_fold_says_and_change_nothing_below(seed: int) -> None:
    dice = Random(seed)
    posts, order = sort_into_feed_order(posts_of(draw_feed(seed).files))
    whole, names = fold_posts(posts), Names()
    names.add_from(whole)
    floors = [BoardOverlay()]
    said: list[dict[str, object]] = []
    start = 0
    while start < len(posts):
        end = start + dice.choice((1, 2, 5, 13, 40))
        said.append(describe_board(floors[-1], names))
        so_far = order if end >= len(posts) else replace(order, head=None)
        floors.append(fold_onto(BoardOverlay(floors[-1]), posts[start:end], so_far))
        start = end
    assert find_unlike(floors[-1], whole, names) == []
    for floor, before in zip(floors, said, strict=False):
        assert describe_board(floor, names) == before
    while len(floors) > 1:
        top = floors.pop()
        floors[-1].merge(top)
        assert find_unlike(floors[-1], whole, names) == []


@seeds
def test_what_goes_on_from_a_board_is_what_all_of_it_folds_to(seed: int) -> None:
    """Step by step: what arrived is folded on top of what stays, or all anew where it changes that."""
    feed, names = draw_feed(seed), Names()
    dice = Random(seed)
    settled: Board = BoardOverlay()
    there: list[Post] = []
    gone_on = 0
    for files in cut_steps(feed, dice):
        posts = posts_of(files)
        placed = [post for post in there if post in posts]
        arrived = [post for post in posts if post not in there]
        waiting = {*settled.order.unseen}
        extended = None
        if len(placed) == len(there):
            extended = extend_fold(settled, [*(post for post in there if post.id in waiting), *arrived])
            gone_on += extended is not None
        settled, board = extended or fold_anew(posts)
        there = posts
        expected = fold_posts(posts)
        names.add_from(expected)
        assert find_unlike(board, expected, names) == []
    assert gone_on or feed.steps


def cut_steps(feed: RandomFeed, dice: Random) -> list[dict[str, bytes]]:
    """The files of a feed after some steps, after some more, and so on to the last."""
    stands: list[dict[str, bytes]] = [{}]
    start = 0
    while start < len(feed.steps):
        end = start + dice.choice((1, 1, 2, 3, 8, 20))
        stands.append(apply_steps(feed.steps[start:end], stands[-1]))
        start = end
    return stands[1:]
