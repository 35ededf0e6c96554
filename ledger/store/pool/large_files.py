"""Files that are too large for the object store: kept as files, beside the trees of their identity.

A commit would hold such a file for as long as the rescue stands, and cost the time to pack it. It is moved to
`<identity>/rescued/<time>/`, where `<time>` is the end of the rescue's ref; on one disk that costs nothing.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from stat import S_ISREG

from ledger.core.dataclass import dataclass
from ledger.store.git.process import Git, Ran
from ledger.store.pool.tree_status import SLOW_SECONDS, tree_held_back

PREFIX = "refs/ledger/rescue/"
"""Where rescues stand: below it `<identity>/<time>`."""


@dataclass(frozen=True, slots=True)
class LargeFile:
    """A file that is kept as it is, and its size in bytes."""

    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class LargeFiles:
    """What is too large in the trees of a pool: files of more than `bound` bytes. `root` is the pool's."""

    root: Path
    bound: int

    def find(self, git: Git) -> list[str]:
        """The files of a tree that no commit has and that are too large, by their paths in the tree.

        Those are left out that a filter of git's keeps elsewhere, as that of LFS does. Raises LedgerError
        `held-back`.
        """
        listed = _split(_check_ran(git, "ls-files", "-z", "--others", "--modified", "--exclude-standard"))
        # Git lists a path in conflict once for each stage, and a deleted file as modified: that measures -1.
        large = [path for path in dict.fromkeys(listed) if _measure_file(git.directory / path) > self.bound]
        if not large:
            return []
        facts = _split(_check_ran(git, "check-attr", "-z", "--stdin", "filter", stdin=_join(large)))
        # With `-z` each answer is three words: path, attribute, value (git-check-attr(1)).
        plain = {path for path, value in zip(facts[::3], facts[2::3], strict=True) if value in _NO_FILTER}
        return [path for path in large if path in plain]

    def move(self, git: Git, paths: Sequence[str], ref: str) -> None:
        """Move files of a tree to the folder of a rescue, and put in their places what the rescue has there.

        Raises LedgerError `held-back`: what was not moved stands in the tree.
        """
        folder = self.find_folder(ref)
        for path in paths:
            try:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (git.directory / path).rename(folder / path)
            except OSError as error:
                raise tree_held_back(f"a large file cannot be moved to {folder}: {error.strerror}") from error
        # Only what the rescue has goes back: `checkout-index` fails at a path that the index has not.
        tracked = _check_ran(git, "ls-tree", "-r", "-z", "--name-only", ref, "--", *paths)
        _check_ran(git, "checkout-index", "-z", "--stdin", stdin=tracked.out)

    def find_folder(self, ref: str) -> Path:
        """The folder for the large files of a rescue, whether there are any or not."""
        identity, _, time = ref.removeprefix(PREFIX).rpartition("/")
        return self.root / identity / "rescued" / time

    def list_files(self, ref: str) -> list[LargeFile]:
        """The large files of a rescue."""
        files = sorted(_walk_files(self.find_folder(ref)))
        return [LargeFile(file, max(_measure_file(file), 0)) for file in files]

    def drop_files(self, ref: str) -> None:
        """Delete the large files of a rescue."""
        folder = self.find_folder(ref)
        if folder.is_dir():
            rmtree(folder)


_NO_FILTER = ("unspecified", "unset")


def _walk_files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names)


def _measure_file(place: Path) -> int:
    """The bytes of a plain file; -1 for what is none."""
    try:
        facts = place.lstat()
    except OSError:
        return -1
    return facts.st_size if S_ISREG(facts.st_mode) else -1


def _check_ran(git: Git, *words: str, stdin: bytes = b"") -> Ran:
    ran = git.run(*words, stdin=stdin, timeout=SLOW_SECONDS)
    if ran.code:
        raise tree_held_back(f"git {words[0]}: {ran.complaint}")
    return ran


def _split(ran: Ran) -> list[str]:
    return [os.fsdecode(part) for part in ran.out.split(b"\0")[:-1]]


def _join(paths: Sequence[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)
