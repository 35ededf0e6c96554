"""Interactive shells in a terminal of their own, for what happens when somebody types."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LONGEST = 120.0
"""Seconds after which what should be shown never will be."""


class TerminalShell:
    """A shell that somebody types into."""

    def __init__(self, words: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        self.shown = ""
        self._terminal, inside = pty.openpty()
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *words], cwd=folder, env=env, stdin=inside, stdout=inside, stderr=inside
        )
        os.close(inside)

    def types(self, text: str) -> None:
        """Type a text; what was shown until now is forgotten."""
        self.shown = ""
        os.write(self._terminal, text.encode())

    def shows(self, text: str) -> str:
        """Wait until a text was shown, and give all that was shown since the last typing."""
        until = time.monotonic() + LONGEST
        while text not in self.shown:
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"{text!r} is not shown, but {self.shown!r}"
            self.shown += os.read(self._terminal, 65536).decode(errors="replace")
        return self.shown

    def ends(self) -> None:
        """Take the terminal away, which ends the shell."""
        os.close(self._terminal)
        self._process.wait()
