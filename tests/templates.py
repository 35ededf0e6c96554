"""What many tests begin with is made once for each process that runs tests, and copied for each of them."""

import shutil
from collections.abc import Callable, Hashable
from pathlib import Path
from tempfile import TemporaryDirectory

_FOLDER = TemporaryDirectory(prefix="ledger-templates-")
_MADE: dict[Hashable, Path] = {}


def copy_template(key: Hashable, make: Callable[[Path], object], place: Path) -> None:
    """Fill `place` with what `make` makes of an empty folder, which it does once for all who give its key.

    Where a repository's configuration names the folder, as a clone's remote does, its copy names `place`.
    """
    if key not in _MADE:
        _MADE[key] = Path(_FOLDER.name, str(len(_MADE)))
        _MADE[key].mkdir()
        make(_MADE[key])
    template = _MADE[key]

    def copy(source: str, target: str) -> None:
        shutil.copy2(source, target)
        if Path(source).name == "config":
            text = Path(source).read_text()
            Path(target).write_text(text.replace(f"{template}/", f"{place}/"))

    shutil.copytree(template, place, symlinks=True, dirs_exist_ok=True, copy_function=copy)
