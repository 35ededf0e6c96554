"""A push of the feed's branch that is no fast-forward: git asks the hook before the server takes it."""

from ledger.app.ledger import Ledger
from ledger.core.model import Finding
from ledger.rules.rewound_feed import report_dropping_push


def find_dropped_posts(ledger: Ledger, ref: str, new: str | None, old: str | None) -> Finding | None:
    """What a push would take away that moves the feed's branch from `old` to `new` (None: it deletes it).

    git calls the hook for no push that it refuses itself, so one whose `old` is not here is forced.
    """
    if old is None:
        return None
    if ledger.objects.resolve_commit(old) is None:
        return report_dropping_push(ref, (), unseen=old)
    if new is not None and ledger.objects.find_merge_base(old, new) == old:
        return None
    lost = sorted(ledger.store.find_lost_posts(old, new))
    return report_dropping_push(ref, lost) if lost else None
