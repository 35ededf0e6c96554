"""Where the pool of a repository stands, wherever the repository is moved to."""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.store.files import replace_file, state_folder
from ledger.store.git.repository import Repo


def find_pool_root(repo: Repo) -> Path:
    """The folder of a repository's pool, resolved: in `ledger.pool`, else below the user's state folder (XDG
    base directories). Raises LedgerError `usage` for a setting that cannot be."""
    named = Path(repo.config("ledger.pool") or state_folder(repo.git.env) / "worktrees")
    # nobody has the name after the ~
    with suppress(RuntimeError):
        named = named.expanduser()
    if not named.is_absolute():
        hint = "`git config ledger.pool /a/whole/path`"
        raise LedgerError("usage", f'ledger.pool is "{named}", which is no whole path', hint)
    return named.resolve() / find_pool_folder(repo.common_dir.resolve())


def find_pool_folder(common: Path) -> str:
    """The name of a repository's folder in the pool: after its path, or as it was before it was moved.

    The common git directory remembers the name, so that a clone that is moved finds its trees. A copy of a
    clone remembers it too, while the clone that it was copied from is still there: a copy gets its own.
    """
    remembered = _read_remembered(common)
    if remembered is not None and (
        remembered.path == str(common) or _read_remembered(Path(remembered.path)) is None
    ):
        return remembered.folder
    name = common.parent.name if common.name == ".git" else common.name.removesuffix(".git")
    return f"{name}-{sha256(os.fsencode(common)).hexdigest()[:8]}"


def remember_folder(common: Path, folder: str) -> None:
    """Let a repository know its folder in the pool, wherever it may be moved to; not one that cannot be
    written, which no tree can be made for either."""
    place = _Place(folder, str(common))
    if _read_remembered(common) != place:
        data = b"%s\n%s\n" % (os.fsencode(place.folder), os.fsencode(place.path))
        with suppress(OSError):
            replace_file(common, "ledger/pool", data)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a common git directory remembers: its folder in the pool, and where it stood itself."""

    folder: str
    path: str


def _read_remembered(common: Path) -> _Place | None:
    try:
        folder, path, _ = (common / "ledger" / "pool").read_bytes().split(b"\n")
    except (OSError, ValueError):
        return None
    if not folder or folder in (b".", b"..") or b"/" in folder or b"\0" in folder + path:
        return None
    return _Place(os.fsdecode(folder), os.fsdecode(path))
