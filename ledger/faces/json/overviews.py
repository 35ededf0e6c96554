"""Seats, dependencies and prefixes as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.core.board.records import TicketSummary
from ledger.core.ids import format_timestamp
from ledger.faces.json import Json
from ledger.faces.json.tickets import make_as_of_json, make_challenge_json, make_holder_json

if TYPE_CHECKING:
    from ledger.app.read.dependencies import DependenciesResult
    from ledger.app.read.prefixes import PrefixesResult, PrefixSummary
    from ledger.app.read.seats import SeatsResult, SeatSummary
    from ledger.core.board.dependencies import Wait


def make_seats_json(result: "SeatsResult", hooks: Sequence[str]) -> Json:
    """The seats: `as_of`, `seats`, and `more`, how many were left out."""
    seats = [_make_seat_json(seat, hooks) for seat in result.seats]
    record: Json = {"as_of": make_as_of_json(result.as_of), "seats": seats}
    return record | ({"more": result.more} if result.more else {})


def _make_seat_json(seat: "SeatSummary", hooks: Sequence[str]) -> Json:
    life = seat.life
    record: Json = {"seat": life.seat, "state": seat.state, "role": seat.role, "wip": seat.wip}
    record |= {"holds": [_make_held_json(summary) for summary in seat.held]}
    times = {
        "first_at": life.first_at,
        "last_at": life.last_at,
        "booted_at": life.booted_at,
        "retired_at": life.retired_at,
    }
    record |= {name: format_timestamp(at) for name, at in times.items() if at is not None}
    record |= {"last_post": life.last_post}
    more = {"driver": life.driver, "lanes": list(seat.lanes), "cap": life.cap}
    record |= {name: value for name, value in more.items() if value}
    return record | ({"here": True, "hooks": list(hooks)} if seat.here else {})


def _make_held_json(summary: TicketSummary) -> Json:
    record: Json = {"item": summary.ticket.id, "subject": summary.ticket.subject}
    holder = make_holder_json(summary.holder) if summary.holder else {}
    record |= {name: value for name, value in holder.items() if name != "seat"}
    return record | ({"challenge": make_challenge_json(summary.challenge)} if summary.challenge else {})


def make_dependencies_json(result: "DependenciesResult") -> Json:
    """What waits for what: `as_of`, `item` where one was asked for, `items`, `circles`."""
    graph = result.graph
    items = [
        {
            "item": ticket.id,
            "state": str(ticket.state),
            "priority": str(ticket.priority),
            "subject": ticket.subject,
            **({"holder": ticket.holder} if ticket.holder else {}),
            "waits_for": [_make_wait_json(wait, "on", wait.on) for wait in graph.waits[ticket.id]],
            "awaited_by": [_make_wait_json(wait, "item", wait.item) for wait in graph.awaited[ticket.id]],
        }
        for ticket in graph.tickets.values()
    ]
    record: Json = {"as_of": make_as_of_json(result.as_of)}
    record |= {"item": result.item} if result.item else {}
    return record | {"items": items, "circles": [list(circle) for circle in graph.circles]}


def _make_wait_json(wait: "Wait", key: str, name: str) -> Json:
    return {key: name, "by": wait.by, "open": wait.is_open}


def make_prefixes_json(result: "PrefixesResult") -> Json:
    """The prefixes: `as_of`, `prefixes`."""
    prefixes = [_make_prefix_json(prefix) for prefix in result.prefixes]
    return {"as_of": make_as_of_json(result.as_of), "prefixes": prefixes}


def _make_prefix_json(prefix: "PrefixSummary") -> Json:
    record: Json = {"prefix": prefix.prefix, "tickets": prefix.tickets, "open": prefix.open}
    more = {"next": prefix.next, "lane": prefix.lane, "private_to": prefix.private_to}
    record |= {name: value for name, value in more.items() if value}
    return record | {"default": prefix.default}
