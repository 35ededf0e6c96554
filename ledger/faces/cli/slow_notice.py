"""A word on a terminal while a command takes long, so that nobody wonders whether it hangs."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from ledger.faces.context import Context

LONG = 1.0
"""Seconds after which a command says that it is still at work."""


@contextmanager
def slow_notice(env: Context, quiet: bool, timeout: float, after: float = LONG) -> Iterator[Timer | None]:
    """Say once, on a terminal and unless asked to be quiet, that the work goes on."""
    if quiet or not env.err.isatty():
        yield None
        return
    words = f"still at it; --timeout ends it after {timeout:g} s\n"
    timer = Timer(after, lambda: env.err.write(words))
    # Python waits at its end for every thread that is no daemon.
    timer.daemon = True
    timer.start()
    try:
        yield timer
    finally:
        timer.cancel()
