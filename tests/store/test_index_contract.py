"""The index answers as one whole fold does, however it was brought to where it stands."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from ledger.core.board.fold import fold_posts
from ledger.core.config.config import CONFIG_PATH
from ledger.core.feed.posts import parse_post
from ledger.core.model import Post
from ledger.store.index.following import KeptFeed, read_kept_feed
from tests.board_contract import Names, find_unlike
from tests.feed_repositories import History, Repository, make_repositories
from tests.fleet import Seat
from tests.judges import keep_nothing, open_store
from tests.machines import Machine, Time
from tests.random_feeds.drawing import draw_feed
from tests.random_feeds.steps import RandomFeed, Step, apply_steps

FEEDS = 5
"""Feeds of one test; each is read at about ten of its commits."""


def cut_commits(feed: RandomFeed, dice: Random) -> tuple[tuple[Step, ...], ...]:
    """The steps of a feed as commits, of one step or of some."""
    commits: list[tuple[Step, ...]] = []
    start = 0
    while start < len(feed.steps):
        end = start + dice.choice((1, 2, 3, 8))
        commits.append(feed.steps[start:end])
        start = end
    return tuple(commits)


def visit_places(count: int, dice: Random) -> Iterator[int]:
    """Places from the first to the last, some left out, and now and then one that lies before."""
    for place in range(count):
        if place == count - 1 or dice.random() < 0.7:
            yield place
        if dice.random() < 0.1:
            yield dice.randrange(place + 1)


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, 8))])
def test_the_index_says_what_a_whole_fold_says_at_every_commit(part: int, tmp_path: Path) -> None:
    assert follow_feeds(tmp_path, range(part * FEEDS, (part + 1) * FEEDS)) == []


def follow_feeds(folder: Path, seeds: range) -> list[str]:
    """What the index of these feeds does not say as a whole fold does, in words; `folder` is empty."""
    feeds = [draw_feed(seed) for seed in seeds]
    histories = [History(cut_commits(feed, Random(feed.seed)), {}) for feed in feeds]
    repositories = make_repositories(folder, histories)
    return [
        f"seed {feed.seed}: {words}"
        for feed, history, repository in zip(feeds, histories, repositories, strict=True)
        for words in follow_feed(repository, history.commits, Random(feed.seed))
    ]


def follow_feed(repository: Repository, commits: Sequence[Sequence[Step]], dice: Random) -> Iterator[str]:
    """Let the index of a repository go from commit to commit, and hold each answer to a whole fold.

    Gives what was otherwise, in words.
    """
    stands = [apply_steps(commits[0])]
    for steps in commits[1:]:
        stands.append(apply_steps(steps, stands[-1]))
    names = Names()
    for place in visit_places(len(stands), dice):
        commit = repository.commits[place]
        if dice.random() < 0.05:
            (repository.path / "ledger" / "index.db").unlink(missing_ok=True)
        feed = read_kept_feed(open_store(repository.path), commit)
        names.add_from(fold_posts(posts_in(stands[place])))
        yield from compare_feed(feed, stands[place], names)
        if dice.random() < 0.3 and place + 1 < len(stands):  # what a judge asks of posts that are new
            new = posts_in(
                {path: data for path, data in stands[place + 1].items() if path not in stands[place]}
            )
            expected = fold_posts([*posts_in(stands[place]), *new])
            names.add_from(expected)
            yield from find_unlike(feed.board_with(new), expected, names)
            yield from compare_feed(feed, stands[place], names)


def compare_feed(feed: KeptFeed, files: dict[str, bytes], names: Names) -> Iterator[str]:
    """What is said of a feed and is not in its files, in words."""
    read = [parse_post(data, path) for path, data in sorted(files.items()) if path.endswith(".md")]
    yield from find_unlike(feed.board, fold_posts(posts_in(files)), names)
    if feed.findings() != [finding for _, found in read for finding in found]:
        yield "other findings"
    if sorted(feed.all_posts(), key=lambda post: post.path) != [post for post, _ in read if post]:
        yield "other posts"
    if (feed.settings.data if feed.settings else b"") != files.get(CONFIG_PATH, b""):
        yield "other settings"


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 5))]
)
def test_queue_and_show_are_byte_for_byte_what_a_clone_without_an_index_says(
    seed: int, tmp_path: Path
) -> None:
    feed = draw_feed(seed, least=30)
    history = History(cut_commits(feed, Random(seed)), feed.refs)
    (bare,) = make_repositories(tmp_path, [history])
    kept, bare_of_index = (bare.copy(tmp_path / name / ".git") for name in ("kept", "whole"))
    keep_nothing(bare_of_index.path)
    for commit in (bare.commits[len(bare.commits) // 2], bare.commits[-1]):
        said = []
        for repository in (kept, bare_of_index):
            repository.set_refs(commit, feed.refs)
            (repository.path / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
            said.append(list_tickets(repository.path.parent, feed.now))
        assert said[0] == said[1]
    assert (kept.path / "ledger" / "index.db").is_file()
    assert len(said[0]) > 2


def list_tickets(folder: Path, now: datetime) -> dict[str, str]:
    """What the commands print that list all tickets, and show each."""
    machine = Machine(Seat("A-1", folder), Time(start=now))
    queue = machine.run("queue", "--all", "--json").out
    items = [row["item"] for row in json.loads(queue)["items"]]
    return {"": queue} | {item: machine.run("show", item, "--json").out for item in items}


def posts_in(files: dict[str, bytes]) -> list[Post]:
    """The posts that can be read in these files."""
    read = (parse_post(data, path)[0] for path, data in sorted(files.items()) if path.endswith(".md"))
    return [post for post in read if post is not None]
