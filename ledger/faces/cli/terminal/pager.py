"""Answers that are higher than the terminal, by the user's pager."""

from collections.abc import Iterable, Iterator
from io import UnsupportedOperation
from itertools import chain
from pathlib import Path

from ledger.core.lazy_pattern import LazyPattern
from ledger.faces.cli.terminal.cells import measure_cells
from ledger.faces.context import Context, Screen

_PROMPT = 2
"""Lines that a screen needs for what is said after the answer, and for the prompt of the shell."""
_strip_styles = LazyPattern(r"\x1b\[[0-9;]*m").sub


def show_lines(lines: Iterable[str], env: Context, screen: Screen, directory: Path) -> None:
    """Print lines; those that are higher than the screen by the pager, so that the first are seen first."""
    source = iter(lines)
    seen: list[str] = []
    # What does not fit is not read on: the first page of a long log is there at once.
    if not _fill_screen(seen, source, screen) or not _page_lines(seen, source, env, directory):
        env.out.writelines(line + "\n" for line in chain(seen, source))


def _fill_screen(seen: list[str], source: Iterator[str], screen: Screen) -> bool:
    """Read lines into `seen` until they are higher than the screen; False where all of them fit."""
    height = 0
    for line in source:
        seen.append(line)
        cells = measure_cells(_strip_styles(lambda style: "", line))
        height += max(1, -(-cells // screen.width))
        if height > screen.height - _PROMPT:
            return True
    return False


def _page_lines(seen: list[str], source: Iterator[str], env: Context, directory: Path) -> bool:
    """Show lines by the pager; False, with all that was read in `seen`, where there is none."""
    from ledger.app.read.pager import find_pager, page_lines

    try:
        out = env.out.fileno()
    except (UnsupportedOperation, OSError):
        return False
    command = find_pager(directory, env.variables)
    if command is None:
        return False
    # First, since the pager writes to the descriptor and past our buffer.
    env.out.flush()

    def hand_over() -> Iterator[str]:
        yield from tuple(seen)
        for line in source:
            # Kept for the case that the pager cannot be started: then all of them are printed.
            seen.append(line)
            yield line

    return page_lines(command, hand_over(), env.variables, out)
