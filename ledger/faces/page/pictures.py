"""Where the parts of a picture stand, in the units of its SVG; templates draw them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from unicodedata import east_asian_width

from ledger.core.dataclass import dataclass
from ledger.core.pictures.day import QUEUED, DayClaim, DayPicture, DaySeat, QueueCount
from ledger.core.pictures.dependencies import DependencyNode, DependencyPicture
from ledger.core.stats.spans import Span
from ledger.core.text import escape_line

NODE_WIDTH, NODE_HEIGHT = 200, 46
_COLUMN, _ROW, _EDGE = NODE_WIDTH + 64, NODE_HEIGHT + 14, 4
_CELLS = 27
"""Columns of text that a node has room for."""
LABELS, HOUR = 150.0, 35.0
"""Width of the names of seats, and of an hour."""
DAY_WIDTH = LABELS + 24 * HOUR + 10
QUEUE_HEIGHT, TRACK, GAP, TOP = 96.0, 18.0, 8.0, 22.0
MOST_TRACKS = 6
"""Claims beside each other in the lane of one seat; further ones cover others."""


@dataclass(frozen=True, slots=True)
class NodeBox:
    """A node with its place; `label` is its subject, cut to the room that there is."""

    node: DependencyNode
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class WaitCurve:
    """A wait as a path from what is awaited to who waits."""

    path: str
    is_over: bool
    title: str


@dataclass(frozen=True, slots=True)
class DependencyDrawing:
    """The picture of dependencies, drawn."""

    width: float
    height: float
    boxes: tuple[NodeBox, ...]
    curves: tuple[WaitCurve, ...]


@dataclass(frozen=True, slots=True)
class ClaimBar:
    """A claim with its place."""

    claim: DayClaim
    x: float
    y: float
    width: float

    @property
    def has_room(self) -> bool:
        """Whether the ticket's id fits in."""
        return self.width >= 7.4 * len(self.claim.item) + 8


@dataclass(frozen=True, slots=True)
class SeatLane:
    """The lane of one seat: its top and height, its bars, and a path with a tick where it posted."""

    seat: DaySeat
    y: float
    height: float
    bars: tuple[ClaimBar, ...]
    ticks: str


@dataclass(frozen=True, slots=True)
class DayDrawing:
    """The picture of a day, drawn. `areas` are polygons of the states of the queue, `top` is the most tickets
    that stood in it, `now` where the present is, if it is in the day."""

    height: float
    areas: tuple[str, ...]
    top: int
    lanes: tuple[SeatLane, ...]
    hours: tuple[tuple[int, float], ...]
    now: float | None


def draw_dependencies(picture: DependencyPicture) -> DependencyDrawing:
    """Columns by how far a node is from the ticket, with what it waits for at the left."""
    steps = sorted({node.step for node in picture.nodes})
    columns = [[node for node in picture.nodes if node.step == step] for step in steps]
    rows = max(len(column) for column in columns)
    boxes: dict[str, NodeBox] = {}
    for place, column in enumerate(columns):
        top = _EDGE + (rows - len(column)) * _ROW / 2
        for row, node in enumerate(column):
            label = _label_node(node)
            boxes[node.name] = NodeBox(node, _EDGE + place * _COLUMN, top + row * _ROW, label)
    curves = tuple(
        WaitCurve(
            _draw_curve(boxes[wait.awaited], boxes[wait.waiter]),
            wait.is_over,
            f"{wait.waiter} waits for {wait.awaited}" + (", which is done" if wait.is_over else ""),
        )
        for wait in picture.waits
    )
    width = (len(columns) - 1) * _COLUMN + NODE_WIDTH + 2 * _EDGE
    height = rows * _ROW - (_ROW - NODE_HEIGHT) + 2 * _EDGE
    return DependencyDrawing(width, height, tuple(boxes.values()), curves)


def _label_node(node: DependencyNode) -> str:
    return cut_to_cells(escape_line(node.ticket.subject), _CELLS) if node.ticket is not None else ""


def _draw_curve(awaited: NodeBox, waiter: NodeBox) -> str:
    start_x, start_y = awaited.x + NODE_WIDTH, awaited.y + NODE_HEIGHT / 2
    end_x, end_y = waiter.x - 7, waiter.y + NODE_HEIGHT / 2
    bend = max(32.0, abs(end_x - start_x) / 2)
    places = (start_x, start_y, start_x + bend, start_y, end_x - bend, end_y, end_x, end_y)
    x, y, *rest = (format_length(place) for place in places)
    return f"M{x} {y}C{' '.join(rest)}"


def cut_to_cells(text: str, cells: int) -> str:
    """The begin of a text that is at most so many columns wide; one that was cut ends with `…`."""
    room = cells
    for place, char in enumerate(text):
        room -= 2 if east_asian_width(char) in "WF" else 1
        if room < 0:
            return f"{text[: max(0, place - 1)].rstrip()}…"
    return text


def draw_day(picture: DayPicture, now: datetime | None) -> DayDrawing:
    """The queue over the hours of a day, and below it a lane a seat."""
    y = TOP + QUEUE_HEIGHT + 24
    lanes = []
    for seat in picture.seats:
        lane = _draw_lane(seat, picture.span, y)
        lanes.append(lane)
        y += lane.height
    top = max((count.total for count in picture.queue), default=0)
    is_now = now is not None and picture.span.start <= now < picture.span.end
    present = _place_moment(picture.span, now) if now is not None and is_now else None
    hours = tuple((hour, LABELS + hour * HOUR) for hour in range(0, 25, 2))
    return DayDrawing(y + 8, _draw_areas(picture, top), top, tuple(lanes), hours, present)


def _place_moment(span: Span, at: datetime) -> float:
    return LABELS + (at - span.start) / timedelta(hours=1) * HOUR


def _draw_lane(seat: DaySeat, span: Span, y: float) -> SeatLane:
    ends: list[datetime] = []
    bars = []
    for claim in seat.claims:
        # the first track that is free by then; a claim without one covers what is in the last
        track = next((place for place, end in enumerate(ends) if end <= claim.span.start), len(ends))
        track = min(track, MOST_TRACKS - 1)
        ends[track : track + 1] = [claim.span.end]
        x = _place_moment(span, claim.span.start)
        # A minute is 0.6 units wide: a short claim could not be seen.
        width = max(2.0, _place_moment(span, claim.span.end) - x)
        bars.append(ClaimBar(claim, x, y + GAP / 2 + track * TRACK, width))
    height = max(1, len(ends)) * TRACK + GAP
    foot = format_length(y + height - 5)
    # ticks that nobody could tell apart are one
    places = dict.fromkeys(format_length(_place_moment(span, at)) for at in seat.posts)
    return SeatLane(seat, y, height, tuple(bars), "".join(f"M{x} {foot}v4" for x in places))


def _draw_areas(picture: DayPicture, top: int) -> tuple[str, ...]:
    """A polygon for each state of the queue, from the one at the bottom on; none where nothing was open."""
    scale = QUEUE_HEIGHT / max(1, top)
    counts = picture.queue
    bases = [sum(count.counts[:place]) for count in counts for place in range(len(QUEUED) + 1)]
    levels = [bases[place :: len(QUEUED) + 1] for place in range(len(QUEUED) + 1)]
    below = [_draw_steps(picture.span, counts, level, picture.until, scale) for level in levels]
    return tuple(" ".join([*upper, *reversed(lower)]) for lower, upper in pairwise(below) if top)


def _draw_steps(
    span: Span, counts: Sequence[QueueCount], levels: Iterable[int], end: datetime, scale: float
) -> list[str]:
    """The corners of a line that goes on level until the next count."""
    ends = [*(min(count.at, end) for count in counts[1:]), end]
    corners = []
    for count, level, until in zip(counts, levels, ends, strict=True):
        y = format_length(TOP + QUEUE_HEIGHT - level * scale)
        for at in (min(count.at, end), until):
            corners.append(f"{format_length(_place_moment(span, at))},{y}")
    return corners


def format_length(length: float) -> str:
    """A length as it stands in an SVG: at most one digit behind the point."""
    return f"{length:.1f}".removesuffix(".0")
