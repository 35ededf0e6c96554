"""Tickets, the queue and the log as JSON."""

from typing import TYPE_CHECKING

from ledger.core.board.records import MOST_OF_BODY, HistoryEntry, Holder, TicketSummary, body_of
from ledger.core.ids import format_timestamp
from ledger.core.model import Challenge, Collision
from ledger.faces.json import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.app.read.load import AsOf
    from ledger.app.read.queue import LogEntry, LogResult, QueueResult, QueueRow, TicketDetails
    from ledger.core.board.criteria import Criterion


def make_as_of_json(as_of: "AsOf") -> Json:
    """Which commit an answer is about: commit, at, age_s, and rewound or behind."""
    record: Json = {"commit": as_of.commit} if as_of.commit else {}
    record |= {"at": format_timestamp(as_of.at), "age_s": round(as_of.age, 3)}
    return record | ({"rewound": True} if as_of.rewound else {"behind": True} if as_of.behind else {})


def make_queue_json(queue: "QueueResult") -> Json:
    """The queue: `as_of`, `items` in rank, and `more`, how many were left out."""
    items = [_make_row_json(row) for row in queue.rows]
    record: Json = {"as_of": make_as_of_json(queue.as_of), "items": items}
    return record | ({"more": queue.more} if queue.more else {})


def make_details_json(details: "TicketDetails") -> Json:
    """One ticket with what it says and its whole history."""
    record = {"as_of": make_as_of_json(details.as_of), **make_ticket_json(details.summary)}
    body = body_of(details.opening)
    record |= make_criteria_json(details.criteria)
    record |= {"path": details.opening.path} | ({"body": body} if body else {})
    return record | {"history": [make_history_json(entry) for entry in details.history]}


def make_criteria_json(criteria: "Sequence[Criterion]") -> Json:
    """`criteria`, a list of n, text, met; nothing where there is none."""
    lines = [{"n": line.number, "text": line.text, "met": line.is_met} for line in criteria]
    return {"criteria": lines} if lines else {}


def make_log_json(log: "LogResult") -> Json:
    """The posts, newest first."""
    entries = [_make_log_entry_json(entry) for entry in log.entries]
    return {"as_of": make_as_of_json(log.as_of), "posts": entries}


def make_ticket_json(summary: TicketSummary) -> Json:
    """A ticket as the queue and `show` have it."""
    ticket = summary.ticket
    record: Json = {
        "item": ticket.id,
        "state": str(ticket.state),
        "priority": str(ticket.priority),
        "subject": ticket.subject,
        "lane": summary.lane,
        "owner": ticket.owner,
    }
    record |= {"holder": make_holder_json(summary.holder)} if summary.holder else {}
    record |= {"challenge": make_challenge_json(summary.challenge)} if summary.challenge else {}
    record |= {
        "since": format_timestamp(ticket.since),
        "opened_by": ticket.opened_by,
        "opened_at": format_timestamp(ticket.opened_at),
        "provisional": ticket.provisional,
    }
    collisions = [_make_collision_json(collision) for collision in ticket.collisions]
    record |= {"collision": collisions} if collisions else {}
    # The order of keys is what people see with `--json`, and stays.
    record |= {"blocked_on": list(ticket.blocked_on), "after": list(ticket.after)}
    more: Json = {
        "waits": {name: str(state) for name, state in summary.waits.items()},
        "parent": ticket.parent,
        "related": list(ticket.related),
        "absorbed_by": ticket.absorbed_by,
        "labels": list(ticket.labels),
        "due": ticket.due,
        "overdue": summary.overdue,
    }
    if ticket.checklist is not None:
        more["checklist"] = {"count": ticket.checklist.count, "met": list(ticket.checklist.met)}
    return record | {name: value for name, value in more.items() if value}


def make_holder_json(holder: Holder) -> dict[str, str]:
    """Who holds a ticket: seat, branch, worktree, clone, since, silent_from."""
    record = {
        "seat": holder.seat,
        "branch": holder.branch,
        "worktree": holder.worktree,
        "clone": holder.clone,
        "since": holder.since and format_timestamp(holder.since),
        "silent_from": holder.silent_from and format_timestamp(holder.silent_from),
    }
    return {name: value for name, value in record.items() if value}


def make_challenge_json(challenge: Challenge) -> dict[str, str]:
    """A challenge; `until` is by the clock of the seat that asks."""
    return {
        "post": challenge.post,
        "seat": challenge.seat,
        "at": format_timestamp(challenge.at),
        "until": format_timestamp(challenge.until),
    }


def make_history_json(entry: HistoryEntry) -> Json:
    """One line of a ticket's history, with at most MOST_OF_BODY characters of the post's words."""
    event, post, body = entry.event, entry.post, body_of(entry.post)
    record: Json = {"post": post.id, "at": format_timestamp(post.at), "seat": post.seat, "kind": post.kind}
    record |= {"state": str(event.state), "effect": event.effect}
    record |= {"body": body[:MOST_OF_BODY]} if body else {}
    record |= {"more": True} if len(body) > MOST_OF_BODY else {}
    return record | ({"commit": entry.commit} if entry.commit else {})


def _make_row_json(row: "QueueRow") -> Json:
    record, fit = make_ticket_json(row.summary), row.fit
    if fit is None:
        return record
    record |= {"claimable": not fit.why_not, "warmth": fit.warmth}
    reasons = [{"reason": why.reason, "detail": why.detail} for why in fit.why_not]
    return record | ({"why_not": reasons} if reasons else {})


def _make_collision_json(collision: Collision) -> dict[str, str]:
    return {
        "post": collision.post,
        "seat": collision.seat,
        "at": format_timestamp(collision.at),
        "subject": collision.subject,
    }


def _make_log_entry_json(entry: "LogEntry") -> Json:
    post = entry.post
    record: Json = {"post": post.id, "path": post.path, "at": format_timestamp(post.at), "seat": post.seat}
    record |= {"kind": post.kind, "item": post.item, "state": post.state and str(post.state)}
    record |= {"subject": post.subject, "to": list(post.to), "body": post.body.strip()}
    record["refused"] = entry.refused
    return {name: value for name, value in record.items() if value}
