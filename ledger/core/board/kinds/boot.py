"""`boot`: the seat starts, and says what it works on and how much at once."""

from typing import TYPE_CHECKING

from ledger.core.board.challenges import answer_challenges
from ledger.core.board.kind import Kind
from ledger.core.dataclass import replace
from ledger.core.model import Post

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Start a new life of the seat: its lanes, wip, cap and driver, no claims counted yet."""
    life = replace(
        board.seats[post.seat],
        booted_by=post.id,
        booted_at=post.at,
        retired_at=None,
        lanes=post.lanes,
        wip=post.wip,
        cap=post.cap,
        driver=post.driver,
        claims=0,
    )
    board.seats.put(post.seat, life)
    answer_challenges(board, post)


KIND = Kind(
    name="boot",
    apply=apply,
    fields=frozenset(("lanes", "wip", "cap", "driver")),
    directives=frozenset(("ALIVE",)),
    boots=True,
)
