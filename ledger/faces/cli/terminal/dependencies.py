"""A line of a tree of dependencies on a terminal."""

from ledger.core.model import State, Ticket
from ledger.core.text import escape_line
from ledger.faces.cli.terminal.cells import clip_cells, measure_cells
from ledger.faces.cli.terminal.style import STATES, WAITING, Style, paint
from ledger.faces.context import Screen

LEAST_SUBJECT = 16
"""Cells of the subject that are shown, however deep the line stands."""


def show_branch(ticket: Ticket, waits: bool, words: str, screen: Screen, indent: int) -> str:
    """A ticket with its state and subject, cut to the width that its indentation leaves."""
    state, style = WAITING if waits and ticket.state is State.AWAITING_CLAIM else STATES[ticket.state]
    holder = f" {escape_line(ticket.holder)}" if ticket.holder else ""
    used = indent + measure_cells(f"{ticket.id}  {state}{holder}  {words}")
    subject = clip_cells(
        " ".join(escape_line(ticket.subject).split()), max(LEAST_SUBJECT, screen.width - used)
    )
    dim = paint(words, Style.DIM, screen)
    return f"{ticket.id}  {paint(f'{state}{holder}', style, screen)}  {subject}{dim}"
