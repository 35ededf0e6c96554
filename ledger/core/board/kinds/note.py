"""`note`: says something; moves nothing, but keeps the seat's claim alive.

Carries DECLINE, and the CHALLENGE and ALIVE lines by which silent claims end or go on.
"""

from typing import TYPE_CHECKING

from ledger.core.board.challenges import answer_challenges, post_challenge
from ledger.core.board.criteria import deny_ticks, describe_checklist, tick_criteria
from ledger.core.board.folding import deny_missing_ticket, find_directive
from ledger.core.board.kind import Kind
from ledger.core.board.tables import join_key
from ledger.core.model import Denial, Post

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Add the note to its ticket's history, with what it declines, asks or answers."""
    line = find_directive(post, "CHALLENGE")
    # A challenge gives the ticket a line of its own in its history.
    if line is not None:
        post_challenge(board, post, line)
    elif post.item is not None:
        _add_to_history(board, post, post.item)
    elif post.met:
        board.refuse_post(
            post, Denial("illegal-move", "`met` says nothing without a ticket", "add `item: …`")
        )
    answer_challenges(board, post)


def _add_to_history(board: "BoardOverlay", post: Post, item: str) -> None:
    ticket = board.tickets.get(item)
    if ticket is None:
        board.refuse_post(post, deny_missing_ticket(board, item))
    elif line := find_directive(post, "DECLINE"):
        board.declined.put(join_key(post.seat, ticket.id), ticket.moved_by)
        board.add_event(ticket, post, f"declined by {post.seat} ({line.reason})")
    elif not post.met:
        board.add_event(ticket, post, "note")
    elif denial := deny_ticks(ticket, post):
        board.refuse_post(post, denial)
    else:
        ticked = tick_criteria(ticket, post)
        board.tickets.put(ticket.id, ticked)
        board.add_event(ticked, post, f"note: criteria {describe_checklist(ticked.checklist)}")


KIND = Kind(
    name="note",
    apply=apply,
    fields=frozenset(("item", "to", "met")),
    directives=frozenset(("CHALLENGE", "ALIVE", "DECLINE")),
    only_speaks=True,
    template="Say it here.",
)
