"""Writing blobs, trees and commits by pygit2, which is imported only when something is written (60 ms)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.core.errors import LedgerError
from ledger.core.faults import explain_local_fault
from ledger.store.contract import Absent, Oid, Signature, Value
from ledger.store.git.process import broken_repository

if TYPE_CHECKING:
    import pygit2

_unwritable = re.compile(r"[<>\x00-\x1f\x7f]").sub
"""What git drops from names, since the line of a commit that holds them could not be read back."""


def write_blob(git_dir: Path, data: bytes, flush: bool) -> Oid:
    """Write a blob and give its name. `flush`: it is on the disk before this returns."""
    with _raising_faults():
        return str(_open_to_write(git_dir, flush).create_blob(data))


def write_commit(
    git_dir: Path,
    parent: Value,
    files: Mapping[str, bytes],
    message: str,
    author: Signature,
    committer: Signature,
    seconds: int,
    flush: bool,
) -> Oid:
    """Write a commit on `parent` that adds or replaces `files`; only trees on their paths are written.

    Raises LedgerError `path-clash` when a file stands where a folder is needed, or the reverse.
    """
    import pygit2

    with _raising_faults():
        repo = _open_to_write(git_dir, flush)
        parents = [] if isinstance(parent, Absent) else [pygit2.Oid(hex=parent)]
        tree = repo[parents[0]].peel(pygit2.Tree) if parents else None
        grown = _write_tree(repo, tree, {tuple(path.split("/")): data for path, data in files.items()}, "")
        by, with_ = (_make_signature(who, seconds) for who in (author, committer))
        return str(repo.create_commit(None, by, with_, message, grown, parents))


def copy_history(git_dir: Path, commits: Sequence[Oid], folder: str) -> Oid:
    """Write commits again, one on the other, each with one folder alone; gives the last.

    Authors, committers, dates and words stay byte for byte; signatures, which would not hold, go. The same
    commits give the same names wherever that is done.
    """
    import pygit2
    from pygit2.enums import FileMode, ObjectType

    repo = _open_to_write(git_dir, flush=True)
    above: list[bytes] = []
    for name in commits:
        source = repo[pygit2.Oid(hex=name)].peel(pygit2.Commit)
        builder = repo.TreeBuilder()
        if folder in source.tree:
            builder.insert(folder, source.tree[folder].id, FileMode.TREE)
        head, _, words = source.read_raw().partition(b"\n\n")
        kept = [
            line for line in head.split(b"\n") if line.startswith((b"author ", b"committer ", b"encoding "))
        ]
        lines = [f"tree {builder.write()}".encode(), *above, *kept]
        written = repo.write(ObjectType.COMMIT, b"\n".join(lines) + b"\n\n" + words)
        above = [f"parent {written}".encode()]
    return above[0].decode().removeprefix("parent ")


@contextmanager
def _raising_faults() -> Iterator[None]:
    """Raise LedgerError for a full disk, a folder that cannot be written, and what else libgit2 says."""
    import pygit2

    try:
        yield
    except (pygit2.GitError, OSError) as error:  # an error of the system comes without its number
        raise explain_local_fault(str(error)) or broken_repository(
            f"an object cannot be written: {error}"
        ) from error


def _open_to_write(git_dir: Path, flush: bool) -> "pygit2.Repository":
    import pygit2

    # git has judged whose repository this is
    pygit2.settings.owner_validation = False
    pygit2.settings.enable_fsync_gitdir(flush)
    # nothing that matters for adding objects
    pygit2.settings.set_extensions(["partialclone"])
    return pygit2.Repository(str(git_dir))


def _write_tree(
    repo: "pygit2.Repository",
    tree: "pygit2.Tree | None",
    files: Mapping[tuple[str, ...], bytes],
    folder: str,
) -> "pygit2.Oid":
    """Write `tree` with files added, each named by its path from here, and give the new tree's name."""
    import pygit2
    from pygit2.enums import FileMode

    builder = repo.TreeBuilder() if tree is None else repo.TreeBuilder(tree)
    for name in dict.fromkeys(path[0] for path in files):
        below = {path[1:]: data for path, data in files.items() if path[0] == name}
        there = tree[name] if tree is not None and name in tree else None
        inner = there if isinstance(there, pygit2.Tree) else None
        if () in below and inner is None and len(below) == 1:
            builder.insert(name, repo.create_blob(below[()]), FileMode.BLOB)
        elif () not in below and there is inner:
            builder.insert(name, _write_tree(repo, inner, below, f"{folder}{name}/"), FileMode.TREE)
        else:
            raise _path_clash(folder + name)
    return builder.write()


def _path_clash(path: str) -> LedgerError:
    message = f'"{path}" is a file for one and a folder for the other, and neither replaces the other'
    return LedgerError("path-clash", message, "git mv the one that is in the wrong place")


def _make_signature(who: Signature, seconds: int) -> "pygit2.Signature":
    import pygit2

    name, email = (_unwritable("", text).strip() for text in (who.name, who.email))
    return pygit2.Signature(name or "unnamed", email or "unnamed", seconds, 0)
