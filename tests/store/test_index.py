"""The index when it is harmed: every answer is that of a fold of all posts, and it is made anew."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from ledger.store.contract import Oid
from ledger.store.index.file import copy_snapshot, drop_index_file, find_index_file, open_index_file
from ledger.store.index.following import FEW, read_kept_feed
from ledger.store.index.kept import begin_writing
from tests.faces.envs import run_at
from tests.feeds import feed
from tests.gitrun import git
from tests.store.indexes import (
    BROKEN,
    LINES,
    answers,
    commit_kept,
    link_of,
    make_feed,
    opened,
    told,
    true_answers,
)
from tests.store.stores import commit, local_store

Scene = tuple[Path, list[str]]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A repository whose index stands for the newest of its commits."""
    repo = tmp_path_factory.mktemp("index") / "repo"
    tips = make_feed(repo)
    answers(repo, tips[2])
    return repo, tips


@pytest.fixture
def scene(standing: Scene, tmp_path: Path) -> Scene:
    """A copy of it that a test may harm."""
    repo = Path(shutil.copytree(standing[0], tmp_path / "repo", symlinks=True))
    return repo, standing[1]


def harm(repo: Path, statement: str) -> None:
    with opened(repo) as db:
        db.execute(statement)


def harmed_answers(scene: Scene) -> str | None:
    """Ask about the newest commit, which must be answered right; gives the commit that is kept after it."""
    repo, tips = scene
    assert answers(repo, tips[2]) == true_answers(repo, tips[2])
    assert answers(repo, tips[2]) == true_answers(repo, tips[2])  # by what the first made of the index
    return commit_kept(repo)


def test_a_file_that_is_cut_anywhere_is_made_anew(scene: Scene) -> None:
    repo, tips = scene
    whole = link_of(repo).read_bytes()
    dice = Random(7)
    lengths = {
        0,
        1,
        99,
        100,
        4096,
        len(whole) - 4096,
        len(whole) - 1,
        *(dice.randrange(len(whole)) for _ in "x" * 9),
    }
    for length in sorted(lengths):
        file = link_of(repo).resolve()
        file.write_bytes(whole[:length])
        assert harmed_answers(scene) == tips[2], length
        assert not file.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets SET record = '{'",
        "UPDATE tickets SET record = '{\"no\": 1}'",
        "UPDATE posts SET record = x'ff00' WHERE place = 2",
        "UPDATE posts SET record = '[]' WHERE place = 7",
        "UPDATE events SET state = 'UNHEARD'",
        "UPDATE lows SET at = 'yesterday'",
        "UPDATE meta SET value = '{}' WHERE name = 'order'",
        "UPDATE found SET record = NULL",
        "UPDATE unplaced SET record = 'null'",
        "DELETE FROM unplaced",
        "DROP TABLE settings",
        "DROP TABLE posted",
        "ALTER TABLE seats RENAME COLUMN record TO other",
    ],
)
def test_damage_that_shows_in_the_midst_of_an_answer_does_not_show_in_it(
    scene: Scene, statement: str
) -> None:
    file = link_of(scene[0]).resolve()
    harm(scene[0], statement)
    assert harmed_answers(scene) == scene[1][2]
    assert not file.exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE meta SET value = '0' WHERE name = 'format'", "DROP TABLE meta", "DELETE FROM meta"],
)
def test_an_index_of_another_format_is_made_anew(scene: Scene, statement: str) -> None:
    """And an empty file, as a crash may leave it."""
    harm(scene[0], statement)
    assert harmed_answers(scene) == scene[1][2]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE found",
        "CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'a row that cannot be'); END",
    ],
)
def test_damage_that_only_a_write_meets_is_met_once(scene: Scene, statement: str) -> None:
    """Else each later command would fold what arrived since, and keep none of it."""
    repo, tips = scene
    link_of(repo).unlink()
    answers(repo, tips[0])
    harm(repo, statement)
    read_kept_feed(local_store(repo), tips[1])
    assert not link_of(repo).exists()
    assert harmed_answers(scene) == tips[2]


def test_files_of_a_history_that_nothing_tells_of_any_more_are_forgotten(scene: Scene) -> None:
    """The commit of the index is gone from the repository, so that no difference of trees names its files."""
    repo, tips = scene
    harm(repo, f"UPDATE meta SET value = '{'f' * 40}' WHERE name = 'commit'")
    for _ in range(2):
        assert answers(repo, tips[3]) == true_answers(repo, tips[3])


def test_a_link_to_another_file_is_not_followed(scene: Scene, tmp_path: Path) -> None:
    """Neither read nor written nor removed: an index is beside its link, under a name of its own."""
    repo, tips = scene
    precious = tmp_path / "precious.db"
    with closing(sqlite3.connect(precious)) as db, db:
        db.execute("CREATE TABLE theirs (words TEXT)")
    before = precious.read_bytes()
    record = Path(shutil.copy(precious, link_of(repo).with_name("let-in.db")))
    for name in (precious, Path(record.name), Path("index-0123456789abcdef.db")):
        link_of(repo).unlink()
        link_of(repo).symlink_to(name)
        assert harmed_answers(scene) == tips[2]
    link_of(repo).unlink()
    shutil.copy(precious, link_of(repo))
    assert harmed_answers(scene) == tips[2]
    assert precious.read_bytes() == record.read_bytes() == before


def test_who_has_a_dropped_file_open_harms_none_that_takes_its_place(scene: Scene) -> None:
    """SQLite removes the log of a file by name once the last process closes it."""
    repo, tips = scene
    reader = read_kept_feed(local_store(repo), tips[2])
    writer = begin_writing(repo / ".git", 0)
    file = find_index_file(repo / ".git")
    assert writer is not None and file is not None
    drop_index_file(file)
    answers(repo, tips[1])
    with opened(repo) as db:
        db.execute("UPDATE meta SET value = 'kept' WHERE name = 'commit'")
        log = link_of(repo).resolve().with_name(link_of(repo).resolve().name + "-wal")
        size = log.stat().st_size
        writer.commit_kept()
        writer.close()
        assert {post.path for post in reader.board.all_posts()} == {
            post.path for post in read_kept_feed(local_store(repo), tips[2]).board.all_posts()
        }
        del reader
        assert size and log.stat().st_size >= size
    assert [file.name for file in link_of(repo).parent.glob("index-*.db")] == [link_of(repo).resolve().name]


def test_a_snapshot_ends_with_the_answer(scene: Scene) -> None:
    """Else a process that lasts would keep the log from being emptied, which then grows without bound."""
    repo, tips = scene
    log = link_of(repo).resolve().with_name(link_of(repo).resolve().name + "-wal")
    feed = read_kept_feed(local_store(repo), tips[2])
    assert feed.board.posts and log.exists()
    del feed
    assert not log.exists()


def test_what_was_read_of_a_commit_serves_until_another_is_asked_for(scene: Scene) -> None:
    repo, tips = scene
    store = local_store(repo)
    tickets, again = (read_kept_feed(store, tips[1]).board.open_tickets() for _ in range(2))
    assert tickets and all(one is other for one, other in zip(tickets, again, strict=True))
    later = read_kept_feed(store, tips[2]).board.open_tickets()
    assert later == read_kept_feed(local_store(repo), tips[2]).board.open_tickets() != tickets


def test_files_that_nothing_links_to_are_removed_in_time(scene: Scene) -> None:
    repo, tips = scene
    file = link_of(repo).resolve()
    os.utime(file, (1, 1))
    young = file.with_name("index-00000000000000aa.db")
    young.touch()
    link_of(repo).unlink()
    assert harmed_answers(scene) == tips[2]
    assert young.exists() and not file.exists()


def test_an_index_is_for_all_who_may_use_its_folder(scene: Scene) -> None:
    repo, tips = scene
    link_of(repo).unlink()
    link_of(repo).parent.chmod(0o2770)
    before = os.umask(0o077)
    try:
        answers(repo, tips[2])
    finally:
        os.umask(before)
    assert link_of(repo).stat().st_mode & 0o777 == 0o660


def test_a_copy_has_what_is_in_the_log_alone(scene: Scene) -> None:
    repo, _ = scene
    file = find_index_file(repo / ".git")
    assert file is not None
    with closing(open_index_file(file, 0)) as db:
        db.execute("UPDATE meta SET value = 'in the log' WHERE name = 'commit'")
        copied = copy_snapshot(file)
        assert copied is not None
        with closing(copied):
            assert copied.execute("SELECT value FROM meta WHERE name = 'commit'").fetchone() == (
                "in the log",
            )


def test_commands_say_the_same_beside_every_harm(scene: Scene, tmp_path: Path) -> None:
    repo, tips = scene
    bare = Path(shutil.copytree(repo, tmp_path / "bare", symlinks=True))
    shutil.rmtree(bare / ".git" / "ledger")
    (bare / ".git" / "ledger" / "index.db").mkdir(parents=True)  # so that none is made
    expected = said(bare)
    assert not list((bare / ".git" / "ledger").glob("index-*"))
    size = link_of(repo).stat().st_size
    for length in (size // 3, size // 2, size - 5000):
        os.truncate(link_of(repo).resolve(), length)
        assert said(repo) == expected, length
    for statement in ("UPDATE tickets SET record = ''", "UPDATE meta SET value = '' WHERE name = 'format'"):
        harm(repo, statement)
        assert said(repo) == expected, statement
    link_of(repo).unlink()
    assert said(repo) == expected
    assert commit_kept(repo) == git(repo, "rev-parse", "ledger") == tips[2]


def said(repo: Path) -> list[object]:
    """What readers are told, without when."""
    found: list[object] = []
    for words in (("queue", "--all"), *(("show", f"CMB-000{n}") for n in (1, 2, 3, 4)), ("log",)):
        ran = run_at(repo, *words, "--json", "-q")
        assert (ran.code, ran.err) == (0, ""), ran.out + ran.err
        found.append({name: value for name, value in json.loads(ran.out).items() if name != "as_of"})
    return found


def test_many_changes_are_not_kept_over_what_another_process_wrote_meanwhile(scene: Scene) -> None:
    repo, (first, _, third, other) = scene
    store = local_store(repo)
    many = commit(store, other, {BROKEN.replace("00aa", f"{n:04x}"): b"no post\n" for n in range(FEW + 1)})
    answers(repo, first)

    def meanwhile() -> Oid | None:
        assert answers(repo, third) == true_answers(repo, third)
        return None

    assert told(read_kept_feed(store, many, meanwhile)) == true_answers(repo, many)
    assert commit_kept(repo) == third
    assert answers(repo, third) == true_answers(repo, third)
    assert answers(repo, many) == true_answers(repo, many)


def test_a_further_copy_of_a_post_is_kept_when_the_first_gets_its_place(scene: Scene) -> None:
    repo, tips = scene
    store = local_store(repo)
    files = feed(f"{LINES}04:00 A-1 notes CMB-0004: it is seen now\n").files
    unseen, seeing = [*files][-2:]
    copied = commit(store, tips[2], {unseen.replace("/03/59/", "/04/59/"): files[unseen]})
    assert answers(repo, copied)["paths"] == true_answers(repo, copied)["paths"]
    seen = commit(store, copied, {seeing: files[seeing]})
    assert answers(repo, seen) == true_answers(repo, seen)
