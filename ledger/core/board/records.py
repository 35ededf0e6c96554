"""Tickets and events as JSON-ready records. Absent values are left out."""

from typing import Any

from ledger.core.board.board import Board
from ledger.core.board.waits import dependencies
from ledger.core.config.config import Config
from ledger.core.ids import stamp
from ledger.core.model import Challenge, Event, Post, State, Ticket

WORDS = 4000
"""Characters of a post's body in one line of a ticket's history."""


def ticket_record(ticket: Ticket, config: Config, board: Board) -> dict[str, Any]:
    """A ticket as the queue and `show` tell it; `waits` are the states of the tickets that it waits for."""
    told: dict[str, Any] = {
        "item": ticket.id,
        "state": str(ticket.state),
        "priority": str(ticket.priority),
        "subject": ticket.subject,
        "lane": ticket.lane or config.lane_of(ticket.id),
        "owner": ticket.owner,
    }
    holder = claim_record(ticket, config)
    if holder is not None:
        told["holder"] = holder
    if ticket.challenged:
        told["challenge"] = challenge_record(min(board.challenges(ticket), key=lambda one: one.until))
    told["since"] = stamp(ticket.since)
    told["opened_by"] = ticket.opened_by
    told["opened_at"] = stamp(ticket.opened_at)
    told["provisional"] = ticket.provisional
    if ticket.collisions:
        told["collision"] = [
            {"post": one.post, "seat": one.seat, "at": stamp(one.at), "subject": one.subject}
            for one in ticket.collisions
        ]
    told["blocked_on"] = list(ticket.blocked_on)
    told["after"] = list(ticket.after)
    waits = {name: str(other.state) for name in dependencies(ticket) if (other := board.tickets.get(name))}
    if waits:
        told["waits"] = waits
    if ticket.parent:
        told["parent"] = ticket.parent
    if ticket.related:
        told["related"] = list(ticket.related)
    if ticket.absorbed_by:
        told["absorbed_by"] = ticket.absorbed_by
    return told


def claim_record(ticket: Ticket, config: Config) -> dict[str, str] | None:
    """The fields of `holder_of`, and `silent_from`: from then on others may challenge.

    That time counts from its last sign of life. None for a ticket that nobody holds.
    """
    if ticket.state is not State.CLAIMED or ticket.life is None:
        return None
    return holder_of(ticket) | {"silent_from": stamp(ticket.life.at + config.claim_ttl)}


def challenge_record(challenge: Challenge) -> dict[str, str]:
    """A challenge as JSON has it; `until` is by the clock of the seat that asks."""
    told = {"post": challenge.post, "seat": challenge.seat, "at": stamp(challenge.at)}
    return told | {"until": stamp(challenge.until)}


def event_record(event: Event, post: Post, commit: str | None = None, most: int = WORDS) -> dict[str, Any]:
    """One line of a ticket's history, with the post's words: at most so many characters of them."""
    told: dict[str, Any] = {"post": post.id, "at": stamp(post.at), "seat": post.seat}
    told |= {"kind": post.kind, "state": str(event.state), "effect": event.effect}
    told |= body_record(body_of(post), most)
    return told | ({"commit": commit} if commit else {})


def body_of(post: Post) -> str:
    """The words of a post without empty lines around them; directives stand as they were written."""
    return post.body.strip("\n").rstrip()


def body_record(body: str, most: int) -> dict[str, Any]:
    """`body` with at most so many characters, and `more` where it goes on; nothing for an empty body."""
    told: dict[str, Any] = {"body": body[:most]} if body else {}
    return told | ({"more": True} if len(body) > most else {})


def holder_of(ticket: Ticket) -> dict[str, str]:
    """Who holds a ticket, as JSON has it: seat, since, and branch, worktree and clone where recorded."""
    told = {
        "seat": ticket.holder,
        "branch": ticket.branch,
        "worktree": ticket.worktree,
        "clone": ticket.clone,
    }
    if ticket.held_since is not None:
        told["since"] = stamp(ticket.held_since)
    return {name: value for name, value in told.items() if value}
