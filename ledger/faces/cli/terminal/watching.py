"""The queue as a screen that goes on: what stands in it, what changed, and what a key does to it."""

from collections.abc import Iterator, Mapping, Sequence

from ledger.app.read.overview import Overview
from ledger.app.read.queue import SHOWN, QueueRow
from ledger.core.board.records import TicketSummary
from ledger.core.dataclass import dataclass, field, replace
from ledger.core.moments import format_ago
from ledger.core.text import escape_line
from ledger.faces.cli.terminal.cells import clip_cells
from ledger.faces.cli.terminal.queue import COLUMNS, count_tickets, make_queue_row
from ledger.faces.cli.terminal.style import Style, paint
from ledger.faces.cli.terminal.table import Cell, Column, Row, write_table
from ledger.faces.context import Screen

CHANGED = "●"
"""Stands before a ticket that changed since somebody looked."""
KEYS = "q quits · space: seen · j k or arrows scroll"
_FRAME = 6
"""Lines around the rows: counts, state, a gap and the heading above, what changed and the keys below."""
_STEPS: Mapping[str, int] = {"j": 1, "k": -1, "down": 1, "up": -1, "pagedown": 10, "pageup": -10}


@dataclass(frozen=True, slots=True)
class WatchView:
    """What a screen shows. `seen` says how each ticket stood when somebody looked last, `top` is the first
    row that is shown, `problem` why the feed could not be read anew."""

    name: str
    overview: Overview
    seen: Mapping[str, str] = field(default_factory=dict)
    top: int = 0
    problem: str = ""

    @property
    def rows(self) -> tuple[TicketSummary, ...]:
        """The tickets of the queue."""
        return tuple(summary for summary in self.overview.tickets if summary.ticket.state in SHOWN)


def begin_view(name: str, overview: Overview) -> WatchView:
    """A screen on which nothing has changed yet."""
    return mark_seen(WatchView(name, overview))


def mark_seen(view: WatchView) -> WatchView:
    """The screen once somebody has looked."""
    return replace(view, seen={summary.ticket.id: _name_state(summary) for summary in view.rows})


def _name_state(summary: TicketSummary) -> str:
    """What differs where a ticket changed: its newest move, a challenge, being late."""
    challenge = summary.challenge.post if summary.challenge else ""
    return f"{summary.ticket.moved_by} {challenge} {summary.overdue} {len(summary.ticket.collisions)}"


def press_key(view: WatchView, key: str) -> WatchView:
    """What a key makes of a screen; one that means nothing leaves it as it is."""
    last = max(0, len(view.rows) - 1)
    if key == " ":
        return mark_seen(view)
    if key in ("g", "G"):
        return replace(view, top=0 if key == "g" else last)
    return replace(view, top=min(last, max(0, view.top + _STEPS.get(key, 0))))


def draw_view(view: WatchView, screen: Screen) -> list[str]:
    """The lines of a screen, no more than it is high, none wider than it is wide."""
    rows = view.rows
    top = min(view.top, max(0, len(rows) - 1))
    room = max(1, screen.height - _FRAME)
    # a row takes a line at least, so that no more of them are made than can be seen
    changed = {
        summary.ticket.id for summary in rows if view.seen.get(summary.ticket.id) != _name_state(summary)
    }
    heading, *body = write_table(
        (Column(""), *COLUMNS),
        [_make_row(summary, summary.ticket.id in changed, screen) for summary in rows[top : top + room]],
        screen,
    )
    counts = count_tickets(rows) if rows else "nothing is open"
    lines = [
        paint(clip_cells(f"{escape_line(view.name)}: {counts}", screen.width), Style.BOLD, screen),
        _describe_reading(view, screen),
        "",
        heading if rows else "",
        *body[:room],
    ]
    # Filled up, and cut below: with one line too many the terminal would scroll.
    lines += [""] * (screen.height - 2 - len(lines))
    return [*lines[: screen.height - 2], *_draw_foot(view, rows, changed, top, screen)]


def _make_row(summary: TicketSummary, is_changed: bool, screen: Screen) -> Row:
    row = make_queue_row(QueueRow(summary), (), screen)
    return Row([Cell(CHANGED if is_changed else " ", Style.YELLOW), *row.cells], row.below)


def _describe_reading(view: WatchView, screen: Screen) -> str:
    as_of = view.overview.as_of
    commit = f"as of {as_of.commit[:12]}" if as_of.commit else "the feed is empty"
    words = f"{commit}, read {format_ago(as_of.at, screen.now)}"
    notices = [*view.overview.notices, *([view.problem] if view.problem else [])]
    if not notices:
        return paint(clip_cells(words, screen.width), Style.DIM, screen)
    return paint(clip_cells(escape_line("; ".join((*notices, words))), screen.width), Style.RED, screen)


def _draw_foot(
    view: WatchView, rows: Sequence[TicketSummary], changed: set[str], top: int, screen: Screen
) -> Iterator[str]:
    gone = sorted(view.seen.keys() - {summary.ticket.id for summary in rows})
    parts = [f"{CHANGED} {len(changed)} changed"] if changed else []
    parts += [f"left the queue: {', '.join(gone)}"] if gone else []
    yield paint(clip_cells("; ".join(parts), screen.width), Style.YELLOW, screen)
    place = f" · from {top + 1} of {len(rows)}" if top else ""
    yield paint(clip_cells(f"{KEYS}{place}", screen.width), Style.DIM, screen)
