"""Tickets that stayed BLOCKED although the ruling they waited for had come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ledger.core.model import State, Ticket
from ledger.core.rulings import awaited
from ledger.core.stats.replay import Change, Step
from ledger.core.stats.spans import Span


@dataclass(frozen=True, slots=True)
class Overdue:
    """A ticket that stayed BLOCKED on a ruling: from the newest ruling on what it waits for to its end."""

    item: str
    span: Span


def overdue(steps: Iterable[Step], now: datetime) -> list[Overdue]:
    """Every wait that went on past its ruling, in the order in which they ended; a ruling that absorbs the
    ticket leaves none."""
    ruled: dict[str, datetime] = {}
    waiting: dict[str, set[str]] = {}
    found: list[Overdue] = []
    for step in steps:
        for change in step.changes:
            _settle(change, step.at, ruled, waiting, found)
        if step.post.kind == "ruling":
            for on in step.post.rules_on:
                ruled.update((item, step.at) for item in waiting.get(on, ()))
    return found + [Overdue(item, Span(start, now)) for item, start in ruled.items()]


def _settle(
    change: Change,
    at: datetime,
    ruled: dict[str, datetime],
    waiting: dict[str, set[str]],
    found: list[Overdue],
) -> None:
    before, after = _rulings(change.before), _rulings(change.after)
    if before == after:
        return
    for on in before:
        waiting[on].discard(change.item)
    for on in after:
        waiting.setdefault(on, set()).add(change.item)
    start = ruled.pop(change.item, None)
    if start is not None:
        found.append(Overdue(change.item, Span(start, at)))


def _rulings(ticket: Ticket | None) -> set[str]:
    """The tickets on which a BLOCKED ticket awaits a ruling."""
    if ticket is None or ticket.state is not State.BLOCKED:
        return set()
    return set(awaited(ticket.blocked_on))
