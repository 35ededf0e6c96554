"""`retire`: the seat is done for now and gives its claims back."""

from typing import TYPE_CHECKING

from ledger.core.board.kind import Kind
from ledger.core.board.kinds.actionable import moved_ticket
from ledger.core.dataclass import replace
from ledger.core.model import Post, State

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Give back every claim the seat holds, and end its life until it boots again."""
    # As if its holder had released each: the table of moves is not asked, since nobody may refuse to leave.
    back = replace(post, state=State.AWAITING_CLAIM)
    for ticket in board.tickets_held_by(post.seat):
        board.put_moved(moved_ticket(ticket, back), post, f"given back: {post.seat} retired")
    board.seats.put(post.seat, replace(board.seats[post.seat], retired_at=post.at))


KIND = Kind(name="retire", apply=apply, retires=True)
