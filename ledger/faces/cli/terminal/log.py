"""The log on a terminal: a row a post, newest first."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.core.model import Post, State
from ledger.core.moments import format_age
from ledger.core.text import escape_line
from ledger.faces.cli.terminal.style import STATES, Style
from ledger.faces.cli.terminal.table import Cell, Column, Row, put_below, write_table
from ledger.faces.context import Screen

if TYPE_CHECKING:
    from ledger.app.read.queue import LogEntry

COLUMNS = (
    Column("age", right=True),
    Column("who", least=8, most=16, spare=1),
    Column("what"),
    Column("ticket"),
    Column("words", least=20),
)


def show_log(entries: Sequence["LogEntry"], screen: Screen) -> Iterator[str]:
    """One row a post: its subject, else the first line of what it says; nothing where there is no post."""
    if entries:
        rows = [Row(_list_cells(entry, screen), _list_below(entry, screen)) for entry in entries]
        yield from write_table(COLUMNS, rows, screen)


def _list_cells(entry: "LogEntry", screen: Screen) -> list[Cell | str]:
    post = entry.post
    words = post.subject or next(iter(post.body.strip().splitlines()), "")
    return [
        Cell(format_age(screen.now - post.at), Style.DIM),
        escape_line(post.seat),
        Cell("refused", Style.RED) if entry.refused else _name_deed(post),
        post.item or "",
        escape_line(" ".join(words.split())),
    ]


def _name_deed(post: Post) -> Cell:
    """What a post did, in a word: where it leads its ticket, else its kind."""
    if post.state is None:
        return Cell(post.kind)
    # A release leads there too, without a subject.
    if post.state is State.AWAITING_CLAIM and post.subject:
        return Cell("opened", Style.GREEN)
    return Cell(*STATES[post.state])


def _list_below(entry: "LogEntry", screen: Screen) -> list[str]:
    return put_below(escape_line(f"refused: {entry.refused}"), screen) if entry.refused else []
