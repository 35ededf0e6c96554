"""`note`: says something; moves nothing, but keeps the seat's claim alive. Carries DECLINE."""

from dataclasses import replace

from ledger.core.folding import Folding, directive, no_ticket
from ledger.core.model import Post


def apply(fold: Folding, post: Post) -> None:
    """Add the note to its ticket's history, and remember what the seat declined."""
    if post.item is None:
        return
    ticket = fold.tickets.get(post.item)
    if ticket is None:
        fold.refuse(post, no_ticket(fold, post.item))
    elif line := directive(post, "DECLINE"):
        declined = replace(ticket, declined={**ticket.declined, post.seat: post.id})
        fold.say(declined, post, f"declined by {post.seat} ({line.reason})")
    else:
        fold.say(ticket, post, "note")
