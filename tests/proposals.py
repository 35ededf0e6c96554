"""Proposals in tests: branches with posts on them, that did not land."""

from tests.fleet import Seat

RANGE = "origin/main..HEAD"
"""What a proposal is compared with, in the clone that made it."""


def begins(seat: Seat, branch: str = "proposal") -> None:
    """Start a proposal on what has landed now."""
    seat.git("fetch", "-q")
    seat.git("checkout", "-q", "--no-track", "-B", branch, "origin/main")


def commits(seat: Seat) -> None:
    """Commit everything below `feed/`, as somebody does who runs no hooks."""
    seat.git("add", "-A", "feed")
    seat.git("commit", "-q", "--no-verify", "-m", "A proposal")


def opens(seat: Seat, item: str, subject: str, **fields: str) -> str:
    """Write an opening by hand; gives the post's id."""
    return seat.writes(item=item, state="AWAITING_CLAIM", subject=subject, **fields)
