"""Tickets that stayed BLOCKED although the ruling they waited for had come."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ledger.core.board.rulings import awaited
from ledger.core.dataclass import dataclass
from ledger.core.model import State, Ticket
from ledger.core.stats.replay import Step
from ledger.core.stats.spans import Span


@dataclass(frozen=True, slots=True)
class Overdue:
    """A ticket that stayed BLOCKED on a ruling: from the newest ruling on what it waits for to its end."""

    item: str
    span: Span


def overdue(steps: Iterable[Step], now: datetime) -> list[Overdue]:
    """Every wait that went on past its ruling, in the order in which they ended; a ruling that absorbs the
    ticket leaves none."""
    ruled: dict[str, tuple[int, datetime]] = {}
    waiting: dict[str, tuple[int, set[str]]] = {}
    found: list[Overdue] = []
    for place, step in enumerate(steps):
        for change in step.changes:
            after = _rulings(change.after)
            if _rulings(change.before) != after:
                began, before = waiting.pop(change.item, (place, set()))
                if since := _ruled_since(ruled, began, before):
                    found.append(Overdue(change.item, Span(since, step.at)))
                if after:
                    waiting[change.item] = place, after
        if step.post.kind == "ruling":
            ruled.update(dict.fromkeys(step.post.rules_on, (place, step.at)))
    standing = ((item, _ruled_since(ruled, *wait)) for item, wait in waiting.items())
    return found + [Overdue(item, Span(since, now)) for item, since in standing if since]


def _ruled_since(ruled: Mapping[str, tuple[int, datetime]], began: int, on: Iterable[str]) -> datetime | None:
    """When the newest ruling on one of these came, if it came after a wait began."""
    place, at = max(
        (ruled[one] for one in on if one in ruled), key=lambda found: found[0], default=(-1, None)
    )
    return at if place >= began else None


def _rulings(ticket: Ticket | None) -> set[str]:
    """The tickets on which a BLOCKED ticket awaits a ruling."""
    if ticket is None or ticket.state is not State.BLOCKED:
        return set()
    return set(awaited(ticket.blocked_on))
