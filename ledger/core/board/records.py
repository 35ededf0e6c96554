"""What the feed says of a ticket, gathered for an answer. Faces make JSON and lines of these records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ledger.core.board.board import Board
from ledger.core.board.waits import dependencies
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.model import Challenge, Event, Post, State, Ticket


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a ticket, since when, and where the work happens, as far as the claim says so.

    `silent_from`: when others may ask whether the holder is alive, unless it posts before, by the time of its
    last sign of life.
    """

    seat: str
    since: datetime | None
    branch: str | None = None
    worktree: str | None = None
    clone: str | None = None
    silent_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketSummary:
    """A ticket as the queue shows it; `waits` are the states of the tickets that it waits for, `challenge` is
    the one against its claim that runs out first. `overdue` is by the reader's clock."""

    ticket: Ticket
    lane: str
    holder: Holder | None
    challenge: Challenge | None
    waits: Mapping[str, State]
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a ticket's history: what a post did, the post, and the commit that brought it, if known."""

    event: Event
    post: Post
    commit: str | None = None


def summarize_ticket(ticket: Ticket, config: Config, board: Board, now: datetime) -> TicketSummary:
    """A ticket with what the board and the settings know of it besides."""
    challenges = board.challenges(ticket) if ticket.challenged else ()
    return TicketSummary(
        ticket,
        ticket.lane or config.default_lane_of(ticket.id),
        find_claim_holder(ticket, config),
        min(challenges, key=lambda challenge: challenge.until, default=None),
        {name: other.state for name in dependencies(ticket) if (other := board.tickets.get(name))},
        ticket.due is not None and is_overdue(ticket, now),
    )


def is_overdue(ticket: Ticket, now: datetime) -> bool:
    """Whether an open ticket should be over by now."""
    from ledger.core.due import end_of_due  # few tickets have a time

    return ticket.due is not None and not ticket.closed and now >= end_of_due(ticket.due)


def find_holder(ticket: Ticket, silent_from: datetime | None = None) -> Holder:
    """Who a ticket says holds it; the empty seat where nobody does."""
    at, place = ticket.held_since, (ticket.branch, ticket.worktree, ticket.clone)
    return Holder(ticket.holder or "", at, *place, silent_from)


def find_claim_holder(ticket: Ticket, config: Config) -> Holder | None:
    """Who holds a claimed ticket, and from when on it counts as silent; None when it is free."""
    if ticket.state is not State.CLAIMED or ticket.life is None:
        return None
    return find_holder(ticket, silent_from=ticket.life.at + config.claim_ttl)


MOST_OF_BODY: Final = 4000
"""Characters of a post's words that an answer about its ticket shows; the log has all of them."""


def body_of(post: Post) -> str:
    """The words of a post without empty lines around them; directives stand as they were written."""
    return post.body.strip("\n").rstrip()
