"""Real servers for bare repositories: `git daemon`, and git's own CGI program behind a small web server.

The web server gives the program the connection itself, as a web server without buffers does: what a client
sends, leaves unsent or does not read is for git to deal with.
"""

import base64
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.gitrun import git
from tests.store.stores import eventually

ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""What keeps git from the settings of the machine, for servers that are started outside of a test."""


@contextmanager
def serving(scheme: str, server: Path) -> Iterator[str]:
    """The URL of a bare repository, by `file`, `git` or `http`; the last two with a server of their own."""
    if scheme == "file":
        yield f"file://{server}"
        return
    git(server, "config", "http.receivepack", "true")
    with serving_all(scheme, server.parent) as port:
        yield f"{scheme}://127.0.0.1:{port}/{server.name}"


@contextmanager
def serving_all(scheme: str, folder: Path) -> Iterator[int]:
    """The port of a server, by `git` or `http`, for every bare repository in a folder."""
    port = free_port()
    command = {
        "git": [
            *("git", "daemon", "--export-all", "--enable=receive-pack", "--reuseaddr", "--listen=127.0.0.1"),
            *(f"--port={port}", f"--base-path={folder}"),
        ],
        "http": [sys.executable, "-m", "tests.store.servers", str(port), str(folder)],
    }[scheme]
    here = Path(__file__).parents[2]
    env = {**os.environ, **ALONE}
    with running(command, port, cwd=here, env=env, stderr=subprocess.DEVNULL):
        yield port


@contextmanager
def running(command: list[str], port: int, **more: Any) -> Iterator[None]:
    """Run a server until the end of the block; it answers at a port of this machine."""
    process = subprocess.Popen(command, start_new_session=True, **more)
    try:
        eventually(lambda: _answers(port))
        yield
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port of this machine at which nothing listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_idle(port: int) -> None:
    """Wait until a web server of ours has done everything that came before."""
    urllib.request.urlopen(f"http://127.0.0.1:{port}/idle").close()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class _Server(http.server.ThreadingHTTPServer):
    """Counts the requests that it is at. Connections are counted in the order in which they came."""

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.busy = 0
        self.changed = threading.Condition()

    def process_request(self, *words: Any) -> None:
        self._count(1)
        super().process_request(*words)

    def process_request_thread(self, *words: Any) -> None:
        try:
            super().process_request_thread(*words)
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self.changed:
            self.busy += by
            self.changed.notify_all()


class _Git(http.server.BaseHTTPRequestHandler):
    """Hands every request to `git http-backend`, with the name of whoever logged in (HTTP Basic).

    It believes everybody whose password is the name; others are turned away, and so is who begins a push
    without a login, unless the repository says `http.receivepack`.
    """

    rbufsize = 0  # nothing of the body is read here
    server: _Server

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/idle":
            with self.server.changed:
                self.server.changed.wait_for(lambda: self.server.busy == 1)
            self.send_response(200)
            self.end_headers()
            return
        name, _, password = self._login().partition(":")
        if name != password or (not name and self._asks_for_login(path, query)):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()
            return
        env = {
            **os.environ,
            **({"REMOTE_USER": name} if name else {}),
            "GIT_PROJECT_ROOT": sys.argv[2],
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        env |= {f"HTTP_{key.upper().replace('-', '_')}": value for key, value in self.headers.items()}
        git_program = shutil.which("git") or "git"
        self.wfile.write(b"HTTP/1.0 200 OK\r\n")
        subprocess.run(
            [git_program, "http-backend"], env=env, stdin=self.connection, stdout=self.connection, check=False
        )

    def _asks_for_login(self, path: str, query: str) -> bool:
        """Whether who begins a push must log in: where git takes pushes of those who did alone."""
        if query != "service=git-receive-pack":
            return False
        repository = Path(sys.argv[2]) / path.split("/")[1]
        asked = ("git", "-C", str(repository), "config", "--get", "http.receivepack")
        return subprocess.run(asked, stdout=subprocess.DEVNULL, check=False).returncode != 0

    def _login(self) -> str:
        scheme, _, word = self.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(word).decode() if scheme == "Basic" else ""

    do_GET = do_POST = _serve  # noqa: N815


if __name__ == "__main__":
    _Server(("127.0.0.1", int(sys.argv[1])), _Git).serve_forever()
