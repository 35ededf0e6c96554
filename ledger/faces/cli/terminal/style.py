"""Colours, and the words by which a person reads states and priorities."""

from collections.abc import Mapping
from enum import StrEnum

from ledger.core.board.records import TicketSummary
from ledger.core.model import Priority, State
from ledger.faces.context import Screen


class Style(StrEnum):
    """How a text looks, as the parameters of the escape sequence that sets it (ECMA-48, SGR)."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    CYAN = "36"
    URGENT = "1;31"


def paint(text: str, style: Style, screen: Screen) -> str:
    """A text in a style, where the terminal may be coloured."""
    # An empty text stays empty: behind a sequence `rstrip` would not find the blanks at the end of a row.
    return f"\x1b[{style}m{text}\x1b[0m" if style and text and screen.colour else text


STATES: Mapping[State, tuple[str, Style]] = {
    State.AWAITING_CLAIM: ("free", Style.GREEN),
    State.CLAIMED: ("claimed", Style.CYAN),
    State.BLOCKED: ("blocked", Style.YELLOW),
    State.DONE: ("done", Style.DIM),
    State.PARKED: ("parked", Style.DIM),
    State.CANCELLED: ("cancelled", Style.DIM),
}
"""What a person reads for a state, and its colour."""
WAITING = ("waiting", Style.YELLOW)
"""The same for a ticket that nobody may claim before others are DONE."""
PRIORITIES: Mapping[Priority, tuple[str, Style]] = {
    Priority.CRITICAL: ("critical", Style.URGENT),
    Priority.HIGH: ("high", Style.RED),
    Priority.NORMAL: ("", Style.PLAIN),
    Priority.LOW: ("low", Style.DIM),
}
"""What a person reads for a priority, and its colour; the usual one goes without a word."""


def name_state(summary: TicketSummary) -> tuple[str, Style]:
    """What a person reads for the state of a ticket, and its colour."""
    ticket = summary.ticket
    # A ticket that is not filed has no state, and holds this one up as an open one does.
    gates = (summary.waits.get(name) for name in ticket.after)
    if ticket.state is State.AWAITING_CLAIM and any(state is not State.DONE for state in gates):
        return WAITING
    return STATES[ticket.state]
