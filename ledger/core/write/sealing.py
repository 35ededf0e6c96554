"""Which reservations have done their work, so that their refs may go.

A number stays taken without its ref: the tip is at or above it, and a post names it. A ref is worth its cost,
which every `git push` of anybody pays, as long as something still asks for it: the opening that is to come, a
settlement, the repetition of the write that made it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ledger.core.board.board import Board
from ledger.core.write.numbers import Reservation, Series

REPEATED_WITHIN: Final = timedelta(days=30)
"""How long after its opening a number stays that was reserved apart from it: its ref alone answers the
repetition of the `reserve` that gave it."""


def find_spent_numbers(board: Board, series: Series, now: datetime) -> Iterator[int]:
    """The numbers of a series whose reservations have done their work, ascending."""
    for n, owner in sorted(series.owners.items()):
        if owner is not None and is_spent(board, owner, 0 if series.tipless else series.tip, now):
            yield n


def is_spent(board: Board, reservation: Reservation, tip: int, now: datetime) -> bool:
    """Whether a reservation in a series with this tip has done its work by what has landed.

    Its ticket was opened by the seat that reserved, by a write of the tool, and no opening of it is to be
    settled. A reservation that was made by hand names no ticket and is never spent.
    """
    # Above its tip, as where that was rewound, less keeps a number taken: there its ref stays.
    ticket = board.tickets.get(reservation.ticket) if reservation.n <= tip else None
    if ticket is None or ticket.opened_by != reservation.seat or ticket.provisional or ticket.collisions:
        return False
    opening = board.posts[ticket.opening]
    if opening.seq is None:
        return False
    # A post's id ends in the nonce of its write: a repetition finds it there.
    was_one_write = opening.id.endswith(f"-{reservation.nonce}")
    return was_one_write or ticket.opened_at + REPEATED_WITHIN <= now
