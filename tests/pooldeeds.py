"""Random deeds in a pool by processes that are killed, and a count of what was lost: nothing may be.

`python -m tests.pooldeeds --minutes 3` runs them for longer than the suite does.

A session leases a tree, writes lines, each of its own, in every way that work can lie about, and ends as it
likes: it gives the tree back, goes away, or is killed. Meanwhile others refresh, prune, prune with plain git,
and move the code on; they are killed too. A line counts as written once its session has said so.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.pool.pool import list_trees, prune_trees, refresh_trees
from ledger.app.pool.rescues import list_rescues
from ledger.core.errors import LedgerError
from ledger.faces.context import make_effects
from ledger.pool import allocate, release
from tests.gitrun import git
from tests.pools import build

ROOT = Path(__file__).parents[1]
PROCESSES = 6
IDENTITIES = ("otto", "camber", "ora")
LARGEST = 10_000
"""Bytes of a file above which it is kept beside the trees."""
LINE = re.compile(rb"line-[0-9a-f]{12}-[0-9]+")
EXPECTED = ("pool-exhausted", "beaten", "held-back", "unreachable", "broken-repository")
"""What a deed may run into when others are killed at work; nothing else."""


@dataclass(frozen=True)
class Place:
    """Where deeds are done: a clone with a pool, a clone in which the code moves on, and the books."""

    hub: Path
    coder: Path
    books: Path

    def ledger(self, seat: str) -> Ledger:
        """The ledger as a seat opens it, from the clone."""
        return open_ledger(GlobalOptions(self.hub, seat), make_effects())

    def note(self, book: str, words: str) -> None:
        """Write down, whole and at once."""
        with (self.books / book).open("ab", buffering=0) as file:
            file.write(f"{words}\n".encode())

    def noted(self, book: str) -> list[str]:
        """What was written down."""
        place = self.books / book
        return place.read_text().split("\n")[:-1] if place.exists() else []


@dataclass(frozen=True)
class Outcome:
    """How it ended: deeds by name, lines that were written, those that are nowhere, and what went wrong."""

    deeds: Counter[str]
    written: int
    lost: tuple[str, ...]
    lost_after_prune: tuple[str, ...]
    rescues: int
    wrong: tuple[str, ...]


class Session:
    """One session in a tree: the ways in which it writes lines."""

    def __init__(self, place: Place, tree: Path, chance: random.Random) -> None:
        self.place, self.tree, self.chance = place, tree, chance
        self.mark, self.count = f"{chance.getrandbits(48):012x}", 0

    def lines(self) -> None:
        """Write in one way or another."""
        ways = [self.changed, self.new, self.large, self.staged, self.committed, self.branched, self.left]
        self.chance.choice(ways)()

    def changed(self) -> None:
        self._note(self._write("src/main.txt"))

    def new(self) -> None:
        self._note(self._write(f"deep/{self.count}/new-{self.mark}.txt"))

    def large(self) -> None:
        """In a file that is kept beside the tree."""
        name = f"large-{self.mark}-{self.count}.bin"
        (self.tree / name).write_bytes(bytes(2 * LARGEST))
        self._note(self._write(name))

    def left(self) -> None:
        """In a commit that HEAD leaves behind on no branch."""
        self._git("checkout", "-q", "--detach")
        self.committed()
        self._git("checkout", "-q", "--detach", "HEAD~1")

    def staged(self) -> None:
        line = self._write(f"staged-{self.mark}-{self.count}.txt")
        self._git("add", "-A", done=lambda: self._note(line))

    def unstaged(self) -> None:
        """In the index only: its file is removed again. The last deed, since `git add -A` drops the line."""
        name = f"unstaged-{self.mark}-{self.count}.txt"
        line = self._write(name)
        self._git("add", name, done=lambda: self._note(line))
        (self.tree / name).unlink()

    def committed(self) -> None:
        line = self._write("src/main.txt")
        self._note(line)
        self._git("commit", "-q", "-a", "-m", "work")

    def branched(self) -> None:
        self._git("switch", "-q", "-c", f"work/{self.mark}-{self.count}")
        self.committed()

    def _write(self, name: str) -> str:
        self.count += 1
        line = f"line-{self.mark}-{self.count}"
        place = self.tree / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("ab", buffering=0) as file:
            file.write(f"{line}\n".encode())
        return line

    def _note(self, line: str) -> None:
        self.place.note("written", line)

    def _git(self, *words: str, done: Callable[[], None] = lambda: None) -> None:
        subprocess.run(["git", *words], cwd=self.tree, capture_output=True, check=True)
        done()


def at_work(place: Place, identity: str, chance: random.Random) -> None:
    """Lease a tree, work in it, and give it back or just end."""
    tree = allocate(identity, place.hub)
    place.note("deeds", "allocate")
    session = Session(place, tree, chance)
    for _ in range(chance.randrange(1, 8)):
        session.lines()
    if chance.random() < 0.3:
        session.unstaged()
    if chance.random() < 0.4:
        release(identity, tree)
        place.note("deeds", "release")


def refreshed(place: Place, identity: str, chance: random.Random) -> None:
    """What the start of a runtime does."""
    refresh_trees(place.ledger(identity))
    place.note("deeds", "refresh")


def pruned(place: Place, identity: str, chance: random.Random) -> None:
    """Remove what nobody has."""
    prune_trees(place.ledger(identity))
    place.note("deeds", "prune")


def pruned_by_a_peer(place: Place, identity: str, chance: random.Random) -> None:
    """Plain git, by somebody who knows of no pool."""
    git(place.hub, "worktree", "prune", "--expire=now")
    place.note("deeds", "git worktree prune")


def moved_on(place: Place, identity: str, chance: random.Random) -> None:
    """The code changes on the remote. Of two that do it at once one is beaten, which is no matter here."""
    (place.coder / "src" / "main.txt").write_text(f"one\n{chance.random()}\nthree\n")
    for words in (("commit", "-q", "-a", "-m", "on"), ("push", "-q", "origin", "HEAD:main")):
        subprocess.run(["git", *words], cwd=place.coder, capture_output=True, check=False)
    place.note("deeds", "push")


DEEDS = ((at_work, 12), (refreshed, 2), (pruned, 1), (pruned_by_a_peer, 2), (moved_on, 1))


def deed(place: Place, chance: random.Random) -> None:
    """One deed in this process, to its end. A refusal that is none of those expected is written down."""
    (what,) = chance.choices([one for one, _ in DEEDS], [weight for _, weight in DEEDS])
    try:
        what(place, chance.choice(IDENTITIES), chance)
    except LedgerError as error:
        place.note("deeds", error.kind)
        if error.kind not in EXPECTED:
            place.note("wrong", f"{what.__name__}: {error.kind}: {error.message}")
    except (AssertionError, subprocess.CalledProcessError) as error:
        place.note("wrong", f"{what.__name__}: {error} {getattr(error, 'stderr', b'').decode()}")


def worker(place: Place, seed: int, end: float) -> None:
    """Do deeds, each in a process of its own, and kill half of them, until the time is up."""
    chance = random.Random(seed)
    forked = get_context("fork")
    while time.monotonic() < end:
        child = forked.Process(target=deed, args=(place, random.Random(chance.random())))
        child.start()
        child.join(chance.random() if chance.random() < 0.5 else None)
        if child.exitcode is None:
            child.kill()
            child.join()
            place.note("deeds", "kill -9")
        elif child.exitcode:
            place.note("wrong", f"a deed ended with {child.exitcode}")


def run(folder: Path, seconds: float, seed: int) -> Outcome:
    """Make a clone with a pool in an empty folder, let processes do deeds in it, and count.

    The pool is where XDG_STATE_HOME says.
    """
    hub, coder = build(folder)
    git(hub.path, "config", "ledger.pool.size", "2")
    git(hub.path, "config", "ledger.pool.largest", str(LARGEST))
    place = Place(hub.path, coder.path, folder / "books")
    place.books.mkdir()
    words = [str(one) for one in (place.hub, place.coder, place.books)]
    at_once = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.pooldeeds", "--worker", *words, str(seed + n), str(seconds)],
            cwd=ROOT,
        )
        for n in range(PROCESSES)
    ]
    failed = [f"a worker ended with {one.returncode}" for one in at_once if one.wait()]
    lost = lines_lost(place)
    for identity in IDENTITIES:
        refresh_trees(place.ledger(identity))
    left = [
        f"{one.path} is {one.state}"
        for one in list_trees(place.ledger("otto")).worktrees
        if one.state != "free"
    ]
    prune_trees(place.ledger("otto"))
    refs = git(place.hub, "for-each-ref", "refs/ledger/rescue").splitlines()
    return Outcome(
        deeds=Counter(place.noted("deeds")),
        written=len(place.noted("written")),
        lost=lost,
        lost_after_prune=lines_lost(place),
        rescues=len(refs),
        wrong=(*failed, *left, *place.noted("wrong")),
    )


def lines_lost(place: Place) -> tuple[str, ...]:
    """The lines that were written and are in no tree, on no branch and in no rescue."""
    words = ("log", "-p", "-m", "--text", "--format=")
    kept = _said(place.hub, *words, "--branches", "--glob=refs/ledger/rescue")
    for one in list_trees(place.ledger("otto")).worktrees:
        files = [file for file in one.path.rglob("*") if file.is_file()]
        kept += b"".join(file.read_bytes() for file in files)
        kept += _said(one.path, *words, "HEAD", "--reflog") + _said(one.path, "diff", "--cached", "--text")
    for rescue in list_rescues(place.ledger("otto").repo):
        kept += b"".join(file.path.read_bytes() for file in rescue.large)
    found = {line.decode() for line in LINE.findall(kept)}
    return tuple(line for line in place.noted("written") if line not in found)


def _said(folder: Path, *words: str) -> bytes:
    if not folder.exists():
        return b""
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False).stdout


def main(argv: Sequence[str]) -> int:
    """Run the deeds by hand; gives 1 when a line was lost or something went wrong."""
    parser = argparse.ArgumentParser(prog="pooldeeds", description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="pool-deeds-") as folder:
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        outcome = run(Path(folder), 60 * given.minutes, given.seed)
    print(f"seed {given.seed}: {outcome.written} lines, {outcome.rescues} rescues")
    print(*(f"  {count:6} {name}" for name, count in outcome.deeds.most_common()), sep="\n")
    print(*(f"lost: {line}" for line in {*outcome.lost, *outcome.lost_after_prune}), *outcome.wrong, sep="\n")
    return int(bool(outcome.lost or outcome.lost_after_prune or outcome.wrong))


def _worker(words: Sequence[str]) -> int:
    hub, coder, books, seed, seconds = words
    worker(Place(Path(hub), Path(coder), Path(books)), int(seed), time.monotonic() + float(seconds))
    return 0


if __name__ == "__main__":
    sys.exit(_worker(sys.argv[2:]) if sys.argv[1:2] == ["--worker"] else main(sys.argv[1:]))
