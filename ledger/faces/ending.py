"""How a command ends that goes on until it is told to: SIGTERM interrupts it as Ctrl-C does."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupted_by_term() -> Iterator[None]:
    """Let both signals raise KeyboardInterrupt in the first thread, whatever was set before."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Both: a shell has SIGINT ignored in what it starts in the background, and Python leaves that so.
    handlers = {signal.SIGTERM: interrupt, signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
