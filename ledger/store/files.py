"""Files of the user's disk: written so that nobody ever reads half of one, and where our own stand."""

import os
from collections.abc import Mapping
from pathlib import Path


def replace_file(place: Path, data: bytes) -> None:
    """Give a file, new or old, its whole content at once; the target of a link is written, not the link."""
    target = place.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(data)
    if target.exists():
        draft.chmod(target.stat().st_mode)
    draft.replace(target)


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
