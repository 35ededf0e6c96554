"""The only reader of the world: streams, clock, chance, environment, working directory."""

import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TextIO

from ledger.app.effects import Effects, SinceBoot
from ledger.core.dataclass import dataclass

LEAST_WIDTH = 40
"""Cells of the narrowest terminal that answers are fitted to."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A terminal on which a person reads: its size in cells, and the time of reading, which ages are told by.

    `pageable`: it can show a pager, and shows none yet.
    """

    width: int
    height: int
    colour: bool
    pageable: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Context:
    """What a face may touch of the world; core never sees it."""

    world: Effects
    variables: Mapping[str, str]
    directory: Path
    stdin: BinaryIO
    out: TextIO
    err: TextIO

    @property
    def screen(self) -> Screen | None:
        """The terminal that answers go to, or that git's pager shows them on; None where a program reads."""
        # Set by git for what it runs behind its pager, as `git -p ledger queue` does: stdout is a pipe then.
        paged = self.variables.get("GIT_PAGER_IN_USE", "") in ("1", "true")
        if not self.out.isatty() and not paged:
            return None
        width, height = self._measure()
        able = self.variables.get("TERM") != "dumb"
        coloured = able and not self.variables.get("NO_COLOR")
        return Screen(max(LEAST_WIDTH, width), height, coloured, able and not paged, self.world.now())

    @property
    def at_terminal(self) -> bool:
        """True when a person may be asked to write: what is read and what is answered are both a terminal."""
        return self.stdin.isatty() and self.out.isatty()

    def write_words(self, words: str) -> None:
        """Write a line to stderr; on a terminal it is wrapped, and each time in it has its age behind it."""
        if self.err.isatty():
            from ledger.core.moments import tell_ages
            from ledger.faces.cli.terminal.cells import wrap_cells

            width = max(LEAST_WIDTH, self._measure()[0])
            words = "\n".join(wrap_cells(tell_ages(words, self.world.now()), width, "  "))
        # A pipe is written when it is full: where both streams go into one, the answer would come last.
        self.out.flush()
        self.err.write(f"{words}\n")

    def _measure(self) -> tuple[int, int]:
        """Columns and lines: as the variables say, else as the terminal does, else 80 and 24."""
        named = [self.variables.get(name, "") for name in ("COLUMNS", "LINES")]
        try:
            found = tuple(os.get_terminal_size(self.out.fileno()))
        except (OSError, ValueError):
            found = (0, 0)
        columns, lines = (
            int(name) if name.isdecimal() else size for name, size in zip(named, found, strict=True)
        )
        return columns or 80, lines or 24


def real_env() -> Context:
    """The world as it is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return Context(make_effects(), os.environ, Path.cwd(), sys.stdin.buffer, sys.stdout, sys.stderr)


def make_effects() -> Effects:
    """The real clock, real waiting, real chance."""
    return Effects(
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        wait=time.sleep,
        chance=lambda: int.from_bytes(os.urandom(4)) / 2**32,  # `random` and `secrets` take 5 ms to import
        nonce=lambda: os.urandom(8).hex(),
        since_boot=since_boot,
    )


_BOOT = Path("/proc/sys/kernel/random/boot_id")


def since_boot() -> SinceBoot:
    """The machine's clock since its start: on Linux the one that counts sleep, with the kernel's name of the
    boot; elsewhere the monotonic one, of which a restart shows in that it falls behind the wall clock."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
        return SinceBoot(boot, time.monotonic() if clock is None else time.clock_gettime(clock))
    except OSError:
        return SinceBoot("", time.monotonic())
