"""Tickets and events as JSON-ready records. Absent values are left out."""

from collections.abc import Mapping
from typing import Any

from ledger.core.config import Config
from ledger.core.ids import stamp
from ledger.core.model import Event, Post, State, Ticket
from ledger.core.waits import dependencies


def ticket_record(ticket: Ticket, config: Config, tickets: Mapping[str, Ticket]) -> dict[str, Any]:
    """A ticket as the queue and `show` tell it; `waits` are the states of the `tickets` that it waits for."""
    lane = ticket.lane or config.lane_of(ticket.id)
    told: dict[str, Any] = {"item": ticket.id, "state": str(ticket.state), "priority": str(ticket.priority)}
    told |= {"subject": ticket.subject, "lane": lane, "owner": ticket.owner}
    holder = claim_record(ticket, config)
    if holder is not None:
        told["holder"] = holder
    told |= {"since": stamp(ticket.since), "opened_by": ticket.opened_by}
    told |= {"opened_at": stamp(ticket.opened_at), "provisional": ticket.provisional}
    if ticket.collisions:
        told["collision"] = [
            {"post": one.post, "seat": one.seat, "at": stamp(one.at), "subject": one.subject}
            for one in ticket.collisions
        ]
    told |= {"blocked_on": list(ticket.blocked_on), "after": list(ticket.after)}
    waits = {name: str(tickets[name].state) for name in dependencies(ticket) if name in tickets}
    further = {"waits": waits} | {
        "parent": ticket.parent,
        "related": list(ticket.related),
        "absorbed_by": ticket.absorbed_by,
    }
    return told | {name: value for name, value in further.items() if value}


def claim_record(ticket: Ticket, config: Config) -> dict[str, str] | None:
    """Seat, since, branch, worktree, and when the claim expires unless its holder posts; None when free."""
    if ticket.state is not State.CLAIMED or ticket.life is None:
        return None
    return holder_of(ticket) | {"expires": stamp(ticket.life.at + config.claim_ttl)}


def event_record(event: Event, post: Post, commit: str | None) -> dict[str, Any]:
    """One line of a ticket's history."""
    told = {"post": post.id, "at": stamp(post.at), "seat": post.seat, "kind": post.kind}
    told |= {"state": str(event.state), "effect": event.effect}
    return told | ({"commit": commit} if commit else {})


def holder_of(ticket: Ticket) -> dict[str, str]:
    """Who holds a ticket, as JSON has it: seat, since, and branch and worktree where recorded."""
    told = {"seat": ticket.holder, "branch": ticket.branch, "worktree": ticket.worktree}
    if ticket.held_since is not None:
        told["since"] = stamp(ticket.held_since)
    return {name: value for name, value in told.items() if value}
