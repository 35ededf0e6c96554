"""The name of a clone: drawn once, kept in the common git directory, so that all its worktrees share it."""

import os
from collections.abc import Callable
from pathlib import Path

from ledger.core.lazy_pattern import LazyPattern
from ledger.store.files import find_inside

_well_formed = LazyPattern(r"[0-9a-f]{16}").fullmatch


def ensure_clone_id(common_dir: Path, draw: Callable[[], str]) -> str:
    """The 16 hex digits by which posts tell this clone from others; from `draw` when first asked for.

    Two processes that ask at once get the same answer: the file is linked into place whole, and who comes
    second reads what the first one drew. A file that holds something else is replaced.
    """
    place = _path_of_id(common_dir)
    if (kept := _read_id(place)) is not None:
        return kept
    find_inside(common_dir, "ledger").mkdir(exist_ok=True)
    draft = place.with_name(f".clone.{os.getpid()}")
    draft.write_text(f"{draw()}\n", encoding="ascii")
    try:
        # link(2) fails where the file is there, and rename(2) would replace it: of two that draw at once
        # both take the first one's
        os.link(draft, place)
    except FileExistsError:
        if _read_id(place) is None:
            draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    kept = _read_id(place)
    assert kept is not None
    return kept


def read_clone_id(common_dir: Path) -> str | None:
    """The id of this clone; None while none was drawn. Nothing is written."""
    return _read_id(_path_of_id(common_dir))


def _path_of_id(common_dir: Path) -> Path:
    return common_dir / "ledger" / "clone"


def _read_id(place: Path) -> str | None:
    try:
        word = place.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return word if _well_formed(word) else None
