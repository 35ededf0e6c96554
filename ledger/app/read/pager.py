"""The pager of the user, as git finds it, and showing lines by it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ledger.store.git.child_process import feed_command
from ledger.store.git.process import Git

DEFAULTS: Mapping[str, str] = {"LESS": "FRX", "LV": "-c", "LESSCHARSET": "utf-8"}
"""What a pager is told unless the user says otherwise: as git does, and the encoding of the text."""
_NO = ("false", "no", "off", "0", "never")
_YES = ("true", "yes", "on", "1", "auto", "")


def find_pager(directory: Path, env: Mapping[str, str]) -> str | None:
    """The command by which answers are paged: `pager.ledger`, else what git uses; None where there is none.

    The order is git's: `pager.ledger=false` turns it off, GIT_PAGER goes before a command there, and that
    before `core.pager` and PAGER.
    """
    git = Git(directory, env)
    own = git.run("config", "--get", "pager.ledger")
    chosen = own.out.decode("utf-8", "replace").strip() if own.code == 0 else ""
    if chosen.lower() in _NO:
        return None
    if chosen.lower() in _YES or env.get("GIT_PAGER"):
        named = git.run("var", "GIT_PAGER")
        chosen = named.out.decode("utf-8", "replace").strip() if named.code == 0 else ""
    return None if chosen in ("", "cat") else chosen


def page_lines(command: str, lines: Iterable[str], env: Mapping[str, str], out: int) -> bool:
    """Show lines by a pager until it ends, whether it read all or not; False where it cannot be started."""
    return feed_command(command, lines, {**DEFAULTS, **env}, out)
