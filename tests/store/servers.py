"""Real servers for bare repositories: `git daemon`, and git's own CGI program behind a small web server."""

import http.server
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.gitrun import git
from tests.store.stores import eventually


@contextmanager
def serving(scheme: str, server: Path) -> Iterator[str]:
    """The URL of a bare repository, by `file`, `git` or `http`; the last two with a server of their own."""
    if scheme == "file":
        yield f"file://{server}"
        return
    git(server, "config", "http.receivepack", "true")
    port = _free_port()
    command = {
        "git": [
            *("git", "daemon", "--export-all", "--enable=receive-pack", "--reuseaddr", "--listen=127.0.0.1"),
            *(f"--port={port}", f"--base-path={server.parent}"),
        ],
        "http": [sys.executable, "-m", "tests.store.servers", str(port), str(server.parent)],
    }[scheme]
    here = Path(__file__).parents[2]
    process = subprocess.Popen(command, cwd=here, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        eventually(lambda: _answers(port))
        yield f"{scheme}://127.0.0.1:{port}/{server.name}"
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class _Git(http.server.BaseHTTPRequestHandler):
    """Hands every request to `git http-backend`."""

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        env = {
            **os.environ,
            "GIT_PROJECT_ROOT": sys.argv[2],
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        git_program = shutil.which("git") or "git"
        ran = subprocess.run(
            [git_program, "http-backend"], env=env, input=body, capture_output=True, check=False
        )
        head, _, content = ran.stdout.partition(b"\r\n\r\n")
        self.wfile.write(b"HTTP/1.0 200 OK\r\n" + head + b"\r\n\r\n" + content)

    do_GET = do_POST = _serve  # noqa: N815


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Git).serve_forever()
