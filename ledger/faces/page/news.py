"""Who is told when something changed: server-sent events, each of which says the version that is there."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

HEARTBEAT_SECONDS: Final = 15.0
"""After so long without news a line is sent that says nothing, so that a page which is gone is found."""


class News:
    """Wakes the streams of one event loop, from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()
        self._ended = False

    def announce(self) -> None:
        """Let every stream look again."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake_all)

    def end(self) -> None:
        """End every stream."""
        # In this order: a stream that is woken looks at it.
        self._ended = True
        self.announce()

    def _wake_all(self) -> None:
        # Within the loop, as is all that changes the set: nothing is locked.
        for event in self._waiting:
            event.set()

    async def stream(self, current: Callable[[], str]) -> AsyncIterator[str]:
        """The version now, and each further one."""
        self._loop = asyncio.get_running_loop()
        woken = asyncio.Event()
        self._waiting.add(woken)
        sent = ""
        try:
            # Milliseconds until a browser that lost the server asks again; each has another default.
            yield "retry: 2000\n\n"
            while not self._ended:
                # Before the version is read: news that come between the two end the wait below.
                woken.clear()
                version = current()
                yield f"event: version\ndata: {version}\n\n" if version != sent else ": still here\n\n"
                sent = version
                try:
                    await asyncio.wait_for(woken.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    continue
        finally:
            self._waiting.discard(woken)
