"""Running a command of the user's, with this terminal as its own."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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


NOT_STARTED = (126, 127)
"""The statuses by which a shell says that it could not start the command."""


def feed_command(command: str, lines: Iterable[str], env: Mapping[str, str], out: int) -> bool:
    """Give lines to a command of a shell, which has the descriptor `out` for its own, and wait for its end.

    A command that ends before it has read all is no error; nor is an interrupt, which is for the command
    alone. What would end us ends it first, so that it is not left at the terminal. False where it could not
    be started.
    """
    handed: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def end_child(number: int, frame: FrameType | None) -> None:
        handed.append(number)
        for child in running:
            child.send_signal(number)

    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        with _handling_signals(end_child):
            child = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, stdout=out, env=dict(env))
            running.append(child)
            # it came while the command was started
            for number in handed:
                child.send_signal(number)
            _write_lines(child, lines)
            code = child.wait()
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    for number in handed:
        signal.raise_signal(number)
    return code not in NOT_STARTED


def _write_lines(child: "subprocess.Popen[bytes]", lines: Iterable[str]) -> None:
    assert child.stdin is not None
    try:
        for line in lines:
            child.stdin.write(f"{line}\n".encode(errors="backslashreplace"))
        child.stdin.close()
    except BrokenPipeError:
        # What is left in the buffer would be written once more by `close`.
        with suppress(BrokenPipeError):
            child.stdin.close()
