"""Tickets and events as JSON-ready records. Absent values are left out."""

from typing import Any

from ledger.core.board.board import Board
from ledger.core.board.waits import dependencies
from ledger.core.config.config import Config
from ledger.core.ids import format_timestamp
from ledger.core.model import Challenge, Event, Post, State, Ticket

WORDS = 4000
"""Characters of a post's body in one line of a ticket's history."""


def record_of_ticket(ticket: Ticket, config: Config, board: Board) -> dict[str, Any]:
    """A ticket as the queue and `show` tell it; `waits` are the states of the tickets that it waits for."""
    record: dict[str, Any] = {
        "item": ticket.id,
        "state": str(ticket.state),
        "priority": str(ticket.priority),
        "subject": ticket.subject,
        "lane": ticket.lane or config.default_lane_of(ticket.id),
        "owner": ticket.owner,
    }
    holder = record_of_claim(ticket, config)
    if holder is not None:
        record["holder"] = holder
    if ticket.challenged:
        record["challenge"] = record_of_challenge(
            min(board.challenges(ticket), key=lambda challenge: challenge.until)
        )
    record["since"] = format_timestamp(ticket.since)
    record["opened_by"] = ticket.opened_by
    record["opened_at"] = format_timestamp(ticket.opened_at)
    record["provisional"] = ticket.provisional
    if ticket.collisions:
        record["collision"] = [
            {
                "post": challenge.post,
                "seat": challenge.seat,
                "at": format_timestamp(challenge.at),
                "subject": challenge.subject,
            }
            for challenge in ticket.collisions
        ]
    record["blocked_on"] = list(ticket.blocked_on)
    record["after"] = list(ticket.after)
    waits = {name: str(other.state) for name in dependencies(ticket) if (other := board.tickets.get(name))}
    if waits:
        record["waits"] = waits
    if ticket.parent:
        record["parent"] = ticket.parent
    if ticket.related:
        record["related"] = list(ticket.related)
    if ticket.absorbed_by:
        record["absorbed_by"] = ticket.absorbed_by
    return record


def record_of_claim(ticket: Ticket, config: Config) -> dict[str, str] | None:
    """The fields of `record_of_holder`, and `silent_from`: from then on others may challenge.

    That time counts from its last sign of life. None for a ticket that nobody holds.
    """
    if ticket.state is not State.CLAIMED or ticket.life is None:
        return None
    return record_of_holder(ticket) | {"silent_from": format_timestamp(ticket.life.at + config.claim_ttl)}


def record_of_challenge(challenge: Challenge) -> dict[str, str]:
    """A challenge as JSON has it; `until` is by the clock of the seat that asks."""
    record = {"post": challenge.post, "seat": challenge.seat, "at": format_timestamp(challenge.at)}
    return record | {"until": format_timestamp(challenge.until)}


def record_of_event(event: Event, post: Post, commit: str | None = None, most: int = WORDS) -> dict[str, Any]:
    """One line of a ticket's history, with the post's words: at most so many characters of them."""
    record: dict[str, Any] = {"post": post.id, "at": format_timestamp(post.at), "seat": post.seat}
    record |= {"kind": post.kind, "state": str(event.state), "effect": event.effect}
    record |= record_of_body(body_of(post), most)
    return record | ({"commit": commit} if commit else {})


def body_of(post: Post) -> str:
    """The words of a post without empty lines around them; directives stand as they were written."""
    return post.body.strip("\n").rstrip()


def record_of_body(body: str, most: int) -> dict[str, Any]:
    """`body` with at most so many characters, and `more` where it goes on; nothing for an empty body."""
    record: dict[str, Any] = {"body": body[:most]} if body else {}
    return record | ({"more": True} if len(body) > most else {})


def record_of_holder(ticket: Ticket) -> dict[str, str]:
    """Who holds a ticket, as JSON has it: seat, since, and branch, worktree and clone where recorded."""
    record = {
        "seat": ticket.holder,
        "branch": ticket.branch,
        "worktree": ticket.worktree,
        "clone": ticket.clone,
    }
    if ticket.held_since is not None:
        record["since"] = format_timestamp(ticket.held_since)
    return {name: value for name, value in record.items() if value}
