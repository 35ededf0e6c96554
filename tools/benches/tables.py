"""How measured scenes are asked for and printed: options, folders, lines for a terminal or a page."""

import argparse
import os
import platform
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benches.spending import HEADINGS, Measured, NotMeasured
from benches.timing import ALONE

Row = Measured | NotMeasured
_WIDTHS = (26, 9, 9, 9, 9, 6, 13, 0)


def add_options(parser: argparse.ArgumentParser, scenes: Collection[str]) -> None:
    """What every table of scenes takes."""

    def name_scene(text: str) -> str:
        if text not in scenes:
            raise argparse.ArgumentTypeError(f'there is no scene "{text}"; there are {", ".join(scenes)}')
        return text

    parser.add_argument("--runs", type=int, default=3, help="of which the least counts: 3 unless said")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where generated feeds stay for other runs")
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/benchmarks.md")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("scene", nargs="*", type=name_scene, help=", ".join(scenes))


@contextmanager
def find_folders(keep: Path | None) -> Iterator[tuple[Path, Path]]:
    """A folder that goes when the run is over, and that of kept feeds, which is inside of it unless said.

    Both are on one disk, so that copies of a feed can share its objects.
    """
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ledger-bench-", dir=keep) as name:
        folder = Path(name).resolve()
        yield folder, keep.resolve() if keep else folder / "feeds"


def print_rows(title: str, rows: Iterable[Row], as_markdown: bool, strict: bool) -> int:
    """Print rows as they come; gives 1 when one misses its target and it is asked."""
    print(f"{title}, on {describe_machine()}\n", flush=True)
    shown = format_markdown if as_markdown else format_line
    print(shown(HEADINGS))
    if as_markdown:
        print("|" + "---|" * len(HEADINGS))
    missed = False
    for row in rows:
        print(shown(row.cells), flush=True)
        missed = missed or not row.met
    return int(missed and strict)


def format_line(cells: Sequence[str]) -> str:
    """Cells in columns: the first to the left, the verdict as it is, numbers to the right. Where there are no
    numbers, the first and the last."""
    if not any(cells[1:-1]):
        return f"{cells[0]:<{_WIDTHS[0]}} {cells[-1]}"
    first, *numbers = zip(cells, _WIDTHS, strict=True)
    return (f"{first[0]:<{first[1]}}" + "".join(f" {cell:>{width}}" for cell, width in numbers)).rstrip()


def format_markdown(cells: Sequence[str]) -> str:
    """Cells as a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def describe_machine() -> str:
    """The class of the machine, the versions of what runs, and the commit that is measured."""
    words = ("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")
    commit = subprocess.run(words, capture_output=True, text=True, env=ALONE, check=False).stdout.strip()
    git = subprocess.run(("git", "version"), capture_output=True, text=True, env=ALONE, check=True).stdout
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}, Python {platform.python_version()}, {git.strip()}; commit {commit or 'unknown'}"
