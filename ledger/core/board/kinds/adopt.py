"""`adopt`: written by the tool when more hand-made posts arrived than one `saw` holds. Moves nothing."""

from typing import TYPE_CHECKING

from ledger.core.board.kind import Kind
from ledger.core.model import Post

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Nothing: what an adopt post does, it does by its `saw`, in the order."""


KIND = Kind(name="adopt", apply=apply, by_tool=True)
