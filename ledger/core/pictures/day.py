"""A day as a picture: what each seat held when, and how long the queue was."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from ledger.core.board.board import Board
from ledger.core.board.deeds import POSTED, Deed
from ledger.core.board.tables import LAST
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.ids import compact_timestamp, parse_post_id
from ledger.core.model import Post, State
from ledger.core.stats.spans import Span
from ledger.core.stats.spells import list_claims

QUEUED = (State.CLAIMED, State.AWAITING_CLAIM, State.BLOCKED)
"""The states that the queue shows, in the order in which a picture stacks them."""
MOST_SEATS, MOST_CLAIMS = 60, 100
"""Seats of a picture, and claims of one of them."""
STEP = timedelta(minutes=5)
"""The queue is counted at the end of each such part of the day."""


@dataclass(frozen=True, slots=True)
class DayClaim:
    """The part of a claim that lies in the day; `began` and `ended` say whether its ends do."""

    item: str
    span: Span
    began: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class DaySeat:
    """What one seat did on the day: its claims, the longest where there are very many, and when it posted.

    `more` is how many claims were left out.
    """

    seat: str
    claims: tuple[DayClaim, ...]
    posts: tuple[datetime, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How many tickets stood in each state of `QUEUED` from `at` on."""

    at: datetime
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How long the queue was."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class DayPicture:
    """One UTC day: seats in the order of what they did first, and the queue over time.

    `until` is the end of the day, or now where that is before; `more` is how many seats were left out.
    """

    day: date
    span: Span
    until: datetime
    seats: tuple[DaySeat, ...]
    queue: tuple[QueueCount, ...]
    more: int = 0


def span_day(day: date) -> Span:
    """A UTC day."""
    start = datetime.combine(day, time(), UTC)
    return Span(start, start + timedelta(days=1))


def picture_day(board: Board, config: Config, day: date, now: datetime) -> DayPicture:
    """The picture of a day. It costs what was posted since the day began, as times stand in posts."""
    whole = span_day(day)
    span = Span(whole.start, max(whole.start, min(whole.end, now)))
    seats: list[DaySeat] = []
    deeds: list[Deed] = []
    for life in board.all_seats():
        # Who posted nothing since the day began is in its picture only by what it still holds.
        if life.last_at < whole.start and not board.tickets_held_by(life.seat):
            continue
        done = board.deeds_by(life.seat, whole.start)
        deeds += done
        seat = _picture_seat(board, config, life.seat, done, span, now)
        if seat.claims or seat.posts:
            seats.append(seat)
    seats.sort(key=lambda seat: (_first_moment(seat), seat.seat))
    queue = _count_queue(board, deeds, span, now)
    return DayPicture(day, whole, span.end, tuple(seats[:MOST_SEATS]), tuple(queue), len(seats[MOST_SEATS:]))


def _picture_seat(
    board: Board, config: Config, seat: str, deeds: Sequence[Deed], span: Span, now: datetime
) -> DaySeat:
    claims = [
        DayClaim(claim.item, part, claim.held.start >= span.start, claim.held.end < span.end)
        for claim in list_claims(board, seat, deeds, config, now)
        if (part := Span(max(claim.held.start, span.start), min(claim.held.end, span.end))).seconds
    ]
    longest = sorted(claims, key=lambda claim: -claim.span.seconds)[:MOST_CLAIMS]
    posts = (deed.at for deed in deeds if deed.what in POSTED and span.start <= deed.at < span.end)
    shown = tuple(sorted(longest, key=lambda claim: claim.span))
    return DaySeat(seat, shown, tuple(sorted(posts)), len(claims) - len(shown))


def _first_moment(seat: DaySeat) -> datetime:
    return min(*(claim.span.start for claim in seat.claims[:1]), *seat.posts[:1], LATE)


LATE = datetime.max.replace(tzinfo=UTC)
"""Behind every post."""


def _count_queue(board: Board, deeds: Sequence[Deed], span: Span, now: datetime) -> Iterator[QueueCount]:
    """The queue at the beginning of the span and at the end of each step of it in which it changed."""
    counts = Counter(ticket.state for ticket in board.open_tickets())
    found: dict[datetime, tuple[int, ...]] = {}
    # From now on backwards: the board says how things stand now, and each change is taken back.
    for at, before, after in sorted(_list_changes(board, deeds, span.start, now), key=_by_time, reverse=True):
        if at < span.end:
            step = min(span.end, span.start + STEP * ((at - span.start) // STEP + 1))
            # Of a step's changes the last is met first, and says how the step ends.
            found.setdefault(step, _pick_counts(counts))
        counts[after] -= 1
        if before is not None:
            counts[before] += 1
    yield QueueCount(span.start, _pick_counts(counts))
    yield from (QueueCount(at, found[at]) for at in sorted(found))


Change = tuple[datetime, State | None, State]
"""When a ticket went from which state (None: it was opened) to which."""


def _by_time(change: Change) -> datetime:
    return change[0]


def _pick_counts(counts: Mapping[State, int]) -> tuple[int, ...]:
    return tuple(counts[state] for state in QUEUED)


def _list_changes(board: Board, deeds: Sequence[Deed], start: datetime, now: datetime) -> Iterator[Change]:
    """Every change of state from a time on, of each ticket in turn."""
    names = board.posts.keys_between(compact_timestamp(start), LAST)
    items = {item for name in names for item in _list_items(board.posts[name])}
    items |= {deed.item for deed in deeds if deed.until >= start}
    openings = {ticket.opening: ticket for item in items if (ticket := board.tickets.get(item))}
    for opening in sorted(openings):
        ticket = openings[opening]
        # By time, as a day has it; what is dated in the future is of now.
        moves = sorted(
            (
                (min(now, name.at), event.state)
                for event in board.history_of(ticket)
                if event.moved and (name := parse_post_id(event.post))
            ),
            key=lambda move: move[0],
        )
        # By time the last need not be the newest: counting back begins from how the ticket stands.
        states = [None, *(state for _, state in moves[:-1]), ticket.state]
        # Times of posts are whole milliseconds: what came just as the day began is of the day.
        first = bisect_right([at for at, _ in moves], start - timedelta(milliseconds=1))
        for (at, _), (before, after) in list(zip(moves, pairwise(states), strict=False))[first:]:
            if after is not None and before is not after:
                yield at, before, after


def _list_items(post: Post) -> Iterable[str]:
    """The tickets that a post may have moved."""
    named = (name for line in post.directives for name in (line.item, line.to) if name is not None)
    return filter(None, (post.item, *post.rules_on, *named))
