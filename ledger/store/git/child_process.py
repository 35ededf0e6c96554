"""Running a command of the user's, with this terminal as its own."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from ledger.core.errors import LedgerError


def run_command(words: Sequence[str], env: Mapping[str, str], quiet_out: bool = False) -> int:
    """Run a command to its end and give its status, 128 and the number for one that a signal ended.

    What would end us ends it: an interrupt of the terminal reaches it by itself, other signals are handed on,
    and one that ends in good order upon them was ended by them all the same.
    `quiet_out` keeps its answers off our stdout: they go to stderr. Raises LedgerError `usage` when it cannot
    be started.
    """
    handed: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def hand_on(number: int, frame: FrameType | None) -> None:
        handed.append(number)
        for child in running:
            child.send_signal(number)

    with _handling_signals(hand_on):
        child = _start_child(words, env, quiet_out)
        running.append(child)
        # it came while the command was started
        for number in handed:
            child.send_signal(number)
        code = _wait_for_end(child) or -next(iter(handed), 0)
    return 128 - code if code < 0 else code


def _start_child(words: Sequence[str], env: Mapping[str, str], quiet_out: bool) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(list(words), env=dict(env), stdout=sys.stderr if quiet_out else None)
    except OSError as error:
        message = f'"{words[0]}" cannot be started: {error.strerror}'
        raise LedgerError("usage", message, "name a command that is on the path after `--`") from error


def _wait_for_end(child: "subprocess.Popen[bytes]") -> int:
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


@contextmanager
def _handling_signals(act: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Act upon what would end us, except for what is ignored here, as `nohup` does for all that it starts."""
    ends = [
        number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, act) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
