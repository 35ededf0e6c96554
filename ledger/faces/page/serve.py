"""The server: one thread answers browsers, and the first thread reads the feed until it is interrupted.

So an interrupt ends a `git fetch` that hangs, and no viewer ever waits for one.
"""

import socket
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

import uvicorn

from ledger.app.effects import Effects
from ledger.app.ledger import Ledger
from ledger.app.read.overview import Overview
from ledger.core.errors import LedgerError
from ledger.faces.ending import interrupted_by_term
from ledger.faces.page.app import make_app
from ledger.faces.page.live import LiveFeed
from ledger.faces.page.news import News

PORT: Final = 8737
"""Where the board is unless another port is named; where that is taken, any that is free."""
HOST: Final = "127.0.0.1"


def bind_port(port: int | None) -> socket.socket:
    """A socket on a port of this machine alone; 0 is any that is free. Raises LedgerError `usage`."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # else a port stays taken for a minute after a server on it ended
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        try:
            listener.bind((HOST, PORT if port is None else port))
        except OSError:
            if port is not None:
                raise
            listener.bind((HOST, 0))
        # from here on a browser is not refused, and waits until the server answers
        listener.listen(128)
    except OSError as error:
        listener.close()
        message = f"port {port} cannot be had: {error.strerror}"
        raise LedgerError("usage", message, "`git ledger board --port 0` takes one that is free") from error
    return listener


def serve_board(
    listener: socket.socket,
    opened: Callable[[], Callable[[], Ledger]],
    overview: Overview,
    name: str,
    world: Effects,
    ready: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM. `ready` is called with the address once browsers are answered."""
    port = listener.getsockname()[1]
    news = News()
    feed = LiveFeed(opened, overview)
    feed.announce = news.announce
    # Browsers leave the port of http out.
    hosts = [f"{host}{'' if port == 80 else f':{port}'}" for host in (HOST, "localhost")]
    app = make_app(feed, news, name, hosts, world)
    config = uvicorn.Config(
        app, log_level="error", access_log=False, lifespan="off", server_header=False, date_header=False
    )
    server = uvicorn.Server(config)
    ended = Event()
    # In a thread of its own it leaves the signals of the process alone.
    answering = Thread(target=_answer_until_end, args=(server, listener, ended), name="board")
    with listener, interrupted_by_term():
        answering.start()
        try:
            ready(f"http://{HOST}:{port}/")
            feed.run(ended)
        except KeyboardInterrupt:
            pass
        finally:
            # Both before the wait: uvicorn lets answers end that are under way, and only `end` ends a stream.
            server.should_exit = True
            news.end()
            answering.join()


def _answer_until_end(server: uvicorn.Server, listener: socket.socket, ended: Event) -> None:
    try:
        server.run(sockets=[listener])
    finally:
        ended.set()
