"""Files of the user's disk, and where our own stand.

They are written so that nobody ever reads half of one, and that a power cut keeps them.

Who proposes a branch chooses the symbolic links in it. So a file is looked for without leaving the folder in
which it belongs, and written by descriptors of folders that were opened without following a link (openat(2),
O_NOFOLLOW): a folder that becomes a link between the look and the write fails the write. What is not seen: a
hard link, which is replaced and never written through, and a folder that somebody moves away as a whole while
a file is written in it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.core.errors import LedgerError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def find_inside(top: Path, path: str) -> Path:
    """Where a file or folder below `top` really stands: links are followed that stay below it.

    Raises LedgerError `leads-outside` for a link that leads out of it, into a git directory, or to itself.
    """
    root = top.resolve()
    # a link that leads to itself stays in it
    target = Path(os.path.realpath(root / path))
    if root not in target.parents:
        raise _leads_outside(root, path, f'to "{target}", out of "{root}"')
    if ".git" in map(str.casefold, target.relative_to(root).parts):
        raise _leads_outside(root, path, f'to "{target}", into a git directory')
    if any(place.is_symlink() for place in (target, *target.parents) if root in place.parents):
        raise _leads_outside(root, path, "to itself")
    return target


def _leads_outside(root: Path, path: str, where: str) -> LedgerError:
    link = first_link(root, path) or path
    message = f'"{path}" is neither read nor written: the link "{link}" leads {where}'
    hint = f'put a file or folder of its own in the place of "{link}", then the same command again'
    return LedgerError("leads-outside", message, hint, {"path": path})


def first_link(top: Path, path: str) -> str | None:
    """The first symbolic link on the way from `top` to a file, the file included; None: there is none."""
    parts = Path(path).parts
    way = (Path(*parts[: end + 1]) for end in range(len(parts)))
    return next((str(place) for place in way if (top / place).is_symlink()), None)


def replace_file(top: Path, path: str, data: bytes, mode: int | None = None) -> None:
    """Give a file below `top`, new or old, its whole content at once; its folders are made.

    It keeps its permissions, unless `mode` says otherwise. Raises LedgerError `leads-outside`.
    """
    target = find_inside(top, path)
    with opened_folder(top, target) as folder:
        draft = f".{target.name}.{os.getpid()}"
        # a process of the same number may have been killed here before
        with suppress(FileNotFoundError):
            os.unlink(draft, dir_fd=folder)
        try:
            _write_new_file(folder, draft, data, _read_mode(folder, target.name) if mode is None else mode)
            # the content was flushed before the name points to it, so that a power cut leaves the old file
            # or the new one and never an empty one
            os.replace(draft, target.name, src_dir_fd=folder, dst_dir_fd=folder)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(draft, dir_fd=folder)
        os.fsync(folder)


def create_file(top: Path, path: str, data: bytes) -> None:
    """Write a new file below `top`, with its folders, past no link. Raises FileExistsError, and OSError for
    whatever else stands in the way."""
    with opened_folder(top, top.resolve() / path) as folder:
        _write_new_file(folder, Path(path).name, data, None)
        os.fsync(folder)


def flush_folders(root: Path, paths: Iterable[str]) -> None:
    """Have the names of files below `root` on the disk: who flushed a file has not flushed the entries of its
    folders (fsync(2)). Folders that are not there are passed over."""
    folders = {folder for path in paths for folder in Path(path).parents if folder.parts}
    for place in sorted(folders):
        with suppress(FileNotFoundError, NotADirectoryError):
            folder = os.open(root / place, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


@contextmanager
def opened_folder(top: Path, target: Path) -> Iterator[int]:
    """A descriptor of the folder of `target`, which stands below `top` resolved.

    Folders that are missing are made, and no link below `top` is followed. Raises OSError.
    """
    root = top.resolve()
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in target.relative_to(root).parts[:-1]:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=folder)
            # opened from the folder above and past no link: who swaps a folder for a link after the look
            # makes this fail
            inner = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _write_new_file(folder: int, name: str, data: bytes, mode: int | None) -> None:
    """Write a file that is not there yet in an open folder, with these permissions, if any are given."""
    with os.fdopen(os.open(name, _NEW_FILE, 0o666, dir_fd=folder), "wb") as file:  # 0o666 as umask(2) allows
        file.write(data)
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())


def _read_mode(folder: int, name: str) -> int | None:
    """The permissions of a file; None where there is none."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode & 0o7777
    except FileNotFoundError:
        return None


def remove_file(top: Path, path: str) -> None:
    """Remove a file, and the folders below `top` that held nothing else. Of a link the target goes.

    Raises LedgerError `leads-outside`.
    """
    target = find_inside(top, path)
    with opened_folder(top, target) as folder:
        os.unlink(target.name, dir_fd=folder)
    for parent in target.parents:
        if top.resolve() not in parent.parents or any(parent.iterdir()):
            return
        parent.rmdir()


def state_folder(env: Mapping[str, str]) -> Path:
    """Where this user keeps what is of this machine alone (XDG base directories: XDG_STATE_HOME)."""
    named = Path(env.get("XDG_STATE_HOME") or "")
    return (named if named.is_absolute() else Path.home() / ".local" / "state") / "git-ledger"


def list_markdown_files(folder: Path, most: int) -> list[Path]:
    """The Markdown files in a folder and below it, sorted, at most so many; no link is followed."""
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders.sort()
        found += [Path(where, name) for name in sorted(names) if name.endswith(".md")]
        if len(found) > most:
            break
    return [path for path in found[:most] if not path.is_symlink()]
