"""The fold while it runs: what the kinds of post write into, and how they refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ledger.core.log import Log
from ledger.core.model import (
    Board,
    Challenge,
    Directive,
    Event,
    Life,
    Lift,
    Post,
    Refusal,
    SeatLife,
    Ticket,
)
from ledger.core.near import or_respelled
from ledger.core.order import Ordered


@dataclass(frozen=True, slots=True)
class No:
    """Why a post may not do what it says: the rule that names it, words, and what to do instead."""

    rule: str
    message: str
    fix: str = ""
    line: int | None = None


@dataclass
class Folding:
    """Tickets and seats as they stand after the posts taken in so far. `copy` it to try something."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    seats: dict[str, SeatLife] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    moved: dict[str, Log[tuple[str, str]]] = field(default_factory=dict)
    ruled: dict[str, Log[str]] = field(default_factory=dict)
    held: dict[str, dict[str, None]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    lifts: dict[str, Lift] = field(default_factory=dict)
    asked: dict[tuple[str, str, str], Challenge] = field(default_factory=dict)
    """The newest challenge of each ticket, seat and clone, answered or not."""
    renumbered: dict[tuple[str, str], str] = field(default_factory=dict)
    """The new id of every opening that an AMENDMENT moved, by its old id and post."""

    def copy(self) -> "Folding":
        """An independent copy; records are shared, since they are frozen."""
        return Folding(
            dict(self.tickets),
            dict(self.seats),
            dict(self.posts),
            list(self.refusals),
            dict(self.seen),
            dict(self.moved),
            dict(self.ruled),
            _copied(self.held),
            set(self.named),
            dict(self.lifts),
            dict(self.asked),
            dict(self.renumbered),
        )

    def board(self, ordered: Ordered) -> Board:
        """Freeze what stands; `ordered` adds what the order says of the posts."""
        return Board(
            tickets=dict(self.tickets),
            seats=dict(self.seats),
            posts=dict(self.posts),
            refusals=tuple(self.refusals),
            seen=dict(self.seen),
            moved=dict(self.moved),
            ruled=dict(self.ruled),
            held=_copied(self.held),
            named=frozenset(self.named),
            lifts=dict(self.lifts),
            head=ordered.head,
            unseen=ordered.unseen,
            forked=ordered.forked,
            missing=ordered.missing,
        )

    def refuse(self, post: Post, no: No, item: str | None = None) -> None:
        """Keep what was refused, and let the ticket's history say so."""
        item = item or post.item
        line = no.line or post.lines.get("state") or post.lines.get("kind") or 1
        self.refusals.append(Refusal(no.rule, post.id, line, no.message, no.fix, item))
        ticket = self.tickets.get(item) if item else None
        if ticket is not None:
            words = f"refused ({no.rule}): {no.message}"
            event = Event(post.id, words, ticket.state, refused=True, moved=False)
            self.tickets[ticket.id] = replace(ticket, history=ticket.history.added(event))

    def put(self, ticket: Ticket, post: Post, effect: str) -> None:
        """Store a ticket that `post` moved. Any move ends what seats declined before it."""
        self.hold(ticket.id, ticket.holder)
        history = ticket.history.added(Event(post.id, effect, ticket.state))
        self.tickets[ticket.id] = replace(ticket, moved_by=post.id, declined=Log(), history=history)

    def say(self, ticket: Ticket, post: Post, effect: str) -> None:
        """Store a ticket on which `post` only said something."""
        event = Event(post.id, effect, ticket.state, moved=False)
        self.tickets[ticket.id] = replace(ticket, history=ticket.history.added(event))

    def hold(self, item: str, holder: str | None) -> None:
        """Keep who holds the ticket of an id from now on."""
        before = self.tickets[item].holder if item in self.tickets else None
        if before != holder and before is not None:
            self.held[before].pop(item, None)
        if before != holder and holder is not None:
            self.held.setdefault(holder, {})[item] = None


def _copied(held: Mapping[str, Mapping[str, None]]) -> dict[str, dict[str, None]]:
    return {seat: dict(items) for seat, items in held.items()}


def directive(post: Post, *names: str) -> Directive | None:
    """The first directive of the post with one of these names."""
    return next((one for one in post.directives if one.name in names), None)


def no_ticket(fold: Folding, item: str | None, but: str = "") -> No:
    """There is no such ticket; says where it went when an AMENDMENT moved it. `but` ends the sentence."""
    words = f"there is no ticket {item}{but}"
    if item in fold.moved:
        words += f"; it was moved to {fold.moved[item][-1][1]}"
    hint = or_respelled(item or "", fold.tickets, "`git ledger queue --all` lists the tickets")
    return No("illegal-move", words, hint)


def loser(ticket: Ticket, seat: str) -> bool:
    """True when this seat has an opening that lost against this ticket and was not yet amended."""
    return any(one.seat == seat for one in ticket.collisions)


def ambiguous(ticket: Ticket, post: Post) -> No | None:
    """A seat whose own opening lost cannot mean this ticket with certainty (domain: order and the fold)."""
    if not loser(ticket, post.seat):
        return None
    return No(
        "ambiguous-item",
        f"{ticket.id} is the ticket of {ticket.opened_by}; the one that {post.seat} filed under the same "
        "number has not been moved yet, so this changes nothing",
        f"`git ledger confirm {ticket.id}` gives the losing ticket a number of its own",
    )


def life(post: Post) -> Life:
    """The sign of life that a post by a holder is."""
    return Life(post.id, post.at)
