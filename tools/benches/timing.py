"""Medians of whole processes, ours and theirs in turn, so that a busy moment hits both alike."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

LEDGER = str(Path(sys.executable).with_name("git-ledger"))
"""The command that is measured: that of this virtual environment."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: runs of each process, and posts of a feed at most (0: as many as a scene has)."""

    runs: int = 7
    most: int = 0

    def posts(self, wanted: int) -> int:
        """The posts of a feed for which a scene wants so many."""
        return min(wanted, self.most or wanted)


WHOLE = Size()
QUICK = Size(runs=2, most=2000)
"""Enough to see how a scene grows."""
SMALL = Size(runs=1, most=200)
"""Whether a scene still runs; its ratios say little."""


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: medians in seconds, and the ratio below which it should stay."""

    name: str
    ours: float
    theirs: float
    target: float

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.ours / self.theirs

    @property
    def met(self) -> bool:
        """True when the ratio is below its target."""
        return self.ratio < self.target

    @property
    def text(self) -> str:
        """The line as it is printed, times in milliseconds."""
        verdict = "met" if self.met else "missed"
        times = f"{self.ours * 1000:8.1f} ms {self.theirs * 1000:8.1f} ms"
        digits = 1 if self.target >= 1 else 2
        return f"{self.name:<24} {times}  ratio {self.ratio:6.{digits}f}  target {self.target:4g}  {verdict}"


Deed = Callable[[int], Sequence[str]]
"""The words of the process to run, given the number of the run (-1: the one before, not counted)."""


def compare(name: str, target: float, place: Path, ours: Deed, theirs: Deed, runs: int) -> Line:
    """Run both in turn in a folder, so many times each, and compare the medians."""
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(-1, runs):
        for deed, kept in zip((ours, theirs), times, strict=True):
            took = seconds(place, deed(run))
            if run >= 0:
                kept.append(took)
    return Line(name, median(times[0]), median(times[1]), target)


def seconds(place: Path, words: Sequence[str]) -> float:
    """How long one process takes, start to end. Raises RuntimeError with its words when it fails."""
    began = time.perf_counter()
    ran = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False, env=ALONE)
    took = time.perf_counter() - began
    if ran.returncode:
        raise RuntimeError(f"{' '.join(words)}: exit {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return took


ALONE = {
    **{
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "LEDGER_", "PYTHON"))
    },
    "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "pycache"),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bench",
    "GIT_AUTHOR_EMAIL": "bench@example.invalid",
    "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@example.invalid",
}
"""The environment of every process: no settings of the machine, and compiled as an installed package is."""
