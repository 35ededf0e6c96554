"""`retire`: the seat is done for now and gives its claims back."""

from dataclasses import replace

from ledger.core.folding import Folding
from ledger.core.kinds.actionable import moved
from ledger.core.model import Post, State


def apply(fold: Folding, post: Post) -> None:
    """Give back every claim the seat holds, and end its life until it boots again."""
    back = replace(post, state=State.AWAITING_CLAIM)
    for ticket in [fold.tickets[item] for item in fold.held.get(post.seat, ())]:
        fold.put(moved(ticket, back), post, f"given back: {post.seat} retired")
    fold.seats[post.seat] = replace(fold.seats[post.seat], retired_at=post.at)
