"""`adopt`: written by the tool when more hand-made posts arrived than one `saw` holds. Moves nothing."""

from ledger.core.board.board import BoardOverlay
from ledger.core.model import Post


def apply(board: BoardOverlay, post: Post) -> None:
    """Nothing: what an adopt post does, it does by its `saw`, in the order."""
