"""`who`: the seats, what each holds, and when it was last seen."""

from collections.abc import Sequence

from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf, Feed, date_feed, read_feed_to_show
from ledger.core.board.records import TicketSummary, summarize_ticket
from ledger.core.dataclass import dataclass
from ledger.core.model import SeatLife


@dataclass(frozen=True, slots=True)
class SeatSummary:
    """A seat: what its posts and the settings say of it, and the tickets that it holds, as it took them.

    `state` is `retired`, `idle`, `working`, or `silent` where it holds a ticket on which it showed no sign of
    life for so long that others may ask; `here`: it is the seat of this working tree.
    """

    life: SeatLife
    state: str
    role: str
    lanes: tuple[str, ...]
    wip: int
    held: tuple[TicketSummary, ...]
    here: bool


@dataclass(frozen=True, slots=True)
class SeatsResult:
    """The seats, those that hold something first, then by when they were seen; `more` were left out."""

    as_of: AsOf
    seats: tuple[SeatSummary, ...]
    more: int


def list_seats(ledger: Ledger, everybody: bool = False) -> SeatsResult:
    """The seats at work: that hold a ticket, or posted within `warm_window` and did not retire; or all."""
    feed = read_feed_to_show(ledger)
    # Not `ledger.seat`, which is an error where none is set: whoever looks need not be a seat.
    here = ledger.options.seat or ledger.repo.config("ledger.seat")
    # By the links of holders: most seats of an old feed hold nothing, and are not asked one by one.
    holders = {link.removeprefix("holder ") for link in feed.board.tickets.links_from("holder ")}
    since = ledger.world.now() - feed.config.warm_window
    lives = [*feed.board.all_seats()]
    shown = [
        life
        for life in lives
        if everybody
        or life.seat in holders
        or life.seat == here
        or (life.retired_at is None and life.last_at >= since)
    ]
    seats = [summarize_seat(ledger, feed, life, life.seat in holders, here) for life in shown]
    return SeatsResult(date_feed(ledger, feed), _sort_seats(seats), len(lives) - len(shown))


def summarize_seat(ledger: Ledger, feed: Feed, life: SeatLife, holds: bool, here: str | None) -> SeatSummary:
    """What a feed says of one seat; `holds` says whether it may hold anything, `here` which seat looks."""
    board, config, seat = feed.board, feed.config, life.seat
    tickets = board.tickets_held_by(seat) if holds else []
    now = ledger.world.now()
    held = tuple(summarize_ticket(ticket, config, board, now) for ticket in tickets)
    return SeatSummary(
        life,
        _name_seat_state(ledger, life, held),
        config.role(seat),
        life.lanes or config.lanes(seat),
        life.wip if life.wip is not None else config.wip(seat),
        held,
        seat == here,
    )


def _name_seat_state(ledger: Ledger, life: SeatLife, held: Sequence[TicketSummary]) -> str:
    if not held:
        return "idle" if life.retired_at is None else "retired"
    now = ledger.world.now()
    ends = (summary.holder.silent_from for summary in held if summary.holder is not None)
    return "silent" if any(end is not None and end < now for end in ends) else "working"


def _sort_seats(seats: Sequence[SeatSummary]) -> tuple[SeatSummary, ...]:
    by_name = sorted(seats, key=lambda seat: seat.life.seat)
    newest_first = sorted(by_name, key=lambda seat: seat.life.last_at, reverse=True)
    return tuple(sorted(newest_first, key=lambda seat: not seat.held))
