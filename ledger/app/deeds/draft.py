"""`draft`: writes a post as a file into a checkout of the feed, for people who commit by hand.

It is judged like any post, and its number is reserved on the authority at once; it lands when its author
commits and pushes it.
"""

from ledger.app.judge.beside_code import refuse_elsewhere
from ledger.app.ledger import Ledger
from ledger.app.write.loop import WriteResult, commit_request, request_write
from ledger.core.board.kinds import kind_of
from ledger.core.dataclass import replace
from ledger.core.model import State
from ledger.core.write.requests import PostRequest
from ledger.store.git.working_tree import write_posts

TEMPLATES = {
    "opening": "Say what is to be done, and how one sees that it is done.",
    "AWAITING_CLAIM": "RELEASE: say why it is given back, or what resolved the block",
    "BLOCKED": "Say what it waits for.",
    "PARKED": "Say why it rests.",
    "CANCELLED": "Say why it will not be done.",
}
"""What stands in the body of a draft without one, by the state that it leads to; for kinds of post without a
state that is their `template`."""


def draft_post(ledger: Ledger, wish: PostRequest) -> WriteResult:
    """Write this post into the working tree. A provisional one takes the lowest number that is free as last
    seen, and reserves nothing.

    Raises LedgerError `cannot-stage` where this is no checkout of the feed, or a link leads out of it.
    """
    refuse_elsewhere(ledger)
    wish = wish if wish.body else replace(wish, body=_find_template(wish))
    intent = request_write(ledger, wish, staged=True)
    return commit_request(ledger, replace(intent, unreserved=wish.provisional), keep=write_posts)


def _find_template(wish: PostRequest) -> str:
    state = str(wish.fields.get("state", ""))
    kind = kind_of(wish.kind)
    opening = "state" in kind.required and "subject" in wish.fields and state != State.BLOCKED
    return kind.template or TEMPLATES.get("opening" if opening else state, "")
