"""Running a command of the user's, with this terminal as its own."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from ledger.core.errors import LedgerError


def run_command(words: Sequence[str], env: Mapping[str, str], quiet_out: bool = False) -> int:
    """Run a command to its end and give its status, 128 and the number for one that a signal ended.

    What would end us ends it: an interrupt of the terminal reaches it by itself, other signals are handed on.
    `quiet_out` keeps its answers off our stdout: they go to stderr. Raises LedgerError `usage` when it cannot
    be started.
    """
    try:
        child = subprocess.Popen(list(words), env=dict(env), stdout=sys.stderr if quiet_out else None)
    except OSError as error:
        message = f'"{words[0]}" cannot be started: {error.strerror}'
        raise LedgerError("usage", message, "name a command that is on the path after `--`") from error
    with _handing_on(child):
        while True:
            try:
                code = child.wait()
                return 128 - code if code < 0 else code
            except KeyboardInterrupt:
                continue


@contextmanager
def _handing_on(child: "subprocess.Popen[bytes]") -> Iterator[None]:
    def hand_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
