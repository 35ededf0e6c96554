"""What an hour came to, read from its feed alone: how long claimable work waited beside open seats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from days.actors import Scan
from days.fleet import START
from days.plan import HOUR, SETTINGS, WORKERS
from ledger.core.board.board import Board, BoardOverlay
from ledger.core.board.fold import take_post
from ledger.core.config.config import Config
from ledger.core.model import Post
from ledger.core.queue.seat_view import SeatView

SAMPLE = 0.25
"""Minutes between two looks at who waits."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A seat that was open and held nothing while it could have claimed: since and until which minute."""

    seat: str
    since: float
    until: float

    @property
    def minutes(self) -> float:
        """How long."""
        return self.until - self.since


def find_waits(posts: Sequence[Post], config: Config) -> list[Wait]:
    """Every stretch in which an open worker held nothing beside work that it could claim; by samples."""
    board = BoardOverlay()
    rest = list(reversed(posts))
    since: dict[str, float] = {}
    found: list[Wait] = []
    for minute in _minutes():
        now = START + timedelta(minutes=minute)
        while rest and rest[-1].at <= now:
            take_post(board, rest.pop(), on_chain=True)
        idle = {seat for seat in WORKERS if _is_idle(board, config, seat, now)}
        for seat in [one for one in since if one not in idle]:
            found.append(Wait(seat, since.pop(seat), minute))
        since |= {seat: minute for seat in idle if seat not in since}
    return [*found, *(Wait(seat, start, HOUR) for seat, start in since.items())]


def _is_idle(board: Board, config: Config, seat: str, now: datetime) -> bool:
    life = board.seats.get(seat)
    if life is None or life.retired_at is not None:
        return False
    eyes = SeatView(board, config, seat, now)
    return not eyes.held_items and bool(eyes.claimable_tickets)


def _minutes() -> Iterator[float]:
    for count in range(int(HOUR / SAMPLE)):
        yield count * SAMPLE


def find_unnamed(waits: Sequence[Wait], scans: Sequence[Scan]) -> list[Wait]:
    """The waits past `dark_after` during which a scan was made and none named the seat."""
    missed = []
    for wait in waits:
        due = [scan for scan in scans if wait.since + SETTINGS["dark_after"] + SAMPLE < scan.at < wait.until]
        if due and not any(wait.seat in finding.message for scan in due for finding in scan.named):
            missed.append(wait)
    return missed
