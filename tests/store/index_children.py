"""Processes that use one index at once, fail or die in the midst of it: `python -m tests.store.index_children
killed|crowd|full FOLDER`.

They are forked by this one, since most of what a process costs is to start Python.
"""

import os
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from ledger.store.index.file import drop_index_file, find_index_file
from ledger.store.index.following import read_kept_feed
from tests.store.indexes import Answers, answers, commit_kept, is_sound, link_of, make_feed, true_answers
from tests.store.stores import local_store

_connect = sqlite3.connect
READERS, WRITERS, DEEDS = 20, 4, 3


def forked(work: Callable[[], object]) -> int:
    """Do something in a process of its own; gives its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """How a process ended: its exit code, or the signal as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying_at(number: int, work: Callable[[], object]) -> None:
    """Work, and be killed when SQLite begins its statement of this number."""
    begun = 0

    def count(statement: str) -> None:
        nonlocal begun
        begun += 1
        if begun == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(*words: Any, **options: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = _connect(*words, **options)
        db.set_trace_callback(count)
        return db

    sqlite3.connect = connect  # type: ignore[assignment]
    work()


def die_everywhere(repo: Path, tips: list[str], true: dict[str, Answers], step: int = 1) -> None:
    """An index that is made, and one that is brought on: killed at every statement of it, or some of them."""
    kept = link_of(repo).parent
    for before, after in ((None, tips[0]), (tips[0], tips[2])):
        shutil.rmtree(kept, ignore_errors=True)
        if before is not None:
            answers(repo, before)
            shutil.copytree(kept, repo / str(before), symlinks=True)
        number = 1
        while ended(forked(partial(dying_at, number, partial(bring_up, repo, after)))):
            assert is_sound(repo), number
            assert commit_kept(repo) in (None, before, after) if link_of(repo).exists() else before is None
            assert answers(repo, after) == true[after], number
            assert commit_kept(repo) == after, number
            shutil.rmtree(kept)
            if before is not None:
                shutil.copytree(repo / str(before), kept, symlinks=True)
            number += step
        assert number > 100, "too few statements were counted to be all of them"


def bring_up(repo: Path, tip: str) -> None:
    """Bring the index up, and end without closing it."""
    feed = read_kept_feed(local_store(repo), tip)
    assert feed.index is not None
    os._exit(0)


def read_in_a_crowd(repo: Path, tips: list[str], true: dict[str, Answers]) -> None:
    """Readers of the newest commit, and writers that take the index from one commit to another, of which one
    cuts or drops it now and then."""
    answers(repo, tips[2])

    def read(name: int) -> None:
        for _ in range(DEEDS):
            assert answers(repo, tips[2]) == true[tips[2]]

    def write(name: int) -> None:
        dice = Random(name)
        for _ in range(DEEDS):
            tip = dice.choice(tips)
            assert answers(repo, tip) == true[tip]
            file = find_index_file(repo / ".git")
            if name == 0 and file is not None:
                drop_index_file(file)

    crowd = [forked(partial(write, name)) for name in range(WRITERS)]
    crowd += [forked(partial(read, name)) for name in range(READERS)]
    assert [ended(child) for child in crowd] == [0] * len(crowd)
    assert is_sound(repo)
    assert answers(repo, tips[1]) == true[tips[1]]
    assert commit_kept(repo) == tips[1]


def run_out_of_space(repo: Path, tips: list[str], true: dict[str, Answers]) -> None:
    """No file may grow beyond a length (setrlimit(2), RLIMIT_FSIZE): such a write fails."""

    def ask(length: int, tip: str) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (length, length))
        assert answers(repo, tip) == true[tip], length

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for before in (None, tips[0]):
        for length in (9_000, 20_000, 40_000, 70_000, 110_000, 160_000):
            shutil.rmtree(link_of(repo).parent, ignore_errors=True)
            if before is not None:
                answers(repo, before)
            assert ended(forked(partial(ask, length, tips[2]))) == 0
            assert is_sound(repo)
            assert answers(repo, tips[2]) == true[tips[2]]
            assert commit_kept(repo) == tips[2]


def main(work: str, folder: Path) -> None:
    repo = folder / "repo"
    tips = make_feed(repo)
    true = {tip: true_answers(repo, tip) for tip in tips}
    works: dict[str, Callable[..., None]] = {
        "killed": die_everywhere,
        "killed at some": partial(die_everywhere, step=13),
        "crowd": read_in_a_crowd,
        "full": run_out_of_space,
    }
    works[work](repo, tips, true)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
