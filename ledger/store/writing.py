"""Writing blobs, trees and commits as loose objects, the form in which git itself adds them to a repository.

An object is `<type> SP <size> NUL <content>`, named by its SHA-1 and kept compressed in a file of that name
(gitrepository-layout(5), git-hash-object(1)). Trees are read by one `git cat-file`, and only those on the
paths that change. To import pygit2 for this took 50 ms, a fifth of a write.
"""

import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import IO

from ledger.core.errors import LedgerError
from ledger.core.faults import fault_here
from ledger.store.git import Git, broken
from ledger.store.swap import Absent, Oid, Signature, Value

_TREE = b"40000"
_FILE = b"100644"
_Entries = dict[bytes, tuple[bytes, Oid]]
"""A tree: name to git's mode and object."""
_ReadTree = Callable[[str], _Entries]


class ObjectWriter:
    """Adds objects to the repository of a common git directory. `flush`: they are on the disk before it
    returns; the folder `objects` itself is left to the caller."""

    def __init__(self, git: Git, common_dir: Path, flush: bool) -> None:
        self._git = git
        self._objects = common_dir / "objects"
        self._flush = flush

    def put(self, data: bytes) -> Oid:
        """Write a blob and give its name."""
        with _told_faults():
            return self._write("blob", data)

    def commit(
        self,
        parent: Value,
        files: Mapping[str, bytes],
        message: str,
        author: Signature,
        committer: Signature,
        seconds: int,
    ) -> Oid:
        """Write a commit on `parent` that adds or replaces `files`; only trees on their paths are written.

        Raises LedgerError `path-clash` when a file stands where a folder is needed, or the reverse.
        """
        paths = {tuple(path.split("/")): data for path, data in files.items()}
        with _told_faults():
            if isinstance(parent, Absent):
                tree = self._grow({}, paths, "", lambda name: {})
            else:
                with _tree_reader(self._git) as read_tree:
                    tree = self._grow(read_tree(f"{parent}^{{tree}}"), paths, "", read_tree)
            parents = b"" if isinstance(parent, Absent) else f"parent {parent}\n".encode()
            people = (
                _signed(role, one, seconds) for role, one in (("author", author), ("committer", committer))
            )
            head = f"tree {tree}\n".encode() + parents + b"".join(people)
            return self._write("commit", head + b"\n" + message.encode("utf-8", "surrogateescape"))

    def _grow(
        self, entries: _Entries, files: Mapping[tuple[str, ...], bytes], folder: str, read_tree: _ReadTree
    ) -> Oid:
        """Write a tree with files added, each named by its path from here, and give the new tree's name."""
        grown = dict(entries)
        for name in dict.fromkeys(path[0] for path in files):
            below = {path[1:]: data for path, data in files.items() if path[0] == name}
            mode, oid = entries.get(name.encode(), (b"", ""))
            if () in below and mode != _TREE and len(below) == 1:
                grown[name.encode()] = _FILE, self._write("blob", below[()])
            elif () not in below and mode in (b"", _TREE):
                inner = read_tree(oid) if oid else {}
                grown[name.encode()] = _TREE, self._grow(inner, below, f"{folder}{name}/", read_tree)
            else:
                raise _clash(folder + name)
        return self._write("tree", _tree_bytes(grown))

    def _write(self, kind: str, data: bytes) -> Oid:
        from hashlib import sha1  # takes 2.5 ms

        whole = f"{kind} {len(data)}\0".encode() + data
        oid = sha1(whole, usedforsecurity=False).hexdigest()
        folder = self._objects / oid[:2]
        try:
            os.utime(folder / oid[2:])  # `git gc` lets an object go by its age
        except OSError:  # it is not there, or another user's
            folder.mkdir(exist_ok=True)
            self._write_file(folder, oid[2:], zlib.compress(whole, 1))
        return oid

    def _write_file(self, folder: Path, name: str, data: bytes) -> None:
        draft = folder / f"tmp_obj_{os.getpid()}_{get_ident()}"  # which gc removes if it is left
        draft.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "wb") as file:
                file.write(data)
                file.flush()
                if self._flush:
                    os.fsync(file.fileno())
            draft.replace(folder / name)
        finally:
            draft.unlink(missing_ok=True)
        if self._flush:
            _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _tree_reader(git: Git) -> Iterator[_ReadTree]:
    """A function that reads trees by their names, all by one process of git."""
    with git.converse("cat-file", "--batch") as (questions, answers):
        yield lambda name: _parse_tree(_ask(name, questions, answers))


def _ask(name: str, questions: IO[bytes], answers: IO[bytes]) -> bytes:
    """A tree as git has it. Raises LedgerError `broken-repository` where there is none of the name."""
    questions.write(f"{name}\n".encode())
    questions.flush()
    head = answers.readline().split()
    if len(head) != 3 or head[1] != b"tree":
        raise broken(f'tree "{name}" cannot be read')
    return answers.read(int(head[2]) + 1)[:-1]


def _parse_tree(data: bytes) -> _Entries:
    """A tree is a row of `<mode> SP <name> NUL <20 bytes of the object's name>`."""
    entries: _Entries = {}
    position = 0
    while position < len(data):
        space = data.index(b" ", position)
        end = data.index(b"\0", space)
        entries[data[space + 1 : end]] = data[position:space], data[end + 1 : end + 21].hex()
        position = end + 21
    return entries


def _tree_bytes(entries: _Entries) -> bytes:
    """Git sorts a folder as if its name ended in a slash."""
    rows = sorted(
        (name + b"/" if mode == _TREE else name, mode, name, oid) for name, (mode, oid) in entries.items()
    )
    return b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for _, mode, name, oid in rows)


def _signed(role: str, who: Signature, seconds: int) -> bytes:
    """A line of a commit, without what git drops from names, since the line could not be read back."""
    name, email = (re.sub(r"[<>\x00-\x1f\x7f]", "", text).strip() for text in (who.name, who.email))
    line = f"{role} {name or 'unnamed'} <{email or 'unnamed'}> {seconds} +0000\n"
    return line.encode("utf-8", "surrogateescape")


@contextmanager
def _told_faults() -> Iterator[None]:
    """Raise LedgerError for a full disk, a folder that cannot be written, and what else the system says."""
    try:
        yield
    except OSError as error:
        raise fault_here(str(error)) or broken(f"an object cannot be written: {error}") from error


def _clash(path: str) -> LedgerError:
    message = f'"{path}" is a file for one and a folder for the other, and neither replaces the other'
    return LedgerError("path-clash", message, "git mv the one that is in the wrong place")
