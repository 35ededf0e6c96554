"""`draft`: writes a post as a file into a checkout of the feed, for people who commit by hand.

It is judged like any post, and its number is reserved on the authority at once; it lands when its author
commits and pushes it.
"""

from dataclasses import replace

from ledger.app.land import Landed, intent_of, land
from ledger.app.ledger import Ledger
from ledger.app.load import landed_commit
from ledger.core.errors import LedgerError
from ledger.core.intents import Wish
from ledger.core.model import State
from ledger.store.remote import RemoteStore
from ledger.store.work import write_posts

TEMPLATES = {
    "opening": "Say what is to be done, and how one sees that it is done.",
    "note": "Say it here.",
    "amendment": "Say why.",
    "AWAITING_CLAIM": "RELEASE: say why it is given back, or what resolved the block",
    "BLOCKED": "Say what it waits for.",
    "PARKED": "Say why it rests.",
    "CANCELLED": "Say why it will not be done.",
}
"""What stands in the body of a draft without one, by kind or by the state that it leads to."""


def draft(ledger: Ledger, wish: Wish) -> Landed:
    """Write this post into the working tree. A provisional one takes the lowest number that is free as last
    seen, and reserves nothing.

    Raises LedgerError `cannot-stage` where this is no checkout of the feed, or a link leads out of it.
    """
    _refuse_elsewhere(ledger)
    wish = wish if wish.body else replace(wish, body=_template(wish))
    intent = intent_of(ledger, wish, staged=True)
    return land(ledger, replace(intent, unreserved=wish.provisional), keep=write_posts)


def _template(wish: Wish) -> str:
    state = str(wish.fields.get("state", ""))
    opening = wish.kind == "actionable" and "subject" in wish.fields and state != State.BLOCKED
    return TEMPLATES.get("opening" if opening else state or wish.kind, "")


def _refuse_elsewhere(ledger: Ledger) -> None:
    """Refuse a working tree whose next commit would not bring the post to the feed."""
    repo, store, landed = ledger.repo, ledger.store, landed_commit(ledger)
    head = store.rev("HEAD")
    based = head is not None and landed is not None and store.merge_base(head, landed) is not None
    if repo.head_branch() != ledger.branch and not based:
        detached = "" if isinstance(store, RemoteStore) else " --detach"
        words = f'"{repo.top}" is no checkout of the feed, which is on the branch "{ledger.branch}"'
        hint = f"`git worktree add{detached} DIR {ledger.branch}`, and draft there"
        raise LedgerError("cannot-stage", words, hint)
