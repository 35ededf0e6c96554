"""`checkpoint`: what the posts add up to, put on the remote."""

from ledger.app.read.checkpoint import make_checkpoint
from ledger.faces.cli.session import Session


def command(session: Session) -> int:
    """Put what the posts add up to on the remote, as `refs/ledger/checkpoint`, for machines that start fresh.

    A clone without an index takes it where `git config ledger.checkpoint` is `trust`.
    """
    result = make_checkpoint(session.ledger)
    did = "is put on the remote" if result.written else "is on the remote already"
    line = f"a checkpoint of {result.posts} posts at {result.feed[:12]} {did} ({result.size} bytes)"
    record = {"feed": result.feed, "posts": result.posts, "size": result.size, "written": result.written}
    return session.answer({"checkpoint": record}, [line])
