"""The pool of working trees: a warm tree against a cold `git worktree add`, and eight seats at once."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benches.places import clone, remote
from benches.timing import ALONE, LEDGER, Line, Size, seconds
from ledger.pool import allocate, release

FILES, IN_A_FOLDER = 20_000, 100
SEATS, ROUNDS = 8, 5


@dataclass(frozen=True, slots=True)
class Count:
    """How many of so many working trees are not sound, ours and theirs."""

    name: str
    ours: int
    theirs: int
    of: int

    @property
    def met(self) -> bool:
        """True when all of ours are sound."""
        return self.ours == 0

    @property
    def text(self) -> str:
        """The line as it is printed."""
        told = f"{self.ours:4} of {self.of} {self.theirs:6} of {self.of}"
        return f"{self.name:<24} {told}  unsound     target    0  {'met' if self.met else 'missed'}"


def pool(size: Size) -> Iterator[Line | Count]:
    """Ours is the second time: fetched, at a base that has moved on. Then worktrees that are not sound."""
    with _places() as (hub, coder):
        _fill(coder, size.posts(FILES))
        for deed in (
            _cold,
            _by_program,
            _by_command,
        ):  # once, uncounted: the first trees, and what Python loads
            deed(hub, coder)
        runs = [[deed(hub, coder) for deed in (_cold, _by_program, _by_command)] for _ in range(size.runs)]
        cold, program, command = (median(times) for times in zip(*runs, strict=True))
        yield Line("pool, by a program", program, cold, 0.25)
        yield Line("pool, by the command", command, cold, 0.5)
    rounds = min(size.runs, ROUNDS)
    ours = sum(
        _unsound(lambda n, _: (LEDGER, "--seat", f"seat-{n}", "pool", "allocate")) for _ in range(rounds)
    )
    theirs = sum(_unsound(_plain) for _ in range(rounds))
    yield Count("pool, eight at once", ours, theirs, SEATS * rounds)


@contextmanager
def _places() -> Iterator[tuple[Path, Path]]:
    """A clone with a pool, and one in which the code moves on."""
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as name:
        bare = remote(Path(name))
        hub, coder = clone(bare, "hub"), clone(bare, "coder")
        seconds(hub, ("git", "config", "ledger.pool", f"{name}/pool"))
        seconds(hub, ("git", "config", "ledger.seat", "bench"))
        yield hub, coder


def _fill(coder: Path, files: int) -> None:
    for n in range(files):
        place = coder / "src" / f"d{n // IN_A_FOLDER:03}" / f"f{n:05}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"file {n}\n" * 20)
    _moves_on(coder)


def _moves_on(coder: Path) -> None:
    (coder / "code.txt").write_text(f"{time.time_ns()}\n")
    seconds(coder, ("git", "add", "-A"))
    seconds(coder, ("git", "commit", "-q", "-m", "on"))
    seconds(coder, ("git", "push", "-q", "origin", "HEAD:main"))


def _cold(hub: Path, coder: Path) -> float:
    _moves_on(coder)
    seconds(hub, ("git", "fetch", "-q"))
    took = seconds(hub, ("git", "worktree", "add", "-q", "--detach", "../cold", "origin/main"))
    seconds(hub, ("git", "worktree", "remove", "../cold"))
    return took


def _by_program(hub: Path, coder: Path) -> float:
    _moves_on(coder)
    began = time.perf_counter()
    tree = allocate("bench", hub)
    took = time.perf_counter() - began
    release("bench", tree)
    return took


def _by_command(hub: Path, coder: Path) -> float:
    _moves_on(coder)
    took = seconds(hub, (LEDGER, "pool", "allocate"))
    seconds(hub, (LEDGER, "pool", "release"))
    return took


def _plain(n: int, hub: Path) -> Sequence[str]:
    return "git", "worktree", "add", "-q", "-b", f"seat-{n}", str(hub.with_name(f"tree-{n}")), "origin/main"


def _unsound(words: Callable[[int, Path], Sequence[str]]) -> int:
    """Start eight processes at once in a fresh clone; how many working trees then fail, or are not sound."""
    with _places() as (hub, _):
        null = subprocess.DEVNULL
        at_once = [
            subprocess.Popen(words(n, hub), cwd=hub, env=ALONE, stdout=null, stderr=null)
            for n in range(SEATS)
        ]
        failed = sum(one.wait() != 0 for one in at_once)
        told = _said(hub, "worktree", "list", "--porcelain").splitlines()
        trees = [Path(line.removeprefix("worktree ")) for line in told if line.startswith("worktree ")]
        base = _said(hub, "rev-parse", "origin/main")
        sound = [tree for tree in trees if tree != hub and _is_sound(tree, base)]
        return max(failed, SEATS - len(sound)) if _said(hub, "fsck") == "" else SEATS


def _is_sound(tree: Path, base: str) -> bool:
    return _said(tree, "status", "--porcelain") == "" and _said(tree, "rev-parse", "HEAD") == base


def _said(place: Path, *words: str) -> str:
    ran = subprocess.run(("git", *words), cwd=place, capture_output=True, text=True, check=False, env=ALONE)
    return ran.stdout.strip() if ran.returncode == 0 else ran.stderr
