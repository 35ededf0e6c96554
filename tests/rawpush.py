"""A push without git's client: what an attacker sends, byte by byte (gitprotocol-pack(5))."""

import os
import socket
import struct
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.gitrun import git

ZERO = "0" * 40
Command = tuple[str, str, str]
"""What a ref is, what it is to become, and its name."""


def pkt(data: bytes) -> bytes:
    """One line of the protocol: its length in four hex digits, then itself."""
    return b"%04x" % (len(data) + 4) + data


def request(clone: Path, commands: Sequence[Command], capabilities: str = "report-status") -> bytes:
    """Everything that a client sends: the commands in their order, and the objects that they need."""
    return command_list(commands, capabilities) + pack_of(clone, commands)


def command_list(commands: Sequence[Command], capabilities: str, options: Sequence[str] = ()) -> bytes:
    """The commands in their order, with the push options where the capabilities have them."""
    lines = [f"{old} {new} {ref}".encode() for old, new, ref in commands]
    lines[0] += b"\0 " + capabilities.encode()
    data = b"".join(map(pkt, lines)) + b"0000"
    if "push-options" in capabilities.split():
        data += b"".join(pkt(option.encode()) for option in options) + b"0000"
    return data


def pack_of(clone: Path, commands: Sequence[Command], known: str = "") -> bytes:
    """The objects that the commands need, with their whole history, or with what a known commit has not."""
    wanted = (f"^{known}\n" if known else "") + "".join(
        f"{new}\n" for new in dict.fromkeys(new for _, new, _ in commands) if new != ZERO
    )
    pack = subprocess.run(
        ["git", "pack-objects", "--stdout", "-q", "--revs"],
        cwd=clone,
        input=wanted.encode(),
        capture_output=True,
        check=True,
    )
    return pack.stdout


def words_of(answer: bytes, capabilities: str) -> bytes:
    """What the side bands of an answer carry, one after the other; without side bands the answer itself."""
    if "side-band-64k" not in capabilities.split():
        return answer
    words = b""
    while len(answer) > 4 and (size := int(answer[:4], 16)):
        words, answer = words + answer[5:size], answer[size:]
    return words + answer


def receive(remote: Path, data: bytes, *, deaf: bool = False) -> bytes:
    """Let the server's own program take it; `deaf`: nobody reads what it says besides its answer."""
    command = ["git", "receive-pack", str(remote)]
    pipe = subprocess.PIPE
    with broken_pipe() as nobody:
        errors = nobody if deaf else pipe
        return subprocess.run(command, input=data, stdout=pipe, stderr=errors, check=False).stdout


@contextmanager
def broken_pipe() -> Iterator[int]:
    """The end to write to of a pipe that nobody reads, as a server's stderr is after a lost connection."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


def push_and_hang_up(url: str, data: bytes) -> None:
    """Send it to a `git daemon`, read its first answer, and reset the connection."""
    place = url.removeprefix("git://")
    host, _, path = place.partition("/")
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port))) as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.sendall(pkt(f"git-receive-pack /{path}\0host={name}\0".encode()))
        _read_refs(peer)
        peer.sendall(data)
        peer.recv(1)


def _read_refs(peer: socket.socket) -> None:
    """Read what the server has, to the end of its list."""
    while (size := int(_exactly(peer, 4), 16)) != 0:
        _exactly(peer, size - 4)


def _exactly(peer: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = peer.recv(count - len(data))
        assert more, "the server hung up"
        data += more
    return data


def orphan(clone: Path, text: str = "rewritten\n") -> str:
    """A commit without a past and without a feed; gives its name."""
    blob = git(clone, "hash-object", "-w", "--stdin", stdin=text)
    tree = git(clone, "mktree", stdin=f"100644 blob {blob}\tother.txt\n")
    return git(clone, "commit-tree", tree, "-m", "another history")
