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
    def colour(self) -> bool:
        """True when answers go to a terminal that may be coloured."""
        return self.out.isatty() and not self.variables.get("NO_COLOR")

    @property
    def width(self) -> int | None:
        """Columns of the terminal that answers go to; None where they go to a file or a program."""
        if not self.out.isatty():
            return None
        columns = self.variables.get("COLUMNS", "")
        if columns.isdecimal() and int(columns) > 0:
            return int(columns)
        try:
            return os.get_terminal_size(self.out.fileno()).columns or 80
        except (OSError, ValueError):
            return 80


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
