"""What a seat may claim, why not, how warm it is, and in which order (domain: what is claimable)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import takewhile

from ledger.core.board.board import Board
from ledger.core.board.folding import has_lost_opening
from ledger.core.board.tables import Lookup
from ledger.core.board.transitions import deny_by_owner, deny_shut_gate
from ledger.core.board.waits import awaits_claim, describe_dependencies
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.model import Priority, SeatLife, State, Ticket

URGENCY = {priority: place for place, priority in enumerate(Priority)}
"""0 is the most urgent."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One condition that fails: a short word and a sentence."""

    reason: str
    detail: str


@dataclass(frozen=True)
class Crowd:
    """What the eyes of all seats have in common, found once."""

    board: Board

    @cached_property
    def claimable_by_some(self) -> list[Ticket]:
        """The tickets that `claim` would take from some seat."""
        tickets = self.board.tickets
        return [
            ticket for ticket in self.board.open_tickets() if not any(why_refused_to_all(tickets, ticket))
        ]


def why_refused_to_all(tickets: Lookup[Ticket], ticket: Ticket) -> Iterator["WhyNot"]:
    """Why `claim` would refuse a ticket to every seat."""
    if not awaits_claim(tickets, ticket):
        by = f" by {ticket.holder}" if ticket.holder else ""
        waits = describe_dependencies(tickets, ticket.blocked_on)
        yield WhyNot("state", f"it is {ticket.state}{by}" + (f" on {waits}" if waits else ""))
    if ticket.provisional:
        yield WhyNot("provisional", "its number is not confirmed yet")
    if no := deny_shut_gate(tickets, ticket.id, ticket.after):
        yield WhyNot("gate", no.message)


@dataclass(frozen=True)
class SeatView:
    """The queue through the eyes of one seat at one time; `crowd` is shared by the eyes of several."""

    board: Board
    config: Config
    seat: str
    now: datetime
    crowd: Crowd | None = None

    @cached_property
    def _crowd(self) -> Crowd:
        return self.crowd or Crowd(self.board)

    @cached_property
    def life(self) -> SeatLife | None:
        """What the feed says of the seat; None when it never posted."""
        return self.board.seats.get(self.seat)

    @cached_property
    def posted_on(self) -> set[str]:
        """The ids of the tickets that the seat posted on."""
        return self.board.tickets_posted_on_by(self.seat)

    @cached_property
    def held_items(self) -> list[str]:
        """The ids of the tickets that the seat holds, as it took them."""
        return [ticket.id for ticket in self.board.tickets_held_by(self.seat)]

    @cached_property
    def wip(self) -> int:
        """How much the seat may hold at once: as it said at boot, else in the config, else 1."""
        booted = self.life.wip if self.life else None
        return booted if booted is not None else self.config.wip(self.seat)

    @cached_property
    def lanes(self) -> tuple[str, ...]:
        """The lanes that the seat declared at boot, else in the config; empty: all."""
        return (self.life.lanes if self.life else ()) or self.config.lanes(self.seat)

    @cached_property
    def warm_lanes(self) -> set[str]:
        """Lanes of tickets that the seat posted on within the warm window."""
        since = self.now - self.config.warm_window
        # Walks back only as far as the window: a seat with 10,000 posts asks for its newest.
        recent = takewhile(lambda post: post.at >= since, self.board.newest_posts_by(self.seat))
        items = dict.fromkeys(post.item for post in recent if post.item is not None)
        tickets = (self.board.tickets.get(item) for item in items)
        return {lane_of(ticket, self.config) for ticket in tickets if ticket is not None}

    @cached_property
    def just_finished(self) -> str | None:
        """The ticket that the seat just finished: its newest DONE, if it claimed nothing since."""
        # A claim after the DONE takes its place as the newest move: then the seat has its next work.
        newest = self.board.posts[self.life.last_move] if self.life and self.life.last_move else None
        return newest.item if newest is not None and newest.state is State.DONE else None

    def warmth_of(self, ticket: Ticket) -> int:
        """3: it is meant for or filed by this seat; 2: near to its posts; 1: in its lane; 0: cold."""
        if self.seat in (ticket.owner, ticket.opened_by):
            return 3
        if self._is_near_own_posts(ticket):
            return 2
        lane = lane_of(ticket, self.config)
        return 1 if not self.lanes or lane in self.lanes or lane in self.warm_lanes else 0

    def _is_near_own_posts(self, ticket: Ticket) -> bool:
        if any(item in self.posted_on for item in (ticket.id, ticket.parent, *ticket.related)):
            return True
        return ticket.id in self._kin_of_own_posts or ticket.parent in self._kin_of_own_posts

    @cached_property
    def _kin_of_own_posts(self) -> set[str]:
        """What the tickets that the seat posted on call their parent or related."""
        mine = (self.board.tickets.get(item) for item in self.posted_on)
        return {near for ticket in mine if ticket for near in (ticket.parent, *ticket.related) if near}

    @cached_property
    def claimable_tickets(self) -> list[Ticket]:
        """The tickets that the seat may claim and should: the triggers, in the order to take them."""
        return [] if self.reasons_against_any else self.fitting_tickets

    @cached_property
    def fitting_tickets(self) -> list[Ticket]:
        """The tickets that are for the seat, whether it may claim just now or not, in the same order."""
        own = (
            # What all seats are refused is found once for all of them; here is left what depends on the seat.
            ticket
            for ticket in self._crowd.claimable_by_some
            if not any(self._why_refused_to_seat(ticket))
        )
        return self.sort_by_rank([ticket for ticket in own if not any(self._why_unwanted(ticket))])

    def why_not_claimable(self, ticket: Ticket) -> list[WhyNot]:
        """Every condition that fails; empty when the ticket is claimable for the seat."""
        refused = (*why_refused_to_all(self.board.tickets, ticket), *self._why_refused_to_seat(ticket))
        return [*refused, *self.reasons_against_any, *self._why_unwanted(ticket)]

    @cached_property
    def reasons_against_any(self) -> tuple[WhyNot, ...]:
        """Why `claim` would refuse any ticket to this seat."""
        return tuple(self._why_no_claim_at_all())

    def _why_no_claim_at_all(self) -> Iterator[WhyNot]:
        life = self.life
        if self.config.seats_listed_only and not self.config.is_listed(self.seat):
            yield WhyNot("unlisted", f"{self.seat} is not among the seats of `feed/ledger.yaml`")
        if self.config.role(self.seat) == "strat":
            yield WhyNot("role", f"{self.seat} is a strat and never claims")
        if len(self.held_items) >= self.wip:
            yield WhyNot("wip", f"{self.seat} holds {', '.join(self.held_items)} and may hold {self.wip}")
        if life and life.cap is not None and life.claims >= life.cap:
            claims = f"{life.claims} claim{'' if life.claims == 1 else 's'}"
            yield WhyNot("cap", f"{self.seat} took {claims} since it booted; that is its cap")
        if life and life.retired_at is not None:
            yield WhyNot("retired", f"{self.seat} retired and has not booted since")

    def _why_refused_to_seat(self, ticket: Ticket) -> Iterator[WhyNot]:
        """Why `claim` would refuse this ticket to this seat of all."""
        if has_lost_opening(ticket, self.seat):
            yield WhyNot("ambiguous", f"{self.seat} has a losing opening of the same number")
        if no := deny_by_owner(ticket.id, ticket.owner, self.seat):
            yield WhyNot("owner", no.message)

    def _why_unwanted(self, ticket: Ticket) -> Iterator[WhyNot]:
        """Why the ticket is nothing for this seat although `claim` would take it."""
        if ticket.id in self._ever_declined and self.board.has_declined(self.seat, ticket):
            yield WhyNot("declined", f"{self.seat} declined it since it last changed")
        if self.warmth_of(ticket) == 0:
            yield WhyNot("cold", f"lane {lane_of(ticket, self.config)} is none of {self.seat}'s")

    @cached_property
    def _ever_declined(self) -> set[str]:
        """Asked for once: of a thousand tickets on offer a seat declined a few."""
        return self.board.tickets_ever_declined_by(self.seat)

    def sort_by_rank(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        """Tickets in the order in which this seat should take them."""
        return sorted(tickets, key=self._rank_for_seat)

    def _rank_for_seat(self, ticket: Ticket) -> tuple[int, int, int, int, datetime, str]:
        named = ticket.owner == self.seat
        follow_on = (
            self.just_finished is not None
            and ticket.parent == self.just_finished
            and ticket.opened_by == self.seat
            and awaits_claim(self.board.tickets, ticket)
        )
        first = -2 if named and ticket.priority is Priority.CRITICAL else -1 if follow_on else 0
        # The id comes last: tickets of one batch have one time, and each seat shall see one order.
        age = ticket.opened_at
        return first, URGENCY[ticket.priority], 0 if named else 1, -self.warmth_of(ticket), age, ticket.id


def lane_of(ticket: Ticket, config: Config) -> str:
    """The lane of a ticket: its own, else its namespace's, else the namespace in lower case."""
    return ticket.lane or config.default_lane_of(ticket.id)


def by_urgency(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Tickets in the order of the queue that is nobody's own: priority, then age."""
    return sorted(tickets, key=lambda ticket: (URGENCY[ticket.priority], ticket.opened_at, ticket.id))
