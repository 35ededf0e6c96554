"""`confirm`: ends the provisional phase of one opening (domain: getting a number, protocol B)."""

from typing import TYPE_CHECKING

from ledger.core.board.folding import deny_ambiguous, deny_missing_ticket
from ledger.core.board.kind import Kind
from ledger.core.dataclass import replace
from ledger.core.model import Denial, Post

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Mark the ticket's opening as confirmed."""
    ticket = board.tickets.get(post.item or "")
    if ticket is None:
        board.refuse_post(post, deny_missing_ticket(board, post.item))
    elif denial := deny_ambiguous(ticket, post):
        board.refuse_post(post, denial)
    elif not ticket.provisional:
        show = f"`git ledger show {ticket.id}`"
        board.refuse_post(post, Denial("illegal-move", f"{ticket.id} is not provisional", show))
    else:
        board.put_moved(replace(ticket, provisional=False), post, "number confirmed")


KIND = Kind(
    name="confirm",
    apply=apply,
    required=("item",),
    fields=frozenset(("item",)),
    directives=frozenset(("CONFIRMED",)),
    moves_item=True,
    confirms=True,
)
