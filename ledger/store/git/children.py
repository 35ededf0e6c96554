"""The end of child processes: when their time is up, on an interrupt, and with all that they started."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer, current_thread, main_thread
from typing import Final

_GRACE: Final = 2.0
"""Seconds between TERM, on which git removes its lock files, and KILL; git needs some milliseconds."""
_POLL: Final = 0.005
"""Seconds between looks at whether the processes of a group are gone."""


@contextmanager
def held_interrupts() -> Iterator[None]:
    """Let an interrupt that comes meanwhile count at the end, so that no child is started and then forgotten.

    Only Python's own handler raises KeyboardInterrupt, and in the main thread alone.
    """
    held = signal.getsignal(signal.SIGINT) is signal.default_int_handler and current_thread() is main_thread()
    came: list[int] = []
    if held:
        signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        if held:
            signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt


@contextmanager
def ending_within(child: "subprocess.Popen[bytes]", seconds: float) -> Iterator[Event]:
    """End a child and its process group when the time is up, or when the block is left while it runs.

    Gives the flag that is set when the time was up.
    """
    expired = Event()

    def expire() -> None:
        expired.set()
        _terminate_group(child)

    timer = Timer(seconds, expire)
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        if not expired.is_set():
            end_child_group(child)
        child.wait()
        timer.join()


def end_child_group(child: "subprocess.Popen[bytes]") -> None:
    """End a child that still runs, and its process group."""
    try:
        if child.poll() is None:
            _terminate_group(child)
    finally:  # also when a second interrupt comes
        if child.poll() is None:
            child.kill()
        child.wait()


def _terminate_group(child: "subprocess.Popen[bytes]") -> None:
    """Send TERM to a child and its process group, and KILL to what is left after the grace.

    All of them get the grace, not the child alone: beside `git push` to a path runs the git that holds the
    locks of the other repository.
    """
    never = Event()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGTERM)
        # polled rather than waited for: the group may outlive the child, as the far git of a push to a path
        # does
        for _ in range(round(_GRACE / _POLL)):
            # a child that nobody waits for counts as one of its group
            child.poll()
            os.killpg(child.pid, 0)
            never.wait(_POLL)
        os.killpg(child.pid, signal.SIGKILL)
