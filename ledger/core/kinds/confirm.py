"""`confirm`: ends the provisional phase of one opening (domain: getting a number, protocol B)."""

from dataclasses import replace

from ledger.core.folding import Folding, No, ambiguous, no_ticket
from ledger.core.model import Post


def apply(fold: Folding, post: Post) -> None:
    """Mark the ticket's opening as confirmed."""
    ticket = fold.tickets.get(post.item or "")
    if ticket is None:
        fold.refuse(post, no_ticket(fold, post.item))
    elif no := ambiguous(ticket, post):
        fold.refuse(post, no)
    elif not ticket.provisional:
        show = f"`git ledger show {ticket.id}`"
        fold.refuse(post, No("illegal-move", f"{ticket.id} is not provisional", show))
    else:
        fold.put(replace(ticket, provisional=False), post, "number confirmed")
