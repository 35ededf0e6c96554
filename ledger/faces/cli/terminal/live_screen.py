"""A terminal that shows one screen after the other, and is as it was afterwards."""

import os
import select
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

_ENTER: Final = "\x1b[?1049h\x1b[?25l"
"""The other screen of the terminal, on which nothing scrolls away, without a cursor (xterm: DECSET)."""
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
_NAMES: Final = {
    **{f"\x1b[{letter}": name for letter, name in (("A", "up"), ("B", "down"))},
    # What the arrows send where a program before left them in application mode (xterm: DECCKM).
    **{f"\x1bO{letter}": name for letter, name in (("A", "up"), ("B", "down"))},
    "\x1b[5~": "pageup",
    "\x1b[6~": "pagedown",
    "\x03": "q",
    # Read key by key, a terminal has no end of input: Ctrl-D comes as a character.
    "\x04": "q",
}


class LiveScreen:
    """The screen of a terminal, and its keys. `wake` ends a wait from any thread."""

    def __init__(self, keys: int, out: TextIO) -> None:
        self._keys = keys
        self._out = out
        self._woken, self._wake = os.pipe()

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines in the place of what is there."""
        # written over what was there and cleared behind each line: a screen cleared first would flicker
        text = "\r\n".join(f"{line}\x1b[K" for line in lines)
        self._out.write(f"\x1b[H{text}\x1b[J")
        self._out.flush()

    def wait_for_keys(self, seconds: float) -> list[str]:
        """The keys that are pressed within some seconds, by name where they have one; `q` at the end."""
        ready, _, _ = select.select([self._keys, self._woken], [], [], seconds)
        if self._woken in ready:
            os.read(self._woken, 1024)
        if self._keys not in ready:
            return []
        data = os.read(self._keys, 1024).decode("utf-8", "replace")
        return split_keys(data) if data else ["q"]

    def wake(self) -> None:
        """Let who waits for keys look again."""
        os.write(self._wake, b".")

    def close(self) -> None:
        """Let go of what waking needs."""
        os.close(self._woken)
        os.close(self._wake)


def split_keys(data: str) -> list[str]:
    """The keys of what a terminal sends, which may come at once."""
    keys = []
    while data:
        code = next((code for code in _NAMES if data.startswith(code)), None)
        keys.append(_NAMES[code] if code else data[0])
        data = data[len(code or data[0]) :]
    return keys


@contextmanager
def open_screen(keys: int, out: TextIO) -> Iterator[LiveScreen]:
    """Take the terminal for screens, key by key; it is as it was when the block ends, however that is."""
    before = termios.tcgetattr(keys)
    screen = LiveScreen(keys, out)
    try:
        tty.setcbreak(keys)
        # Ctrl-Z would leave the other screen and the keys behind
        settings = termios.tcgetattr(keys)
        settings[6][termios.VSUSP] = b"\x00"
        termios.tcsetattr(keys, termios.TCSADRAIN, settings)
        out.write(_ENTER)
        yield screen
    finally:
        # The settings first: the writing below raises where nobody reads, and keys must echo again.
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
        out.write(_LEAVE)
        out.flush()
        screen.close()
