"""Every claim that was ever taken: by whom, on what, how long."""

from collections.abc import Iterable
from datetime import datetime

from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.model import Ticket
from ledger.core.queue.seat_view import lane_of
from ledger.core.stats.replay import Step
from ledger.core.stats.spans import Span


@dataclass(frozen=True, slots=True)
class ClaimSpan:
    """One claim.

    `held` lasts until it ended, or till now. `counted` lasts until it ended or until its holder's last
    post on the ticket, whichever is earlier (domain: turns): a holder that fell silent is not at work. The
    retirement that gives a claim back is a post on it.
    """

    item: str
    seat: str
    lane: str
    held: Span
    counted: Span


def claims(steps: Iterable[Step], config: Config, now: datetime) -> list[ClaimSpan]:
    """The claims in the order in which they ended, those that stand last."""
    standing: dict[str, tuple[datetime, Ticket]] = {}
    found: list[ClaimSpan] = []
    for step in steps:
        for change in step.changes:
            start, before = standing.pop(change.item, (step.at, None))
            holder = change.after.holder if change.after else None
            if before is not None and before.holder != holder:
                last = step.at if step.post.seat == before.holder else _last_sign(before)
                found.append(_claim(before, start, min(last, step.at), step.at, config))
                start = step.at
            if change.after is not None and holder is not None:
                standing[change.item] = start, change.after
    return found + [
        _claim(ticket, start, min(_last_sign(ticket), now), now, config)
        for start, ticket in standing.values()
    ]


def _last_sign(ticket: Ticket) -> datetime:
    return ticket.life.at if ticket.life else ticket.since


def _claim(ticket: Ticket, start: datetime, last: datetime, end: datetime, config: Config) -> ClaimSpan:
    held, counted = Span(start, end), Span(start, last)
    return ClaimSpan(ticket.id, ticket.holder or "", lane_of(ticket, config), held, counted)
