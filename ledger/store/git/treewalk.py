"""What differs below `feed/` between commits, counted while it is found.

`git diff-tree` finds everything before it says a word: a tree of ten objects that names a thousand million
files would take all memory of a server. Here trees are opened one by one, by one `git cat-file --batch`.
"""

from collections.abc import Iterator, Mapping
from typing import IO, Final, NamedTuple

from ledger.store.contract import Oid
from ledger.store.git.bare import Difference
from ledger.store.git.process import broken_repository
from ledger.store.git.repository import Repo

_FOLDER: Final = "040000"
_NOWHERE: Final = "0" * 40
_FEED: Final = "feed"


class TooManyError(Exception):
    """More files and folders differ than may be looked at."""


class _Entry(NamedTuple):
    mode: str
    oid: Oid


_Folder = Mapping[str, _Entry]


class TreeWalk:
    """Looks at trees of one repository, at `most` files and folders that differ in all."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes], most: int) -> None:
        self._requests, self._answers, self._budget = requests, answers, most

    def find_differences(self, old: Oid | None, new: Oid) -> Iterator[Difference]:
        """The files below `feed/`, in any case, that differ between two commits (None: no files).

        Raises TooManyError, and LedgerError `broken-repository` where a tree is missing or damaged.
        """
        ours, theirs = self._open_feed_folders(old), self._open_feed_folders(new)
        yield from self._compare_below("", ours, theirs)

    def _open_feed_folders(self, commit: Oid | None) -> _Folder:
        """The feed's folder among those of a commit; a disk that tells no case apart has but one."""
        names = self._open_tree(f"{commit}^{{tree}}") if commit else {}
        return {name: entry for name, entry in names.items() if name.casefold() == _FEED}

    def _compare_below(self, top: str, old: _Folder, new: _Folder) -> Iterator[Difference]:
        left = [(top, old, new)]
        while left:
            folder, before, after = left.pop()
            for name in before.keys() | after.keys():
                was, now = before.get(name), after.get(name)
                if was == now:
                    continue
                # counted before anything is opened: what is refused has cost no more than what is allowed
                self._budget -= 1
                if self._budget < 0:
                    raise TooManyError
                path = f"{folder}{name}"
                if difference := _make_difference(path, was, now):
                    yield difference
                inner = self._open_folder(was), self._open_folder(now)
                if any(inner):
                    left.append((f"{path}/", *inner))

    def _open_folder(self, entry: _Entry | None) -> _Folder:
        return self._open_tree(entry.oid) if entry is not None and entry.mode == _FOLDER else {}

    def _open_tree(self, name: str) -> _Folder:
        try:
            self._requests.write(f"{name}\n".encode())
            self._requests.flush()
        except BrokenPipeError as error:
            raise broken_repository("git cat-file ended") from error
        head = self._answers.readline().split()
        if len(head) != 3 or head[1] != b"tree":
            raise broken_repository(f"there is no tree {name}")
        data = self._answers.read(int(head[2]))
        self._answers.read(1)
        entries = list(_parse_entries(data))
        folder = dict(entries)
        # git would open the one or the other
        if len(folder) < len(entries):
            raise broken_repository(f"the tree {name} names one file twice")
        return folder


def walk_push(repo: Repo, old: Oid | None, new: Oid, most: int) -> tuple[list[Difference], list[Difference]]:
    """The files below `feed/` that a push changes in all, and those that each of its commits leaves otherwise
    than a parent of it has them.

    Raises TooManyError where more than `most` files and folders differ in all of these.
    """
    with repo.git.open_pipes("cat-file", "--batch") as (requests, answers):
        walk = TreeWalk(requests, answers, most)
        changed = sorted(walk.find_differences(old, new), key=_path_of)
        left = [
            file
            for commit, parents in _commits_beyond(repo, old, new)
            for parent in parents or (None,)
            for file in walk.find_differences(parent, commit)
            if file.status != "D"
        ]
    return changed, left


def _path_of(file: Difference) -> str:
    return file.path


def _make_difference(path: str, was: _Entry | None, now: _Entry | None) -> Difference | None:
    """The difference of a file; None where a folder is on both sides, or on one and nothing on the other."""
    before = was if was is not None and was.mode != _FOLDER else None
    after = now if now is not None and now.mode != _FOLDER else None
    if before is None and after is None:
        return None
    status = "A" if before is None else "D" if after is None else "M"
    mode = after.mode if after else "000000"
    return Difference(
        status, path, before.oid if before else _NOWHERE, mode, after.oid if after else _NOWHERE
    )


def _parse_entries(data: bytes) -> Iterator[tuple[str, _Entry]]:
    """The entries of a tree object as it is stored: mode, name and object."""
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        oid = data[end + 1 : end + 21].hex()
        yield name.decode("utf-8", "surrogateescape"), _Entry(_canonical_mode(mode), oid)
        at = end + 21


def _canonical_mode(mode: bytes) -> str:
    """The mode as git names it: of files it keeps only whether they are executable (git's cache.h)."""
    bits = int(mode, 8)
    kind = bits & 0o170000
    if kind == 0o100000:
        return "100755" if bits & 0o100 else "100644"
    return f"{kind:06o}"


def _commits_beyond(repo: Repo, old: Oid | None, new: Oid) -> Iterator[tuple[Oid, list[Oid]]]:
    """Each commit that `new` has beyond `old`, with its parents."""
    listed = repo.git.check_output("rev-list", "--parents", new, *((f"^{old}",) if old else ()))
    for line in listed.decode().splitlines():
        commit, *parents = line.split()
        yield commit, parents
