"""A real sshd on this machine: each key runs one forced command, with which the server names who pushes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store.servers import ALONE, free_port, running

_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
_RESETS = (
    "import socket, struct;"
    "peer = socket.create_connection(('127.0.0.1', {port}));"
    "peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0));"
    "socket.send_fds(socket.socket(fileno=1), [b'x'], [peer.fileno()])"
)
"""Connects for ssh (ProxyUseFdpass, ssh_config(5)), so that the connection is reset where ssh is killed."""


@dataclass(frozen=True)
class Sshd:
    """A running sshd, and the keys of those who may log in."""

    port: int
    folder: Path

    def client(self, key: str, *, resets: bool = False) -> list[str]:
        """The words that run `ssh` with a key; what the server shall run comes last."""
        proxy = f"{_quoted(sys.executable)} -ISc {_quoted(_RESETS.format(port=self.port))}"
        options = {
            "IdentityFile": self.folder / key,
            "Port": self.port,
            **({"ProxyCommand": proxy, "ProxyUseFdpass": "yes"} if resets else {}),
            "BatchMode": "yes",
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": os.devnull,
            "StrictHostKeyChecking": "no",
            "LogLevel": "ERROR",
            "SendEnv": "LEDGER_PUSHER",  # which the server does not take
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return ["ssh", "-F", os.devnull, *words]


def has_sshd() -> bool:
    """Whether this machine has what the tests over ssh need."""
    return _program() is not None and shutil.which("ssh") is not None


def need_sshd(served: Sshd | None) -> Sshd:
    """The server. Without one the test is skipped, but fails where CI says that everything is there."""
    words = "sshd is not here: apt-get install openssh-server"
    if served is None and os.environ.get("CI"):
        pytest.fail(words)
    if served is None:
        pytest.skip(words)
    return served


def forced(name: str, variable: str = "LEDGER_PUSHER") -> str:
    """The forced command with which a server says who pushes (sshd(8), "AUTHORIZED_KEYS FILE FORMAT")."""
    return f'{variable}={name} exec git shell -c \\"$SSH_ORIGINAL_COMMAND\\"'


@contextmanager
def serving_ssh(folder: Path, commands: Mapping[str, str]) -> Iterator[Sshd]:
    """Serve this machine's own repositories; each key has the forced command that is named with it."""
    program = _program() or "sshd"
    served = Sshd(free_port(), folder)
    for key in ("host", *commands):
        words = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key))
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    (folder / "keys").write_text(
        "".join(
            f'restrict,command="{command}" {(folder / f"{key}.pub").read_text()}'
            for key, command in commands.items()
        )
    )
    variables = {
        **ALONE,
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "pycache"),
    }
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{served.port}\n"
        f"HostKey {folder}/host\n"
        f"AuthorizedKeysFile {folder}/keys\n"
        f"SetEnv {' '.join(_quoted(f'{name}={value}') for name, value in variables.items())}\n"
        "StrictModes no\nPidFile none\nUsePAM no\nPasswordAuthentication no\nUseDNS no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin forced-commands-only\nMaxStartups 100\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd locks its unprivileged half in
    command = [program, "-D", "-e", "-f", str(folder / "config")]
    with (folder / "log").open("w") as log, running(command, served.port, stderr=log):
        yield served


def _program() -> str | None:
    return shutil.which("sshd", path=_PATH)  # by its whole path, as sshd itself asks


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
