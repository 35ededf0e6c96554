"""A history written again with one folder alone, by pygit2, which is imported only for that (60 ms)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.store.swap import Oid

if TYPE_CHECKING:
    import pygit2


def copy_history(git_dir: Path, commits: Sequence[Oid], folder: str) -> Oid:
    """Write commits again, one on the other, each with one folder alone; gives the last.

    Authors, committers, dates and words stay byte for byte; signatures, which would not hold, go. The same
    commits give the same names wherever that is done.
    """
    import pygit2
    from pygit2.enums import FileMode, ObjectType

    repo = _open(git_dir)
    above: list[bytes] = []
    for name in commits:
        commit = repo[pygit2.Oid(hex=name)].peel(pygit2.Commit)
        builder = repo.TreeBuilder()
        if folder in commit.tree:
            builder.insert(folder, commit.tree[folder].id, FileMode.TREE)
        head, _, words = commit.read_raw().partition(b"\n\n")
        kept = [
            line for line in head.split(b"\n") if line.startswith((b"author ", b"committer ", b"encoding "))
        ]
        lines = [f"tree {builder.write()}".encode(), *above, *kept]
        written = repo.write(ObjectType.COMMIT, b"\n".join(lines) + b"\n\n" + words)
        above = [f"parent {written}".encode()]
    return above[0].decode().removeprefix("parent ")


def _open(git_dir: Path) -> "pygit2.Repository":
    import pygit2

    pygit2.settings.owner_validation = False  # git has judged whose repository this is
    pygit2.settings.enable_fsync_gitdir(True)
    pygit2.settings.set_extensions(["partialclone"])  # nothing that matters for adding objects
    return pygit2.Repository(str(git_dir))
