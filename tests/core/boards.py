"""Boards as plain lines, for tests of the fold."""

from ledger.core.fold import fold
from ledger.core.model import Board
from tests.feeds import feed


def board_of(text: str) -> Board:
    """The board of a plain feed."""
    return fold(feed(text).posts)


def lines(board: Board) -> list[str]:
    """Each ticket in a line: id, state, holder or owner, subject, and what is odd about it."""
    told = []
    for one in sorted(board.tickets.values(), key=lambda ticket: ticket.id):
        who = one.holder or one.owner
        odd = [f"collision {lost.seat}: {lost.subject}" for lost in one.collisions]
        odd += ["provisional"] if one.provisional else []
        odd += [f"on {' '.join(one.blocked_on)}"] if one.blocked_on else []
        odd += [f"absorbed by {one.absorbed_by}"] if one.absorbed_by else []
        told.append(" | ".join([f"{one.id} {one.state} {who}: {one.subject}", *odd]))
    return told


def refusals(board: Board) -> list[str]:
    """Each refusal: its rule and the seat whose post it was."""
    return [f"{one.rule} {board.posts[one.post].seat}" for one in board.refusals if one.post in board.posts]
