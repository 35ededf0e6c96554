"""What the posts of a feed add up to: tickets, seats, and what was said of each post.

`Board` is what every reader asks: by key through its tables, by its questions, and `all_…` for what is truly
about everything. `BoardOverlay` is a board that is written to, on top of another one that stays as it is; the
fold writes into it. A whole fold is one on top of nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ledger.core.board.deeds import RETIRE, Deed, DeedLog, Milestones, OverlayDeeds
from ledger.core.board.links import links_of_post, links_of_ticket
from ledger.core.board.tables import (
    Arrivals,
    Journal,
    Lows,
    Overlay,
    OverlayArrivals,
    OverlayJournal,
    OverlayLows,
    Table,
    join_key,
)
from ledger.core.dataclass import replace
from ledger.core.feed.order import Order
from ledger.core.model import (
    Challenge,
    Denial,
    Event,
    Lift,
    Post,
    Refusal,
    SeatLife,
    Ticket,
)

if TYPE_CHECKING:
    from ledger.core.search import Query


class Board:
    """All tickets and seats at one moment, and what the fold has to say of each post."""

    tickets: Table[Ticket]
    """By id."""
    seats: Table[SeatLife]
    """By name."""
    posts: Arrivals[Post]
    """By id, in feed order."""
    seen: Table[str]
    """The post that counts, by seat and nonce."""
    named: Table[str]
    """The first post that names a ticket, by every ticket id that any post names."""
    moved: Table[str]
    """The id under which the ticket goes on that an AMENDMENT moved away last, by the id that it left."""
    renumbered: Table[str]
    """The new id of every opening that an AMENDMENT moved, by its old id and its post."""
    ruled: Table[str]
    """The newest ruling on a ticket, by the id in its `rules_on`; under `NEWEST` that of all."""
    lifts: Table[Lift]
    """What a post did that lifted a block, or a part of one, by the post."""
    newest_challenges: Table[Challenge]
    """The newest challenge by ticket, seat and clone, answered or not."""
    declined: Table[str]
    """The newest move of a ticket when a seat declined it, by seat and ticket; the next move ends it."""
    posted: Table[str]
    """The newest post by seat and ticket."""
    milestones: Table[Milestones]
    """Since when a ticket stands as it does, by every id that a ticket ever had."""
    shifts: Table[str]
    """`boot` or `retire`, by the seat, the time and the place of each post that did so."""
    refused: Journal[Refusal]
    """What was refused of a post, whole or in one line, by the post."""
    events: Journal[Event]
    """The history of tickets, by the post that opened them, since an AMENDMENT may change their ids."""
    deeds: DeedLog
    """What posts did."""
    lows: Lows
    """When the posts of the chain were made, by their places."""
    order: Order

    # Tickets

    def all_tickets(self) -> Iterator[Ticket]:
        """Every ticket, by id."""
        return self.tickets.all()

    def open_tickets(self) -> list[Ticket]:
        """The tickets that are neither DONE nor CANCELLED, by id."""
        return self._tickets_with("open")

    def tickets_held_by(self, seat: str) -> list[Ticket]:
        """The tickets that a seat holds, as it took them."""
        held = self._tickets_with(f"holder {seat}")
        return sorted(held, key=lambda ticket: (ticket.held_since or ticket.since, ticket.id))

    def open_tickets_filed_by(self, seat: str) -> list[Ticket]:
        """The open tickets that a seat opened, by id."""
        return self._tickets_with(f"opener {seat}")

    def unsettled_tickets(self) -> list[Ticket]:
        """The tickets that are provisional, or under whose number other openings lost, by id."""
        return self._tickets_with("unsettled")

    def tickets_awaiting_ruling(self, item: str) -> list[Ticket]:
        """The tickets that are BLOCKED on a ruling on a ticket, by id."""
        return self._tickets_with(f"awaits {item}")

    def tickets_awaiting_unnamed_ruling(self) -> list[Ticket]:
        """The tickets that wait for a ruling which they do not name, by id."""
        return self._tickets_with("unnamed")

    def namespaces(self) -> list[str]:
        """The namespaces in which there are tickets, sorted."""
        return sorted({link.split(" ")[1] for link in self.tickets.links_from("filer ")})

    def filers_in(self, namespace: str) -> set[str]:
        """The seats that opened tickets in a namespace, or lost an opening there."""
        prefix = f"filer {namespace} "
        return {link.removeprefix(prefix) for link in self.tickets.links_from(prefix)}

    def renumbered_from(self, item: str) -> list[tuple[str, str]]:
        """The openings that an AMENDMENT moved away from an id, by post id, each with its new ticket."""
        keys = self.renumbered.keys_from(join_key(item, ""))
        return [(key.partition(" ")[2], self.renumbered[key]) for key in keys]

    def history_of(self, ticket: Ticket) -> Sequence[Event]:
        """What happened to a ticket, oldest first."""
        return self.events.rows(ticket.opening)

    def challenges(self, ticket: Ticket) -> list[Challenge]:
        """The open challenges against a ticket's holder, oldest first: the newest of each seat and clone."""
        if not ticket.challenged or ticket.life is None:
            return []
        keys = self.newest_challenges.keys_from(join_key(ticket.id, ""))
        newest = (self.newest_challenges[key] for key in keys)
        standing = [challenge for challenge in newest if challenge.life == ticket.life.post]
        return sorted(standing, key=lambda challenge: self.posts.place_of(challenge.post))

    def has_declined(self, seat: str, ticket: Ticket) -> bool:
        """Whether a seat declined a ticket since that last changed."""
        return self.declined.get(join_key(seat, ticket.id)) == ticket.moved_by

    def tickets_ever_declined_by(self, seat: str) -> set[str]:
        """The ids of the tickets that a seat declined, whatever became of them since."""
        return {key.partition(" ")[2] for key in self.declined.keys_from(join_key(seat, ""))}

    def _tickets_with(self, link: str) -> list[Ticket]:
        return [self.tickets[key] for key in self.tickets.find(link)]

    # Seats

    def all_seats(self) -> Iterator[SeatLife]:
        """Every seat that ever posted, by name."""
        return self.seats.all()

    def tickets_posted_on_by(self, seat: str) -> set[str]:
        """The ids of the tickets that a seat posted on."""
        return {key.partition(" ")[2] for key in self.posted.keys_from(join_key(seat, ""))}

    def newest_post_on(self, item: str, seat: str) -> str | None:
        """The id of the newest post of a seat on a ticket."""
        return self.posted.get(join_key(seat, item))

    def deeds_by(self, seat: str, since: datetime) -> Sequence[Deed]:
        """What a seat did from a time on, and from its newest post before that on, in feed order."""
        return self.deeds.by(seat, self.deeds.last_post(seat, since) or since)

    def was_retired(self, seat: str, before: datetime) -> bool:
        """Whether the posts of a seat that are dated before a time leave it retired."""
        key = self.shifts.last_key(join_key(seat, before.isoformat()))
        return key is not None and key.startswith(join_key(seat, "")) and self.shifts[key] == RETIRE

    def openings_of(self, item: str) -> Sequence[Deed]:
        """The posts that open a ticket, or would have, in feed order."""
        return self.deeds.opening(item)

    # Posts

    def all_posts(self) -> Iterator[Post]:
        """Every post that stands in the feed, in feed order. Of copies of one post the first."""
        return self.posts.all()

    def posts_on(self, item: str) -> list[Post]:
        """The posts with a ticket as their own, in feed order."""
        return [*self.posts.newest(f"item {item}")][::-1]

    def newest_posts_by(self, seat: str) -> Iterator[Post]:
        """The posts of a seat, the newest first."""
        return self.posts.newest(f"seat {seat}")

    def newest_notes_to(self, seat: str) -> Iterator[Post]:
        """The posts that name a seat in `to`, the newest first."""
        return self.posts.newest(f"to {seat}")

    def newest_post_to(self, writer: str, reader: str) -> Post | None:
        """The newest post by which a seat wrote to another."""
        return next(self.posts.newest(f"letter {writer} {reader}"), None)

    def search_posts(self, query: "Query", most: int) -> list[tuple[str, str | None]]:
        """The posts that have all of a query, at most so many, with the ticket that each is about, the
        likeliest first."""
        return _rank_matches(query, self.all_posts())[:most]

    def is_named(self, post: str) -> bool:
        """Whether a post of the chain, or one that is off it, names a post as what stands before it."""
        if post in self.order.lacking:
            return True
        return post in self.posts and self.order.head is not None and self.is_before(post, self.order.head[0])

    def is_before(self, post: str, other: str) -> bool:
        """Whether a post stands before another. Raises KeyError for one that is not in the feed."""
        return self.posts.place_of(post) < self.posts.place_of(other)

    def landed_at_latest(self, post: str) -> datetime | None:
        """When a post had landed at the latest: the earliest time of the chain at or behind it."""
        return self.lows.earliest(self.posts.place_of(post))


class BoardOverlay(Board):
    """A board that is written to; `base` is what it stands on, which stays as it is."""

    tickets: Overlay[Ticket]
    seats: Overlay[SeatLife]
    posts: OverlayArrivals[Post]
    seen: Overlay[str]
    named: Overlay[str]
    moved: Overlay[str]
    renumbered: Overlay[str]
    ruled: Overlay[str]
    lifts: Overlay[Lift]
    newest_challenges: Overlay[Challenge]
    declined: Overlay[str]
    posted: Overlay[str]
    milestones: Overlay[Milestones]
    shifts: Overlay[str]
    refused: OverlayJournal[Refusal]
    events: OverlayJournal[Event]
    deeds: OverlayDeeds
    lows: OverlayLows

    def __init__(self, base: Board | None = None) -> None:
        self.base = base
        below: Any = _NOTHING if base is None else base
        self.tickets = Overlay(below.tickets, links_of_ticket)
        self.seats = Overlay(below.seats)
        self.posts = OverlayArrivals(below.posts, links_of_post)
        self.seen = Overlay(below.seen)
        self.named = Overlay(below.named)
        self.moved = Overlay(below.moved)
        self.renumbered = Overlay(below.renumbered)
        self.ruled = Overlay(below.ruled)
        self.lifts = Overlay(below.lifts)
        self.newest_challenges = Overlay(below.newest_challenges)
        self.declined = Overlay(below.declined)
        self.posted = Overlay(below.posted)
        self.milestones = Overlay(below.milestones)
        self.shifts = Overlay(below.shifts)
        self.refused = OverlayJournal(below.refused)
        self.events = OverlayJournal(below.events)
        self.deeds = OverlayDeeds(below.deeds)
        self.lows = OverlayLows(below.lows)
        self.order = Order() if base is None else base.order

    def merge(self, other: "BoardOverlay") -> None:
        """Take over what was written to a board on top of this one."""
        # Tickets may have been removed and made again under other ids: `Overlay.merge` removes first.
        for name in TABLES:
            getattr(self, name).merge(getattr(other, name))
        self.order = other.order

    def changed_tickets(self, before: Board) -> list[str]:
        """The ids of the tickets that may not be here as they are on another board, sorted."""
        # Removed ones count: what was renumbered is no longer there under its old id.
        changed = {*self.tickets.own, *self.tickets.gone}
        # On another base any ticket may differ, although nothing was written to it here.
        return sorted(changed if self.base is before else {*changed, *before.tickets.keys_from("")})

    def search_posts(self, query: "Query", most: int) -> list[tuple[str, str | None]]:
        """The same; what was written here comes first, each part as it ranks its own."""
        own = _rank_matches(query, self.posts.own.values())[:most]
        return own if self.base is None else [*own, *self.base.search_posts(query, most - len(own))]

    # What the kinds of post write

    def refuse_post(self, post: Post, denial: Denial, item: str | None = None) -> None:
        """Keep what was refused, and let the ticket's history say so."""
        item = item or post.item
        line = denial.line or post.lines.get("state") or post.lines.get("kind") or 1
        self.refused.add(post.id, Refusal(denial.rule, post.id, line, denial.message, denial.fix, item))
        ticket = self.tickets.get(item) if item else None
        if ticket is not None:
            words = f"refused ({denial.rule}): {denial.message}"
            self.events.add(ticket.opening, Event(post.id, words, ticket.state, refused=True, moved=False))

    def put_moved(self, ticket: Ticket, post: Post, effect: str) -> None:
        """Store a ticket that `post` moved. Any move ends what seats declined before it."""
        # `moved_by` names the newest move: `has_declined` and `expects` compare with it.
        moved = ticket if ticket.moved_by == post.id else replace(ticket, moved_by=post.id)
        self.tickets.put(ticket.id, moved)
        self.events.add(ticket.opening, Event(post.id, effect, ticket.state))

    def add_event(self, ticket: Ticket, post: Post, effect: str) -> None:
        """Let the history of a ticket have what `post` said of it, without a move."""
        self.events.add(ticket.opening, Event(post.id, effect, ticket.state, moved=False))


def _rank_matches(query: "Query", posts: Iterable[Post]) -> list[tuple[str, str | None]]:
    """Those of some posts that match: the more of the query in the subject the better, then the newest."""
    from ledger.core.search import counts_in, matches_post  # asked by one command

    found = [post for post in posts if matches_post(query, post)][::-1]
    ranked = sorted(found, key=lambda post: -counts_in(query, post.subject or ""))
    return [(post.id, post.item) for post in ranked]


TABLES = tuple(name for name in BoardOverlay.__annotations__)
"""The names of the tables of a board."""
_NOTHING = SimpleNamespace(**dict.fromkeys(TABLES))
