"""What an amendment adds to the lists of a ticket and takes out of them; the post says the whole lists."""

from collections.abc import Sequence

from ledger.core.board.board import Board
from ledger.core.board.criteria import list_criteria
from ledger.core.board.tables import join_key
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.feed.fields import ALL
from ledger.core.model import Ticket
from ledger.core.write.requests import Value, WriteRequest


@dataclass(frozen=True, slots=True)
class ListChanges:
    """Labels and criteria to add and to take away; of criteria these are numbers, or `all`."""

    labels: tuple[str, ...] = ()
    unlabels: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def with_whole_lists(board: Board, intent: WriteRequest, changes: ListChanges) -> WriteRequest:
    """An intent of one amendment that says the lists as they are to be, by those that a ticket has.

    Raises LedgerError `usage` for what is to go and is not there.
    """
    (wish,) = intent.wishes
    ticket = board.tickets.get(str(wish.fields.get("item")))
    if ticket is None:
        return intent  # the fold says where it went
    fields: dict[str, Value] = dict(wish.fields)
    landed = board.seen.get(join_key(intent.seat, intent.nonce))
    if landed is not None:
        # Asked again: the same write says the same, whatever became of the ticket since.
        post = board.posts[landed]
        fields |= {name: getattr(post, name) for name in ("labels", "criteria") if name in post.lines}
    else:
        if changes.labels or changes.unlabels:
            fields["labels"] = _change_labels(ticket, changes)
        if changes.criteria or changes.dropped:
            fields["criteria"] = _change_criteria(board, ticket, changes)
    return replace(intent, wishes=(replace(wish, fields=fields),))


def _change_labels(ticket: Ticket, changes: ListChanges) -> tuple[str, ...]:
    standing = {label.casefold(): label for label in ticket.labels}
    for label in changes.unlabels:
        if standing.pop(label.casefold(), None) is None:
            has = f"it has {', '.join(ticket.labels)}" if ticket.labels else "it has none"
            raise LedgerError("usage", f'{ticket.id} has no label "{label}"', has)
    added = {label.casefold(): label for label in changes.labels}
    return tuple((standing | {name: label for name, label in added.items() if name not in standing}).values())


def _change_criteria(board: Board, ticket: Ticket, changes: ListChanges) -> tuple[str, ...]:
    texts = [criterion.text for criterion in list_criteria(board, ticket)]
    gone = _numbers_to_drop(ticket, texts, changes.dropped)
    kept = [text for number, text in enumerate(texts, 1) if number not in gone]
    return tuple(dict.fromkeys([*kept, *changes.criteria]))


def _numbers_to_drop(ticket: Ticket, texts: Sequence[str], dropped: Sequence[str]) -> set[int]:
    numbers = set(range(1, len(texts) + 1))
    if ALL in dropped:
        return numbers
    for word in dropped:
        if not word.isdecimal() or int(word) not in numbers:
            words = f'{ticket.id} has {len(texts)} criteria, and no number "{word}"'
            raise LedgerError("usage", words, f"`git ledger show {ticket.id}` numbers them")
    return {int(word) for word in dropped}
