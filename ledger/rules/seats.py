"""What the rules about turns share: which seats are open and dark, and what they could claim."""

from collections.abc import Iterable, Iterator, Sequence

from ledger.core.model import SeatLife, Severity
from ledger.core.queue.seat_view import SeatView
from ledger.rules.view import View

_NAMED = 5
"""Tickets that a message names."""
MOST_SEATS = 100
"""Seats whose claimable tickets one answer looks for: each is compared with every open ticket."""


def is_open_seat(view: View, life: SeatLife) -> bool:
    """True until the seat retires, or `claim_ttl` past its last post (domain: turns)."""
    return life.retired_at is None and view.now - life.last_at <= view.config.claim_ttl


def find_dark_seats(view: View) -> list[SeatLife]:
    """The open seats that hold nothing and have been silent for longer than `dark_after`."""
    seats = view.board.all_seats() if view.full_scan else ()
    silent = (life for life in seats if view.now - life.last_at > view.config.dark_after)
    return [life for life in silent if is_open_seat(view, life) and not view.board.tickets_held_by(life.seat)]


def keep_newest_seats(view: View, seats: Iterable[SeatLife]) -> list[SeatLife]:
    """Those of these seats that posted last, as many as are looked at."""
    # The newest ones: a fleet of thousands has many seats that came once and never again.
    return sorted(seats, key=lambda life: view.board.posts.place_of(life.last_post))[-MOST_SEATS:]


def views_of_dark_seats(view: View) -> Iterator[tuple[SeatLife, SeatView]]:
    """The dark seats that are looked at, each with its eyes."""
    for life in keep_newest_seats(view, find_dark_seats(view)):
        yield life, view.seat_view_of(life.seat)


def weigh_silence(life: SeatLife) -> Severity:
    """How heavy the silence of a seat is: one that a schedule drives is expected at work."""
    return Severity.ERROR if life.driver == "cron" else Severity.WARNING


def name_first(items: Sequence[str]) -> str:
    """The first of these tickets, and how many more there are."""
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    return ", ".join(items[:_NAMED]) + more
