"""Files of the user's disk, and where our own stand.

They are written so that nobody ever reads half of one, and that a power cut keeps them.
"""

import os
from collections.abc import Mapping
from pathlib import Path


def replace_file(place: Path, data: bytes) -> None:
    """Give a file, new or old, its whole content at once; the target of a link is written, not the link."""
    target = place.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            draft.chmod(target.stat().st_mode)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    flush_folder(target.parent)


def flush_folder(folder: Path) -> None:
    """Have the disk keep which files a folder has (fsync(2): flushing a file does not do that)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_file(place: Path, top: Path) -> None:
    """Remove a file, and the folders below `top` that held nothing else. Of a link the target goes."""
    target = place.resolve()
    target.unlink()
    for folder in target.parents:
        if top not in folder.parents or any(folder.iterdir()):
            return
        folder.rmdir()


def state_folder(env: Mapping[str, str]) -> Path:
    """Where this user keeps what is of this machine alone (XDG base directories: XDG_STATE_HOME)."""
    named = Path(env.get("XDG_STATE_HOME") or "")
    return (named if named.is_absolute() else Path.home() / ".local" / "state") / "git-ledger"
