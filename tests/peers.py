"""The attacker's end of a connection to a real server: bytes out, bytes in, and a line cut where it pleases.

By file (git's program as a child), `git daemon`, smart HTTP and ssh. What came back is kept.
"""

import base64
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ledger.store.pool.processes import find_processes_in
from tests.rawpush import broken_pipe, pkt
from tests.store.servers import serving_all, wait_until_idle
from tests.store.sshd import Sshd, has_sshd, need_sshd, serving_ssh
from tests.store.stores import eventually

TRANSPORTS = ("file", "git", "http", "ssh")
_RESET = struct.pack("ii", 1, 0)


class Peer(Protocol):
    """One connection. `heard` is all that came back, without the list of refs and headers."""

    heard: bytes

    def send(self, data: bytes) -> None:
        """Send, as far as the other side still listens."""

    def hear(self, count: int | None = None) -> None:
        """Take this many bytes more, or all there is to the end."""

    def finish(self) -> None:
        """Say that nothing more is sent, and go on listening."""

    def hang_up(self, reset: bool) -> None:
        """Leave, with a reset of the connection or without."""


def _gather(receive: Callable[[int], bytes | None], count: int | None) -> bytes:
    """This many bytes, or all there is to the end; what came before a reset too."""
    data = b""
    with suppress(ConnectionResetError):
        while count is None or len(data) < count:
            more = receive(65536 if count is None else count - len(data))
            if not more:
                break
            data += more
    return data


class Socket:
    """A connection by TCP."""

    def __init__(self, port: int) -> None:
        self.heard = b""
        self.peer = socket.create_connection(("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.peer.sendall(data)

    def hear(self, count: int | None = None) -> None:
        self.heard += self.take(count)

    def take(self, count: int | None) -> bytes:
        """Read this many bytes, or all, and give what came."""
        return _gather(self.peer.recv, count)

    def finish(self) -> None:
        with suppress(OSError):
            self.peer.shutdown(socket.SHUT_WR)

    def hang_up(self, reset: bool) -> None:
        if reset:
            self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.peer.close()


class Http(Socket):
    """The answer of a web server, whose head is no part of it."""

    _has_head = False

    def hear(self, count: int | None = None) -> None:
        if not self._has_head:
            head = b""
            while not head.endswith(b"\r\n\r\n") and (byte := self.take(1)):
                head += byte
            self._has_head = True
        super().hear(count)


class Child:
    """A child of the attacker that talks to the server, or is its program."""

    def __init__(self, words: list[str], *, deaf: bool, is_server: bool) -> None:
        self.heard = b""
        self._is_server = is_server
        pipe = subprocess.PIPE
        with broken_pipe() as nobody:
            errors = nobody if deaf else pipe
            self._child = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=errors, bufsize=0)
        assert self._child.stdin and self._child.stdout
        self._in, self._out, self._err = self._child.stdin, self._child.stdout, self._child.stderr

    def send(self, data: bytes) -> None:
        with suppress(BrokenPipeError):
            view = memoryview(data)
            while view:
                view = view[self._in.write(view) or 0 :]

    def hear(self, count: int | None = None) -> None:
        self.heard += self.take(count)
        if count is None and self._err:
            self.heard += self._err.read()

    def take(self, count: int | None) -> bytes:
        """Read this many bytes, or all, and give what came."""
        return _gather(self._out.read, count)

    def finish(self) -> None:
        self._in.close()

    def hang_up(self, reset: bool) -> None:
        if not self._is_server:
            self._child.send_signal(signal.SIGKILL if reset else signal.SIGTERM)
        for pipe in filter(None, (self._in, self._out, self._err)):
            pipe.close()
        self._child.wait()


@dataclass(frozen=True)
class Wire:
    """The servers of all transports, for the bare repositories in one folder."""

    folder: Path
    git: int
    http: int
    sshd: Sshd | None

    def connect(
        self,
        transport: str,
        name: str,
        length: int,
        *,
        deaf: bool = False,
        resets: bool = False,
        who: str = "",
    ) -> Peer:
        """Begin a push to the repository of this name, up to where the client sends its commands.

        `length` is that of all that will be sent, which the web asks for; `deaf`: nobody reads the stderr of
        the server; `who` pushes, where the transport says it.
        """
        path = self.folder / name
        if transport == "git":
            peer = Socket(self.git)
            peer.send(pkt(f"git-receive-pack /{name}\0host=127.0.0.1\0".encode()))
            _skip_refs(peer)
            return peer
        if transport == "http":
            web = Http(self.http)
            web.send(_post(name, length, who))
            return web
        words = ["git", "receive-pack", str(path)]
        if transport == "ssh":
            words = [
                *need_sshd(self.sshd).client(who, resets=resets),
                "127.0.0.1",
                f"git-receive-pack '{path}'",
            ]
        child = Child(words, deaf=deaf, is_server=transport == "file")
        _skip_refs(child)
        return child

    def serve(self, remote: Path) -> Path:
        """Put a copy of a bare repository behind the servers, and give its place."""
        place = self.folder / f"{len(list(self.folder.iterdir()))}.git"
        shutil.copytree(remote, place)
        return place

    def settle(self, transport: str, name: str) -> None:
        """Wait until the server is through with everything that came."""
        if transport == "http":
            wait_until_idle(self.http)
        eventually(lambda: not find_processes_in(self.folder / name))


@contextmanager
def wired(folder: Path, forced: Mapping[str, str]) -> Iterator[Wire]:
    """Servers of all transports; `forced` has the command of each key for ssh, where there is an sshd."""
    served = folder / "served"
    served.mkdir()
    with ExitStack() as stack:
        git, http = (stack.enter_context(serving_all(scheme, served)) for scheme in ("git", "http"))
        sshd = stack.enter_context(serving_ssh(folder, forced)) if has_sshd() else None
        yield Wire(served, git, http, sshd)


def _post(name: str, length: int, who: str) -> bytes:
    login = f"Authorization: Basic {base64.b64encode(f'{who}:{who}'.encode()).decode()}\r\n" if who else ""
    kind = "application/x-git-receive-pack"
    head = f"POST /{name}/git-receive-pack HTTP/1.0\r\nContent-Type: {kind}-request\r\n"
    lies = "Remote-User: victim\r\nREMOTE_USER: victim\r\nLEDGER_PUSHER: victim\r\n"
    return f"{head}{login}{lies}Content-Length: {length}\r\n\r\n".encode()


def _skip_refs(peer: Socket | Child) -> None:
    """Read what the server has, to the end of its list."""
    while True:
        head = peer.take(4)
        assert len(head) == 4, "the server hung up"
        if (size := int(head, 16)) == 0:
            return
        peer.take(size - 4)
