"""Where posts take numbers: what the rules about numbers judge."""

from collections.abc import Callable, Iterator, Sequence

from ledger.core.board.links import opened_ticket_of
from ledger.core.dataclass import dataclass
from ledger.core.model import Post
from ledger.rules.view import View

Suspecting = Callable[[str, str], bool]
"""Whether a ticket, by its id, that a seat brought into being may be a finding."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A post that brings a ticket into being under `ticket`, which it names on `line`."""

    post: Post
    ticket: str
    line: int


def find_numbered_posts(view: View, is_suspect: Suspecting) -> Iterator[Numbered]:
    """Judged openings, rulings with a ticket of their own, and targets of an AMENDMENT.

    When whole, those are left out that the fold refused, since the number is another's, or nobody's; and
    those that are not suspect by ticket and seat alone, so that old posts are not read again.
    """
    for post in _find_suspects(view, is_suspect) if view.full_scan else view.judged:
        opened = opened_ticket_of(post)
        if opened is not None and not (view.full_scan and view.is_refused(post)):
            yield Numbered(post, *opened)


def _find_suspects(view: View, is_suspect: Suspecting) -> Sequence[Post]:
    return view.judged_posts_with(
        *(f"opens {item} {seat}" for item, seat in view.openers_of_tickets if is_suspect(item, seat))
    )
