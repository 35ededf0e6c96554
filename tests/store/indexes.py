"""A small feed in a repository of its own, and all that is answered about one of its commits."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from ledger.store.contract import ABSENT, Oid
from ledger.store.index.following import KeptFeed, read_kept_feed, read_whole_feed
from tests.core.boards import links_of, rows_of
from tests.feeds import feed
from tests.gitrun import git, new_repository
from tests.store.stores import commit, land, local_store

LINES: Final = """
    03:51 A-1 opens CMB-0001: Work
    03:52 B-1 opens CMB-0002: More
    03:53 A-1 claims CMB-0001
    03:54 C-1 opens CMB-0001 by hand: Another thing
    03:55 B-1 blocks CMB-0002 blocked_on=ruling:CMB-0001: waits
    03:56 B-1 opens CMB-0003: Third
    03:57 S-1 rules CMB-0001 rules_on=CMB-0001: Which of them stands
    03:58 A-1 finishes CMB-0001: all of it
    03:59 D-1 opens CMB-0004 by hand: That nobody saw
"""
BROKEN: Final = "feed/2026/11/20/03/50/20261120T035000000Z--A-1--00000000000000aa.md"
CONFIG: Final = "feed/ledger.yaml"
Answers = dict[str, object]


def make_feed(repo: Path) -> list[Oid]:
    """Make a repository with a feed, and give four of its commits, of which the third is the newest.

    The first two have more and more of the posts of the chain, the third a post that no other saw. The fourth
    is of a history of its own, in which files of the others are missing.
    """
    new_repository(repo)
    git(repo, "config", "ledger.branch", "ledger")
    store = local_store(repo)
    files = feed(LINES).files
    paths = list(files)
    config = {CONFIG: b"format: 1\nnamespaces: {CMB: {}}\n", BROKEN: b"no post\n"}
    first = land(store, ABSENT, config | {path: files[path] for path in paths[:5]})
    second = land(store, first, {path: files[path] for path in paths[5:8]})
    third = land(store, second, {path: files[path] for path in paths[8:]})
    other = commit(store, ABSENT, {path: files[path] for path in (paths[0], paths[1], paths[2])})
    return [first, second, third, other]


def answers(repo: Path, at: Oid) -> Answers:
    """All that is answered about a commit, by the index where there is one."""
    return told(read_kept_feed(local_store(repo), at))


def true_answers(repo: Path, at: Oid) -> Answers:
    """All that is to be answered, by a fold of all posts."""
    return told(read_whole_feed(local_store(repo), at))


def told(feed: KeptFeed) -> Answers:
    board = feed.board
    posts = list(board.all_posts())
    keyed = (
        "tickets",
        "seats",
        "seen",
        "named",
        "moved",
        "renumbered",
        "ruled",
        "lifts",
        "newest_challenges",
        "declined",
    )
    return {
        **{name: rows_of(getattr(board, name)) for name in (*keyed, "posts", "posted")},
        **{f"links of {name}": links_of(getattr(board, name)) for name in ("tickets", "posts")},
        "places": [(board.posts.place_of(post.id), post) for post in posts],
        "refused": [list(board.refused.rows(post.id)) for post in posts],
        "histories": [list(board.events.rows(post.id)) for post in posts],
        "landed by": [board.landed_at_latest(post.id) for post in posts],
        "order": board.order,
        "unseen": feed.unseen,
        "paths": sorted(post.path for post in feed.all_posts()),
        "findings": feed.findings(),
        "settings": feed.settings,
    }


def link_of(repo: Path) -> Path:
    return repo / ".git" / "ledger" / "index.db"


def commit_kept(repo: Path) -> Oid | None:
    """The commit that the index stands for; None where there is none."""
    with opened(repo) as db:
        row = db.execute("SELECT value FROM meta WHERE name = 'commit'").fetchone()
        return None if row is None else str(row[0])


def is_sound(repo: Path) -> bool:
    """Whether SQLite finds the index whole, or there is none."""
    if not link_of(repo).exists():
        return True
    with opened(repo) as db:
        return bool(db.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


@contextmanager
def opened(repo: Path) -> Iterator[sqlite3.Connection]:
    """The index as any other program opens it."""
    with closing(sqlite3.connect(link_of(repo).resolve(strict=True), isolation_level=None)) as db:
        yield db
