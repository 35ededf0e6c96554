"""Git objects in memory: any tree or commit that a pusher can send, well made or not, and packs of them."""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

EMPTY_SHA = "0" * 40
FILE, PROGRAM, LINK, SUBMODULE, FOLDER = "100644", "100755", "120000", "160000", "40000"
_KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
"""Types of objects in a pack (gitformat-pack(5))."""


class File(NamedTuple):
    """What stands at one path of a tree."""

    mode: str
    oid: str


Files = Mapping[str, File]
Entry = tuple[str, str, str]
"""One line of a tree as it is written: mode, name, object."""


class Objects:
    """All objects that pushers ever made; a push carries those that the server lacks."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, bytes]] = {}
        self._commits = 0

    def put(self, kind: str, data: bytes) -> str:
        """Keep an object, and give its name."""
        oid = hashlib.sha1(f"{kind} {len(data)}\0".encode() + data).hexdigest()
        self._made[oid] = kind, data
        return oid

    def data(self, oid: str) -> bytes:
        """The content of an object that a pusher made."""
        return self._made[oid][1]

    def blob(self, text: str | bytes) -> str:
        return self.put("blob", text.encode() if isinstance(text, str) else text)

    def tree(self, entries: Iterable[Entry]) -> str:
        """A tree of these entries in this order, sorted or not."""
        rows = (
            f"{mode} {name}\0".encode("utf-8", "surrogateescape") + bytes.fromhex(oid)
            for mode, name, oid in entries
        )
        return self.put("tree", b"".join(rows))

    def tree_of(self, files: Files) -> str:
        """The tree, with those below it, that has these files and no others."""
        here: dict[str, Entry] = {}
        below: dict[str, dict[str, File]] = {}
        for path, file in files.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = file
            else:
                here[name] = (file.mode, name, file.oid)
        for name, inner in below.items():  # a folder wins over a file of its name
            here[name] = (FOLDER, name, self.tree_of(inner))
        return self.tree(sorted(here.values(), key=_tree_order))

    def commit(self, tree: str, parents: Sequence[str], message: str = "posts") -> str:
        """A commit that no other one equals."""
        self._commits += 1
        who = f"Tester <tester@example.invalid> {1767600000 + self._commits} +0000"
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author {who}", f"committer {who}", "", message, ""]
        return self.put("commit", "\n".join(lines).encode())

    def tag(self, commit: str, name: str) -> str:
        who = "Tester <tester@example.invalid> 1767600000 +0000"
        text = f"object {commit}\ntype commit\ntag {name}\ntagger {who}\n\na tag\n"
        return self.put("tag", text.encode())

    def needed(self, oids: Iterable[str], known: set[str]) -> list[str]:
        """These objects and all that they name, but for those that are known to be on the server."""
        found: dict[str, None] = {}
        left = [oid for oid in oids if oid != EMPTY_SHA]
        while left:
            oid = left.pop()
            if oid not in found and oid not in known and oid in self._made:
                found[oid] = None
                left.extend(_named(*self._made[oid]))
        return list(found)

    def write_loose(self, oids: Iterable[str], folder: Path) -> None:
        """Write objects as files of an object directory."""
        for oid in oids:
            kind, data = self._made[oid]
            place = folder / oid[:2] / oid[2:]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(zlib.compress(f"{kind} {len(data)}\0".encode() + data, 1))

    def pack(self, oids: Sequence[str]) -> bytes:
        """A pack of these objects, none of them a delta (gitformat-pack(5))."""
        parts = [b"PACK", struct.pack(">II", 2, len(oids))]
        for oid in oids:
            kind, data = self._made[oid]
            parts += [_pack_header(_KINDS[kind], len(data)), zlib.compress(data, 1)]
        whole = b"".join(parts)
        return whole + hashlib.sha1(whole).digest()


def _tree_order(entry: Entry) -> bytes:
    mode, name, _ = entry
    return (f"{name}/" if mode == FOLDER else name).encode("utf-8", "surrogateescape")


def _pack_header(kind: int, size: int) -> bytes:
    byte, size = kind << 4 | size & 15, size >> 4
    found = bytearray()
    while size:
        found.append(byte | 128)
        byte, size = size & 127, size >> 7
    return bytes([*found, byte])


def _named(kind: str, data: bytes) -> Iterator[str]:
    """The objects that an object names."""
    if kind == "tree":
        at = 0
        while at < len(data):
            end = data.index(b"\0", at)
            if not data.startswith(SUBMODULE.encode(), at):
                yield data[end + 1 : end + 21].hex()
            at = end + 21
    elif kind in ("commit", "tag"):
        for line in data.decode().split("\n\n", 1)[0].split("\n"):
            word, _, rest = line.partition(" ")
            if word in ("tree", "parent", "object"):
                yield rest
