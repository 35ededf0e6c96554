"""`undo`: takes back what this seat did last."""

from ledger.app.ledger import Ledger
from ledger.app.read.load import read_feed
from ledger.app.write.loop import WriteResult, commit_request, request_write
from ledger.core.board.tables import join_key
from ledger.core.dataclass import replace
from ledger.core.write.plan import PlanView
from ledger.core.write.repeat import nonce_used_error
from ledger.core.write.requests import WriteRequest
from ledger.core.write.undoing import MARK, Undo, plan_undo


def undo_last_deed(ledger: Ledger) -> tuple[WriteResult, Undo | None]:
    """Post what takes back the last deed of this seat. Beside it stands what was undone; None where the same
    request had landed before.

    Raises LedgerError `cannot-undo`, and what the posts themselves are refused for.
    """
    found: list[Undo] = []

    def latest(view: PlanView, intent: WriteRequest) -> WriteRequest:
        # By the nonce: once it has landed, the last deed of the seat is what it posted.
        name = view.board.seen.get(join_key(intent.seat, intent.nonce))
        if name is not None:
            if MARK not in view.board.posts[name].body:
                raise nonce_used_error(intent, name)
            return intent
        # Planned anew on each view: whoever won the swap may have gone on from the deed.
        found[:] = [plan_undo(view.board, view.config, intent.seat)]
        return replace(intent, wishes=found[0].requests)

    landed = commit_request(ledger, request_write(ledger), latest)
    return landed, found[0] if found else None


def find_undo(ledger: Ledger) -> Undo:
    """What `undo_last_deed` would take back, and how. Raises LedgerError `cannot-undo`."""
    feed = read_feed(ledger)
    return plan_undo(feed.board, feed.config, ledger.seat)
