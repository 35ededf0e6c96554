"""`boot`: the seat starts, and says what it works on and how much at once."""

from dataclasses import replace

from ledger.core.challenges import answer_challenges
from ledger.core.folding import Folding
from ledger.core.model import Post


def apply(fold: Folding, post: Post) -> None:
    """Start a new life of the seat: its lanes, wip, cap and driver, no claims counted yet."""
    fold.seats[post.seat] = replace(
        fold.seats[post.seat],
        booted_by=post.id,
        booted_at=post.at,
        retired_at=None,
        lanes=post.lanes,
        wip=post.wip,
        cap=post.cap,
        driver=post.driver,
        claims=0,
    )
    answer_challenges(fold, post)
