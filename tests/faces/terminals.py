"""Terminals for tests: one in memory, of any width, and a real one."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from pathlib import Path

from ledger.faces.cli.main import run
from tests.faces.envs import Said, env_at, said_by


class Terminal(StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def run_on_terminal(folder: Path, columns: int, *words: str, **variables: str) -> Said:
    """Run one command line in this process, its answer going to a terminal of so many columns."""
    shown = {"COLUMNS": str(columns), "NO_COLOR": "1", **variables}
    env = replace(env_at(folder), out=Terminal(), err=Terminal(), variables=shown)
    return said_by(env, run(words, env))


def run_on_pty(
    command: list[str],
    variables: Mapping[str, str],
    size: tuple[int, int] = (80, 24),
    at_start: Callable[["subprocess.Popen[bytes]"], None] = lambda process: None,
) -> Said:
    """Run a process on a real terminal of so many columns and lines, and give all that appeared there.

    `at_start` is called when the first of it is there.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", **variables}
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
    )
    os.close(slave)
    parts: list[bytes] = []
    with suppress(OSError):  # Linux says so when nobody has the other side open any more
        while part := os.read(master, 65536):
            if not parts:
                at_start(process)
            parts.append(part)
    os.close(master)
    return Said(process.wait(), b"".join(parts).decode().replace("\r\n", "\n"), "")


def strip_styles(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
