"""`note`: says something; moves nothing, but keeps the seat's claim alive.

Carries DECLINE, and the CHALLENGE and ALIVE lines by which silent claims end or go on.
"""

from dataclasses import replace

from ledger.core.challenges import answer_challenges, post_challenge
from ledger.core.folding import Folding, directive, no_ticket
from ledger.core.model import Post


def apply(fold: Folding, post: Post) -> None:
    """Add the note to its ticket's history, with what it declines, asks or answers."""
    line = directive(post, "CHALLENGE")
    if line is not None:
        post_challenge(fold, post, line)
    elif post.item is not None:
        _add(fold, post, post.item)
    answer_challenges(fold, post)


def _add(fold: Folding, post: Post, item: str) -> None:
    ticket = fold.tickets.get(item)
    if ticket is None:
        fold.refuse(post, no_ticket(fold, item))
    elif line := directive(post, "DECLINE"):
        declined = replace(ticket, declined=ticket.declined.added(post.seat))
        fold.say(declined, post, f"declined by {post.seat} ({line.reason})")
    else:
        fold.say(ticket, post, "note")
