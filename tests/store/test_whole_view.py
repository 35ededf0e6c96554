"""A whole feed is judged alike, with its board in memory and brought forward in an index step by step."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import rules
from ledger.core.board.board import BoardOverlay
from ledger.core.board.fold import extend_fold, fold_anew, fold_onto, fold_posts
from ledger.core.board.tables import LAST
from ledger.core.model import Post
from ledger.store.index.kept import begin_writing, open_index
from tests.core.test_fold import random_feed
from tests.feeds import feed
from tests.rules.views import view

CONFIGS = (
    "",
    "seats:\n  A: {wip: 2}\n  B: {role: strat}\n  C: {role: verify}\n  E: {surfaces: [E-1]}\n",
    "dark_after: 30m\nseats_listed_only: true\nseats:\n  A: {lanes: [x]}\n  B: {role: strat}\n",
)
SERIES = (None, "CMB tip=1 1=A", "CMB tip=2 1=A 2=B 3=C 4=?\nFLT tip=1 1=A")


def keep(folder: Path, posts: list[Post]) -> BoardOverlay:
    """Take posts into the index of a folder, and give the board that stands on it."""
    index = open_index(folder)
    extended = None
    if index is not None:
        extended = extend_fold(index.board, [*index.find_unseen(), *posts])
        before = list(index.all_posts())
    settled, board = extended or fold_anew([*(before if index is not None else []), *posts])
    unseen = list(board.posts.since(len(settled.posts)))
    writing = begin_writing(folder, 5)
    assert writing is not None
    writing.put_board("0" * 40, settled, unseen)
    writing.commit_kept()
    writing.close()
    kept = open_index(folder)
    assert kept is not None
    return fold_onto(BoardOverlay(kept.board), kept.find_unseen(), kept.board.order)


@pytest.mark.parametrize("seed", range(12))
def test_a_board_kept_in_steps_is_judged_as_one_in_memory(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    text = random_feed(dice, dice.randrange(10, 60), seats="ABCDEF")
    posts = [*feed(text).posts]
    arrived: list[Post] = []
    while posts:
        count = dice.randrange(1, 15)
        part, posts = posts[:count], posts[count:]
        arrived += part
        board = keep(tmp_path, part)
        whole = replace(
            view(
                text,
                config=dice.choice(CONFIGS),
                series=dice.choice(SERIES),
                now="23:59",
                lenient_history=True,
            ),
            landed=fold_posts(arrived),
            board=fold_posts(arrived),
        )
        assert rules.judge(replace(whole, board=board, landed=board)) == rules.judge(whole)


def test_an_index_finds_what_a_board_in_memory_finds(tmp_path: Path) -> None:
    posts = feed(random_feed(random.Random(5), 60, seats="ABCDEF")).posts
    memory = fold_posts(posts)
    keep(tmp_path, list(posts[:30]))
    board = keep(tmp_path, list(posts[30:]))
    names = memory.posts.keys_from("")
    assert board.refused.keys() == memory.refused.keys()
    assert [board.posts.last_key(name) for name in names] == [None, *names[:-1]]
    assert board.posts.keys_between(names[3], names[9]) == names[3:9]
    assert board.posts.last_key(LAST) == names[-1]
    for prefix in ("opens ", "claims ", "decides ", "absorbs ", "by hand"):
        links = memory.posts.links_from(prefix)
        assert board.posts.links_from(prefix) == links
        assert [board.posts.find(link) for link in links] == [memory.posts.find(link) for link in links]
