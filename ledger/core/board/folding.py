"""What the kinds of post share: the directives of a post, and the refusals that several of them give."""

from typing import TYPE_CHECKING

from ledger.core.did_you_mean import suggest_respelled
from ledger.core.model import Denial, Directive, Life, Post, Ticket

if TYPE_CHECKING:
    from ledger.core.board.board import Board


def find_directive(post: Post, *names: str) -> Directive | None:
    """The first directive of the post with one of these names."""
    return next((line for line in post.directives if line.name in names), None)


def deny_missing_ticket(board: "Board", item: str | None, but: str = "") -> Denial:
    """There is no such ticket; says where it went when an AMENDMENT moved it. `but` ends the sentence."""
    words = f"there is no ticket {item}{but}"
    if item is not None and item in board.moved:
        words += f"; it was moved to {board.moved[item]}"
    hint = suggest_respelled(item or "", board.tickets, "`git ledger queue --all` lists the tickets")
    return Denial("illegal-move", words, hint)


def has_lost_opening(ticket: Ticket, seat: str) -> bool:
    """True when this seat has an opening that lost against this ticket and was not yet amended."""
    return any(collision.seat == seat for collision in ticket.collisions)


def deny_ambiguous(ticket: Ticket, post: Post) -> Denial | None:
    """A seat whose own opening lost cannot mean this ticket with certainty (domain: order and the fold)."""
    if not has_lost_opening(ticket, post.seat):
        return None
    return Denial(
        "ambiguous-item",
        f"{ticket.id} is the ticket of {ticket.opened_by}; the one that {post.seat} filed under the same "
        "number has not been moved yet, so this changes nothing",
        f"`git ledger confirm {ticket.id}` gives the losing ticket a number of its own",
    )


def sign_of_life(post: Post) -> Life:
    """The sign of life that a post by a holder is."""
    return Life(post.id, post.at)
