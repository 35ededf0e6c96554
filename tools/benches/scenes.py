"""The scenes: what is measured against what."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benches.growing import Growth, shapes
from benches.guard import beside, guard
from benches.places import clone, remote
from benches.pool import Count, pool
from benches.stop import stop
from benches.timing import ALONE, LEDGER, Line, Size, compare, seconds

POSTS = 2000


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as name:
        yield Path(name)


def queue(size: Size) -> Iterator[Line]:
    """The queue of a feed of 2,000 posts, fetched and folded, against an interpreter that does nothing."""
    with _folder() as folder:
        place = clone(remote(folder, size.posts(POSTS)), "clone")
        ours = (LEDGER, "queue", "--json")
        yield compare("queue", 40, place, lambda _: ours, lambda _: (sys.executable, "-c", "pass"), size.runs)


def reserve(size: Size) -> Iterator[Line]:
    """A number, and a ticket with its number, against a push of one ref by plain git to the same remote."""
    with _folder() as folder:
        place = clone(remote(folder), "clone")

        def push(series: str) -> Callable[[int], Sequence[str]]:
            blobs = [_blob(place, f"{series} {run}") for run in range(-1, 20)]
            return lambda run: (
                "git",
                "push",
                "-q",
                "origin",
                f"{blobs[run + 1]}:refs/reserve/{series}/{run + 2}",
            )

        seat = (LEDGER, "--seat", "bench")
        numbered, filed = (
            (*seat, "reserve", "CMB"),
            (*seat, "append", "--reserve", "CMB", "--subject", "Work"),
        )
        yield compare("reserve", 20, place, lambda _: numbered, push("RAWA"), size.runs)
        yield compare("append --reserve", 20, place, lambda _: filed, push("RAWB"), size.runs)


def commit(size: Size) -> Iterator[Line]:
    """`git commit` in a repository of 2,000 posts, with the hooks against without, off the feed and on it."""
    with _folder() as folder:
        bare = remote(folder, size.posts(POSTS))
        plain, hooked = clone(bare, "plain"), clone(bare, "hooked")
        seconds(hooked, (LEDGER, "init", "--seat", "bench"))
        yield compare(
            "commit, off the feed", 4, folder, _commits(hooked, _code), _commits(plain, _code), size.runs
        )
        yield compare(
            "commit, on the feed", 60, folder, _commits(hooked, _post), _commits(plain, _post), size.runs
        )


def _commits(place: Path, change: Callable[[Path, int], None]) -> Callable[[int], Sequence[str]]:
    def words(run: int) -> Sequence[str]:
        change(place, run)
        return "git", "-C", str(place), "commit", "-q", "-m", f"change {run}"

    return words


def _code(place: Path, run: int) -> None:
    (place / "code.txt").write_text(f"code {run}\n")
    seconds(place, ("git", "add", "code.txt"))


def _post(place: Path, run: int) -> None:
    seconds(place, (LEDGER, "--seat", "bench", "note", f"said {run}", "--stage"))


def _blob(place: Path, text: str) -> str:
    words = ("git", "hash-object", "-w", "--stdin")
    ran = subprocess.run(words, cwd=place, input=text, capture_output=True, text=True, check=True, env=ALONE)
    return ran.stdout.strip()


SCENES: Mapping[str, Callable[[Size], Iterator[Line | Count | Growth]]] = {
    "queue": queue,
    "reserve": reserve,
    "commit": commit,
    "guard": guard,
    "beside": beside,
    "stop": stop,
    "pool": pool,
    "shapes": shapes,
}
"""Every scene by its name, in the order in which they run."""
