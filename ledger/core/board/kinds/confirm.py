"""`confirm`: ends the provisional phase of one opening (domain: getting a number, protocol B)."""

from ledger.core.board.board import BoardOverlay
from ledger.core.board.folding import ambiguous, no_ticket
from ledger.core.dataclass import replace
from ledger.core.model import Denial, Post


def apply(board: BoardOverlay, post: Post) -> None:
    """Mark the ticket's opening as confirmed."""
    ticket = board.tickets.get(post.item or "")
    if ticket is None:
        board.refuse(post, no_ticket(board, post.item))
    elif no := ambiguous(ticket, post):
        board.refuse(post, no)
    elif not ticket.provisional:
        show = f"`git ledger show {ticket.id}`"
        board.refuse(post, Denial("illegal-move", f"{ticket.id} is not provisional", show))
    else:
        board.put(replace(ticket, provisional=False), post, "number confirmed")
