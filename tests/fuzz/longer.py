"""The readers under fuzz for as long as somebody waits: `tools/fuzz`. What broke one is kept in a file."""

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.fuzz.mutation import grow
from tests.fuzz.reader import Probe, Reader
from tests.fuzz.readers import READERS

LARGE = 64 * 1024
"""Bytes from which on an input tells what a reader costs for each."""
SLICE = 3.0
"""Seconds that a reader has before the next one's turn."""
_SHRINKING = 10.0
"""Seconds in which what broke a reader is made smaller."""


@dataclass
class Tally:
    """What came of one reader so far: `cost` is the worst of all large inputs, in CPU seconds for a MiB."""

    probe: Probe
    inputs: int = 0
    size: int = 0
    cost: float = 0.0
    costly: bytes = b""
    found: dict[str, bytes] = field(default_factory=dict)


def main(argv: Sequence[str], doc: str) -> int:
    """Run it and print a line for each reader; gives 1 when something broke one."""
    parser = argparse.ArgumentParser(prog="fuzz", description=doc)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long, over all readers (1)")
    parser.add_argument(
        "--reader", action="append", choices=sorted(READERS), help="only this one, repeatable"
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same inputs (0)")
    parser.add_argument("--out", type=Path, default=Path("fuzz-finds"), help="where finds go (fuzz-finds)")
    given = parser.parse_args(argv)
    readers = [READERS[name] for name in given.reader or READERS]
    with tempfile.TemporaryDirectory() as folder:
        _be_alone(Path(folder))
        tallies = run(readers, given.seed, given.minutes * 60, Path(folder))
    for name, tally in tallies.items():
        print(_line(name, tally), flush=True)
        for why, data in tally.found.items():
            print(f"  {_keep(given.out / name, data)}: {why}")
    return int(any(tally.found for tally in tallies.values()))


def run(readers: Sequence[Reader], seed: int, seconds: float, folder: Path) -> dict[str, Tally]:
    """Give each reader its turn until the time is up, and at least one."""
    tallies: dict[str, Tally] = {}
    end = time.monotonic() + seconds
    while not tallies or time.monotonic() < end:
        for reader in readers:
            if reader.name not in tallies:
                (folder / reader.name).mkdir()
                tallies[reader.name] = Tally(reader.open(folder / reader.name))
            _take_turn(
                reader, tallies[reader.name], seed, time.monotonic() + min(SLICE, seconds / len(readers))
            )
    return tallies


def _take_turn(reader: Reader, tally: Tally, seed: int, end: float) -> None:
    while True:
        dice = Random(f"{seed} {reader.name} {tally.inputs}")
        data = reader.generate(dice)
        if tally.inputs % 50 == 49:
            data = grow(dice, data, 4 * LARGE)
        began = time.process_time()
        why = break_of(tally.probe, data)
        spent = time.process_time() - began
        tally.inputs += 1
        tally.size += len(data)
        if len(data) >= LARGE and spent / len(data) > tally.cost:
            tally.cost, tally.costly = spent / len(data), data
        if why and why not in tally.found:
            print(f"{reader.name}: {why}", flush=True)
            tally.found[why] = shrink(data, why, tally.probe)
        if time.monotonic() > end:
            return


def break_of(probe: Probe, data: bytes) -> str:
    """What an input breaks and where, in words; empty when the reader gives an answer."""
    try:
        probe(data)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-3:]]
        return f"{type(error).__name__} at {' < '.join(reversed(places))}"
    return ""


def shrink(data: bytes, why: str, probe: Probe) -> bytes:
    """A smaller input that breaks the same, found by leaving out ever smaller parts."""
    step, end = len(data) // 2, time.monotonic() + _SHRINKING
    while step:
        place = 0
        while place < len(data):
            if time.monotonic() > end:
                return data
            smaller = data[:place] + data[place + step :]
            if break_of(probe, smaller) == why:
                data = smaller
            else:
                place += step
        step //= 2
    return data


def _keep(folder: Path, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / sha256(data).hexdigest()[:12]
    place.write_bytes(data)
    return place


def _line(name: str, tally: Tally) -> str:
    cost = f"{tally.cost * 2**20:6.2f} s for a MiB at worst" if tally.costly else ""
    counts = f"{tally.inputs:8} inputs {tally.size / 2**20:8.2f} MiB {len(tally.found):3} found"
    return f"{name:<12} {counts}  {cost}".rstrip()


def _be_alone(folder: Path) -> None:
    """No settings and no identity of this machine's user reach what is run, as in the tests."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "LEDGER_"))]:
        del os.environ[name]
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    os.environ |= {"XDG_STATE_HOME": str(folder / "state"), "HOME": str(folder)}
    for role in ("AUTHOR", "COMMITTER"):
        os.environ |= {f"GIT_{role}_NAME": "Tester", f"GIT_{role}_EMAIL": "tester@example.invalid"}
    sys.setrecursionlimit(1000)  # Python's own: what is nested deeper must be refused in words
