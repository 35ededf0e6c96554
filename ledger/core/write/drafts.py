"""One intent becomes posts: numbers given, placeholders filled, the place in the feed's order written."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ledger.core.board.board import Board
from ledger.core.board.kinds import kind_of
from ledger.core.board.rulings import find_absorbed
from ledger.core.board.waits import posts_that_ended
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.feed.order import SAW_LIMIT, Order
from ledger.core.feed.posts import FIELD_ORDER, parse_post, render_post
from ledger.core.ids import format_timestamp, make_post_id, namespace_of, path_of_post
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Finding, Post, State, Ticket
from ledger.core.write.numbers import Reservation, Series, is_leap
from ledger.core.write.requests import PostRequest, Value, WriteRequest

_PLACEHOLDER = LazyPattern(r"\{\{ITEM_ID(?:\.([0-9]+))?\}\}")


@dataclass(frozen=True, slots=True)
class PostDrafts:
    """An intent's posts and files in feed order, and the numbers, series and order after them.

    `reserved` are the numbers to reserve, `granted` those and the ones that an earlier try reserved.
    """

    posts: tuple[Post, ...]
    files: tuple[tuple[str, bytes], ...]
    reserved: tuple[Reservation, ...]
    granted: tuple[Reservation, ...]
    series: Mapping[str, Series]
    order: Order
    findings: tuple[Finding, ...]
    notices: tuple[str, ...]


def draft_posts(
    board: Board, config: Config, series: Mapping[str, Series], intent: WriteRequest
) -> PostDrafts:
    """Draft the posts of an intent. Raises LedgerError when a number or placeholder cannot be given."""
    numbers = Numbering(board, config, series, intent)
    items = [numbers.ticket_for_request(wish, place) for place, wish in enumerate(intent.wishes)]
    if intent.numbers is not None:
        numbers.reserve_numbers(*intent.numbers, intent.nonce)
    wishes = [fill_placeholders(wish, place, items) for place, wish in enumerate(intent.wishes)]
    posts: list[Post] = []
    files: list[tuple[str, bytes]] = []
    findings: list[Finding] = []
    for name, fields, body in _compose_posts(board, intent, wishes):
        path = path_of_post(name)
        data = render_post(sorted(fields.items(), key=lambda field: _rank_of_field(field[0])), body)
        # Its own text is parsed as any other: what the rules judge is what readers will read.
        post, found = parse_post(data, path)
        findings += found
        files.append((path, data))
        if post is not None:
            posts.append(post)
    return PostDrafts(
        tuple(posts),
        tuple(files),
        tuple(numbers.allocated),
        tuple(numbers.granted),
        numbers.series,
        _order_after(board.order, posts, intent.staged),
        tuple(findings),
        tuple(numbers.notices),
    )


def _rank_of_field(field: str) -> int:
    return FIELD_ORDER.index(field) if field in FIELD_ORDER else len(FIELD_ORDER)


class Numbering:
    """Gives the numbers of one intent, in turn, from the series as they stand."""

    def __init__(
        self, board: Board, config: Config, series: Mapping[str, Series], intent: WriteRequest
    ) -> None:
        self.board, self.config, self.intent = board, config, intent
        self.series = dict(series)
        self.allocated: list[Reservation] = []
        self.granted: list[Reservation] = []
        self.notices: list[str] = []

    def ticket_for_request(self, wish: PostRequest, place: int) -> str | None:
        """The ticket of one wish: a fresh number where it reserves, else what it names."""
        if wish.reserve is not None:
            unwritten = wish.provisional and self.intent.unreserved
            return self.reserve_numbers(wish.reserve, 1, self.intent.wish_nonce(place), unwritten)[0]
        named = wish.fields.get("item")
        item = named if isinstance(named, str) else None
        if item is None or not kind_of(wish.kind).opens(wish.fields.get("subject")):
            return item
        return self._number_for_opening(item, self.intent.wish_nonce(place))

    def reserve_numbers(self, namespace: str, count: int, nonce: str, unwritten: bool = False) -> list[str]:
        """Reserve the next `count` numbers of a namespace's series of the day; gives their tickets.

        Numbers that an earlier try of the same intent reserved (staged work) are given again. What is
        `unwritten` is only held for the posts of this plan.
        """
        name = self.config.series_of(namespace, self.intent.at.date())
        if name is None:
            where = "`feed/ledger.yaml` lists the namespaces"
            raise LedgerError("usage", self.config.why_not_namespace(namespace), where)
        # in any series: the one of the day may be another by now, and another prefix is another write
        owners = [reservation for series in self.series.values() for reservation in series.owners.values()]
        mine = [
            reservation
            for reservation in owners
            if reservation and self._is_of_this_request(reservation, nonce)
        ]
        if mine:
            return self._grant_again(namespace, sorted(mine, key=lambda reservation: reservation.n), count)
        series = self.series[name]
        try:
            numbers = series.allocate(count, lambda n: self._is_named_in_feed(name, n))
        except OverflowError:
            # Nine digits are the end: a tenth would be read as a date by patterns without a dash.
            words = f"the series {name} has no number left"
            raise LedgerError("exhausted", words, "file in another namespace") from None
        return [self._allocate_number(name, n, nonce, unwritten) for n in numbers]

    def _grant_again(self, namespace: str, mine: list[Reservation], count: int) -> list[str]:
        if len(mine) != count or any(namespace_of(reservation.ticket) != namespace for reservation in mine):
            before = ", ".join(reservation.ticket for reservation in mine)
            words = f'the nonce "{self.intent.nonce}" reserved {before} before'
            raise LedgerError("nonce-used", words, "leave `--intent` out")
        self.granted += mine
        return [reservation.ticket for reservation in mine]

    def _is_of_this_request(self, reservation: Reservation, nonce: str) -> bool:
        return reservation.seat == self.intent.seat and reservation.nonce == nonce

    def _is_named_in_feed(self, series: str, n: int) -> bool:
        return any(ticket in self.board.named for ticket in self.config.spellings(series, n))

    def _allocate_number(self, series: str, n: int, nonce: str, unwritten: bool = False) -> str:
        ticket = self.config.spell(series, n)
        reservation = Reservation(
            series, n, ticket, self.intent.seat, format_timestamp(self.intent.at), nonce
        )
        self.series[series] = self.series[series].with_reserved(reservation)
        if not unwritten:
            self.allocated.append(reservation)
            self.granted.append(reservation)
        return ticket

    def _number_for_opening(self, item: str, nonce: str) -> str:
        """An opening under a number that the seat names itself.

        A number that it reserved and that somebody opened since is replaced by a fresh one. A number
        that needs no reservation (a private namespace, the first of a series) is reserved on the way.
        """
        number = self.config.parse_ticket_id(item)
        series = self.series.get(number.series) if number else None
        if number is None or series is None:
            return item
        owner = series.owners.get(number.n)
        taken: Ticket | None = self.board.tickets.get(item)
        # The number was ours, and somebody opened it by hand in spite of that: the first opening stands.
        if taken and owner and owner.seat == self.intent.seat != taken.opened_by:
            fresh = self.reserve_numbers(namespace_of(item), 1, nonce)[0]
            self.notices.append(f"{item} was opened by {taken.opened_by} meanwhile; filed as {fresh}")
            return fresh
        private = self.config.private_to(namespace_of(item)) == self.intent.seat
        # Without a leap: one post by hand with a number of nine digits would use up the series.
        free = number.n not in series.taken and number.n > series.tip and taken is None
        first = number.n == 1 and series.untouched and not self._is_any_named_in(number.series)
        if free and ((private and not is_leap(number.n, series.tip)) or first):
            self._allocate_number(number.series, number.n, nonce)
        return item

    def _is_any_named_in(self, series: str) -> bool:
        read = (self.config.parse_ticket_id(ticket) for ticket in self.board.named.keys_from(series))
        return any(number is not None and number.series == series for number in read)


def fill_placeholders(wish: PostRequest, place: int, items: Sequence[str | None]) -> PostRequest:
    """The wish with its placeholders filled and its own ticket as `item`; `items` has one for each wish.

    Raises LedgerError `usage` for a placeholder that stands for no ticket.
    """

    def ticket(found: re.Match[str]) -> str:
        index = int(found[1]) - 1 if found[1] else place
        item = items[index] if 0 <= index < len(items) else None
        if item is None:
            raise LedgerError(
                "usage",
                f'"{found[0]}" stands for no ticket: this write has no such post, or it has no ticket',
                "count from 1; `{{ITEM_ID}}` is the post's own ticket",
            )
        return item

    def fill(value: Value) -> Value:
        if isinstance(value, str):
            return _PLACEHOLDER.sub(ticket, value)
        return tuple(_PLACEHOLDER.sub(ticket, text) for text in value)

    fields = {name: fill(value) for name, value in wish.fields.items()}
    own = items[place]
    if own is not None:
        fields["item"] = own
    body = _PLACEHOLDER.sub(ticket, wish.body)
    if wish.provisional:
        body = f"CONFIRM-PENDING: {own}\n" + (f"\n{body}" if body else "")
    return replace(wish, fields=fields, body=body, reserve=None)


def _compose_posts(
    board: Board, intent: WriteRequest, wishes: Sequence[PostRequest]
) -> Iterator[tuple[str, dict[str, Value], str]]:
    """Post id, whole header and body of each post, adopting posts first when `saw` would be too long."""
    adopting = 0 if intent.staged else max(0, (len(board.order.unseen) - 1) // SAW_LIMIT)
    rows = [*(PostRequest("adopt") for _ in range(adopting)), *wishes]
    head, unseen = board.order.head, board.order.unseen
    for place, wish in enumerate(rows):
        # Adopting posts take places below zero: their nonces differ from those of all posts that are asked
        # for, and are the same when the request is tried again.
        nonce = intent.wish_nonce(place - adopting if place >= adopting else -1 - place)
        name = make_post_id(intent.at, intent.seat, nonce)
        fields: dict[str, Value] = {"seat": intent.seat, "at": format_timestamp(intent.at), "kind": wish.kind}
        if not intent.staged:
            fields["seq"] = str(head[1] + 1 if head else 1)
            if head:
                fields["prev"] = head[0]
            if unseen[:SAW_LIMIT]:
                fields["saw"] = unseen[:SAW_LIMIT]
            head, unseen = (name, head[1] + 1 if head else 1), unseen[SAW_LIMIT:]
        # Two agents under one seat in two clones look alike otherwise: a claim names where it was made.
        if intent.clone and wish.fields.get("state") == State.CLAIMED:
            fields["clone"] = intent.clone
        yield name, fields | dict(wish.fields) | _find_citations(board, wish), wish.body


def _find_citations(board: Board, wish: PostRequest) -> dict[str, Value]:
    """`cites`: the newest post of each ticket that a ruling, REPAIR or HANDOFF touches; for a RELEASE, what
    ended the block."""
    if "cites" in wish.fields:
        return {}
    acts = kind_of(wish.kind).directives
    if "ABSORB" in acts:
        touched = find_absorbed(wish.body)
    elif "REPAIR" in acts and re.search(r"^(REPAIR|HANDOFF):", wish.body, re.MULTILINE):
        touched = [str(wish.fields.get("item"))]
    elif "RELEASE" in acts and re.search(r"^RELEASE:", wish.body, re.MULTILINE):
        ticket = board.tickets.get(str(wish.fields.get("item")))
        blocks = ticket.blocked_on if ticket is not None else ()
        ended = tuple(dict.fromkeys(posts_that_ended(board.tickets, board.ruled, blocks)))
        return {"cites": ended} if ended else {}
    else:
        return {}
    tickets = (board.tickets.get(item) for item in dict.fromkeys(touched))
    cites = tuple(dict.fromkeys(ticket.moved_by for ticket in tickets if ticket is not None))
    return {"cites": cites} if cites else {}


def _order_after(order: Order, posts: Sequence[Post], staged: bool) -> Order:
    if not posts:
        return order
    if staged:
        return replace(order, unseen=(*order.unseen, *(post.id for post in posts)))
    return replace(order, head=(posts[-1].id, posts[-1].seq or 0), unseen=())
