"""Where posts take numbers: what the rules about numbers judge."""

from collections.abc import Iterator

from ledger.core.dataclass import dataclass
from ledger.core.folding import directive
from ledger.core.model import Post
from ledger.rules.view import View


@dataclass(frozen=True, slots=True)
class Numbered:
    """A post that brings a ticket into being under `ticket`, which it names on `line`."""

    post: Post
    ticket: str
    line: int


def numbered(view: View) -> Iterator[Numbered]:
    """Judged openings, rulings with a ticket of their own, and targets of an AMENDMENT.

    When whole, posts that the fold refused are left out: the number is another's, or nobody's.
    """
    for post in view.judged:
        if view.whole and view.is_refused(post):
            continue
        line = directive(post, "AMENDMENT")
        if line is not None and line.to is not None:
            yield Numbered(post, line.to, line.line)
        elif post.item is not None and _opens(post):
            yield Numbered(post, post.item, post.lines.get("item", 1))


def _opens(post: Post) -> bool:
    return post.kind == "ruling" or (post.kind == "actionable" and post.subject is not None)
