"""What a process and all that it starts cost: CPU and wall time and peak memory, the least of several runs.

A scene compares a command of ours with raw commands and with P, `python3 -c pass` as a process, in one
run: the three take turns, so that a busy moment hits all of them.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from benches.timing import ALONE

IDLE = (sys.executable, "-c", "pass")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU of a tree of processes, seconds from start to end, and the most bytes of one of them.
    `errors` is what was said on stderr."""

    cpu: float
    wall: float
    peak: int = 0
    errors: str = ""


Deed = Callable[[int], Spent]
"""Does what is measured, given the number of the run (-1: the one before, not counted)."""


def spend(
    place: Path,
    words: Sequence[str],
    codes: Collection[int] = (0,),
    stdin: Path | None = None,
    env: Mapping[str, str] = ALONE,
) -> Spent:
    """Run a process in a folder to its end. Raises RuntimeError when it exits with none of `codes`."""
    with tempfile.TemporaryFile() as errors, (stdin or Path(os.devnull)).open("rb") as source:
        began = time.perf_counter()
        process = subprocess.Popen(
            words, cwd=place, stdin=source, stdout=subprocess.DEVNULL, stderr=errors, env=env
        )
        spent = wait_for(process, began)
        errors.seek(0)
        text = errors.read().decode("utf-8", "replace")
    if process.returncode not in codes:
        raise RuntimeError(f"{' '.join(words)}: exit {process.returncode}\n{text}")
    return replace(spent, errors=text)


def wait_for(process: "subprocess.Popen[bytes]", began: float) -> Spent:
    """Wait for a process that was started at a time of the performance counter."""
    _, status, usage = os.wait4(process.pid, 0)  # with all descendants that were waited for
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    return Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


@dataclass(frozen=True, slots=True)
class Target:
    """At most `p` times P and `raw` times the raw command; of nothing when both are 0. `peak` is the most
    memory in MB (0: any)."""

    p: float = 0
    raw: float = 0
    peak: int = 0

    @property
    def text(self) -> str:
        """As in `6 P + raw`."""
        times = "raw" if self.raw == 1 else f"{self.raw:g} raw"
        parts = [f"{self.p:g} P"] * bool(self.p) + [times] * bool(self.raw)
        memory = f", {self.peak} MB" if self.peak else ""
        return (" + ".join(parts) or "none") + memory


@dataclass(frozen=True, slots=True)
class Steps:
    """What is measured, and the raw command beside it. Ours gave no answer where stderr has `complaint`."""

    ours: Deed
    raw: Deed | None = None
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """One scene: the least that ours, the raw command and P took."""

    name: str
    target: Target
    ours: Spent
    raw: Spent
    idle: Spent
    is_silent: bool

    def ratio(self, kind: str) -> float:
        """Of `cpu` or `wall`: how many P ours takes over the raw command, else how many times that."""
        ours, raw, idle = (getattr(spent, kind) for spent in (self.ours, self.raw, self.idle))
        if self.target.p or not raw:
            return float((ours - self.target.raw * raw) / idle)
        return float(ours / raw)

    @property
    def met(self) -> bool:
        """True when CPU, wall time and memory are within the target."""
        return self._is_within("cpu") and self._is_within("wall") and not self.is_silent

    def _is_within(self, kind: str) -> bool:
        bound = self.target.p or self.target.raw
        in_memory = not self.target.peak or self._peak <= self.target.peak
        return in_memory and (not bound or self.ratio(kind) <= bound)

    @property
    def _peak(self) -> float:
        return self.ours.peak / 1e6

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table: name, CPU of ours and of the raw command in P, the ratios, memory, target."""
        ours, raw = (f"{spent.cpu / self.idle.cpu:.1f}" for spent in (self.ours, self.raw))
        ratios = (f"{self.ratio('cpu'):.2f}", f"{self.ratio('wall'):.2f}")
        return self.name, ours, raw, *ratios, f"{self._peak:.0f}", self.target.text, self._verdict

    @property
    def _verdict(self) -> str:
        if self.is_silent:
            return "missed: gave no answer"
        if self.target.text == "none":
            return ""
        return "met" if self.met else "missed" + (" by wall time" if self._is_within("cpu") else "")


HEADINGS = ("scene", "ours, P", "raw, P", "CPU", "wall", "MB", "target", "")
"""What the cells of a measured scene say."""


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A scene that could not be measured, and why; `met` is False where it should have been."""

    name: str
    why: str
    met: bool = True

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        return self.name, *("",) * (len(HEADINGS) - 2), self.why


def measure_scene(name: str, target: Target, steps: Steps, runs: int) -> Measured:
    """Do ours, the raw command and nothing in turn: once uncounted, then so many times."""
    nothing = Spent(0.0, 0.0)
    kept: list[tuple[Spent, Spent, Spent]] = []
    for run in range(-1, runs):
        ours = steps.ours(run)
        raw = steps.raw(run) if steps.raw else nothing
        kept.append((ours, raw, spend(Path.cwd(), IDLE)))
    ours, raw, idle = (take_least(column) for column in zip(*kept[1:], strict=True))
    is_silent = any(steps.complaint in errors for errors in (row[0].errors for row in kept) if errors)
    return Measured(name, target, ours, raw, idle, is_silent and bool(steps.complaint))


def take_least(spent: Sequence[Spent]) -> Spent:
    """The least time of several runs, and the most memory."""
    cpus, walls, peaks, _ = zip(*map(astuple, spent), strict=True)
    return Spent(min(cpus), min(walls), max(peaks))


def repeat_command(place: Path, words: Sequence[str], codes: Collection[int] = (0,)) -> Deed:
    """A deed that is the same process in each run."""
    return lambda _: spend(place, words, codes)
