"""What the rules about turns share: which seats are open and dark, and what they could claim."""

from collections.abc import Iterator

from ledger.core.claimable import Eyes
from ledger.core.model import SeatLife, Severity, Ticket
from ledger.rules.view import View

_NAMED = 5
"""Tickets that a message names."""


def is_open(view: View, life: SeatLife) -> bool:
    """True until the seat retires, or `claim_ttl` past its last post (domain: turns)."""
    return life.retired_at is None and view.now - life.last_at <= view.config.claim_ttl


def dark(view: View) -> Iterator[tuple[SeatLife, Eyes]]:
    """The open seats that hold nothing and have been silent for longer than `dark_after`."""
    for life in view.board.seats.values() if view.whole else ():
        if is_open(view, life) and view.now - life.last_at > view.config.dark_after:
            eyes = view.eyes(life.seat)
            if not eyes.holds:
                yield life, eyes


def weigh_silence(life: SeatLife) -> Severity:
    """How heavy the silence of a seat is: one that a schedule drives is expected at work."""
    return Severity.ERROR if life.driver == "cron" else Severity.WARNING


def named(tickets: list[Ticket]) -> str:
    """The first of these tickets, and how many more there are."""
    more = f" and {len(tickets) - _NAMED} more" if len(tickets) > _NAMED else ""
    return ", ".join(one.id for one in tickets[:_NAMED]) + more
