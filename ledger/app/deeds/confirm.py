"""`confirm`: ends the provisional phase of openings, and moves those that lost to numbers of their own."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ledger.app.deeds.append import wish
from ledger.app.ledger import Ledger
from ledger.app.read.load import Feed, find_ticket, read_feed, read_series
from ledger.app.read.series import name_series_refs
from ledger.app.write.loop import WriteResult, commit_request, request_write
from ledger.core.board.kinds import kind_of
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError, RefusedByRemoteError
from ledger.core.ids import namespace_of
from ledger.core.model import Ticket
from ledger.core.write.numbers import Series
from ledger.core.write.requests import PostRequest


@dataclass(frozen=True, slots=True)
class Renumbering:
    """A losing opening and where it went: its old id, its new id, the post that moved it, and its seat."""

    old: str
    new: str
    post: str
    seat: str


@dataclass(frozen=True, slots=True)
class ConfirmResult:
    """The tickets that were confirmed, and the openings that were moved."""

    confirmed: tuple[str, ...]
    amended: tuple[Renumbering, ...]
    words: tuple[str, ...] = ()


def confirm_openings(ledger: Ledger, item: str | None = None) -> ConfirmResult:
    """Settle each opening of this seat that is provisional or colliding; of one ticket, if it is named.

    Of a ticket that is named, a strat or an operator settles the openings of others too, and any seat does
    once `confirm_within` is over. Raises LedgerError `no-such-ticket` and `illegal-move` (nothing of this
    seat to settle there).
    """
    feed = read_feed(ledger)
    series = _read_provisional_series(ledger, feed, item)
    wishes = list(_request_confirmations(ledger, feed, series, item))
    if not wishes:
        if item is not None:
            raise _explain_nothing_to_settle(ledger, feed, item)
        return ConfirmResult((), ())
    landed = _commit_confirmations(ledger, wishes)
    pairs = list(zip(wishes, landed.answer.posts, strict=True))
    return ConfirmResult(
        tuple(str(post.item) for request, post in pairs if kind_of(request.kind).confirms),
        tuple(
            Renumbering(
                _find_old_item(request),
                str(post.item),
                post.post,
                feed.board.posts[_find_opening(request)].seat,
            )
            for request, post in pairs
            if kind_of(request.kind).amends
        ),
        landed.notices,
    )


def _commit_confirmations(ledger: Ledger, wishes: list[PostRequest]) -> WriteResult:
    """Land with freshly reserved numbers; with provisional ones where the host still refuses refs."""
    try:
        return commit_request(ledger, request_write(ledger, *wishes))
    except RefusedByRemoteError:
        if all(post.reserve is None for post in wishes):
            raise
    # Such a host gives no number to anybody; the loser gets the lowest that is free as last seen.
    pending = [replace(post, provisional=post.reserve is not None) for post in wishes]
    return commit_request(ledger, request_write(ledger, *pending))


def _read_provisional_series(ledger: Ledger, feed: Feed, item: str | None) -> Mapping[str, Series]:
    """The numbers of the provisional openings to settle, as reserved on the authority."""
    numbers: dict[str, set[int]] = {}
    for ticket in _find_provisional(ledger, feed, item):
        number = feed.config.parse_ticket_id(ticket.id)
        if number is not None:
            numbers.setdefault(number.series, set()).add(number.n)
    refs = ledger.store.read_refs(name_series_refs(numbers), ledger.until) if numbers else {}
    return read_series(ledger.store, refs, None)


def _find_unsettled(feed: Feed, item: str | None) -> Iterator[Ticket]:
    return (ticket for ticket in feed.board.unsettled_tickets() if item in (None, ticket.id))


def _find_provisional(ledger: Ledger, feed: Feed, item: str | None) -> Iterator[Ticket]:
    for ticket in _find_unsettled(feed, item):
        mine = ticket.opened_by == ledger.seat
        if ticket.provisional and (mine or (item and _may_settle(ledger, feed, ticket.opened_at))):
            yield ticket


def _request_confirmations(
    ledger: Ledger, feed: Feed, series: Mapping[str, Series], item: str | None
) -> Iterator[PostRequest]:
    provisional = {ticket.id for ticket in _find_provisional(ledger, feed, item)}
    for ticket in _find_unsettled(feed, item):
        for lost in ticket.collisions:
            began = max(lost.at, ticket.opened_at)
            if lost.seat == ledger.seat or (item and _may_settle(ledger, feed, began)):
                yield _request_renumbering(ticket.id, lost.post)
        if ticket.id in provisional and _is_reserved_by_another(feed, series, ticket):
            yield _request_renumbering(ticket.id, ticket.opening)
        elif ticket.id in provisional:
            yield wish("confirm", f"CONFIRMED: {ticket.id}", item=ticket.id)


def _may_settle(ledger: Ledger, feed: Feed, began: datetime) -> bool:
    """Whether this seat settles openings of others: a strat or an operator always, any when it is time."""
    decides = feed.config.role(ledger.seat) in ("strat", "operator")
    return decides or ledger.world.now() - began > feed.config.confirm_within


def _is_reserved_by_another(feed: Feed, series: Mapping[str, Series], ticket: Ticket) -> bool:
    number = feed.config.parse_ticket_id(ticket.id)
    owners = series[number.series].owners if number and number.series in series else {}
    owner = owners.get(number.n) if number else None
    return owner is not None and owner.seat != ticket.opened_by


def _request_renumbering(old: str, opening: str) -> PostRequest:
    body = f"AMENDMENT: {old} -> {{{{ITEM_ID}}}} post:{opening}"
    return wish("amendment", body, namespace_of(old))


def _find_old_item(amendment: PostRequest) -> str:
    return amendment.body.split("AMENDMENT: ")[1].split()[0]


def _find_opening(amendment: PostRequest) -> str:
    return amendment.body.rsplit("post:", 1)[1]


def _explain_nothing_to_settle(ledger: Ledger, feed: Feed, item: str) -> LedgerError:
    ticket = find_ticket(feed, item)
    unsettled = ticket.provisional or ticket.collisions
    words = f"{item} has no opening of this seat that is provisional or lost its number"
    if unsettled:
        words += f"; {ledger.seat} may settle those of others once `confirm_within` is over"
    moved = feed.board.renumbered_from(item)
    if gone := [new for post, new in moved if feed.board.posts[post].seat == ledger.seat]:
        words += f"; the one that it filed is {gone[-1]} now"
        return LedgerError("illegal-move", words, f"`git ledger show {gone[-1]}`", {"item": item})
    return LedgerError("illegal-move", words, f"`git ledger show {item}`", {"item": item})
