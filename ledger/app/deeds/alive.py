"""Answering challenges: a seat that is asked whether it is alive says so by whatever command it runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.app.ledger import Ledger
from ledger.core.board.board import Board
from ledger.core.board.challenges import challenged_tickets, render_alive
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError
from ledger.core.model import Ticket

if TYPE_CHECKING:
    from ledger.app.write.loop import WriteResult
    from ledger.core.write.plan import PlanView
    from ledger.core.write.requests import WriteRequest


def answer_challenges(ledger: Ledger, items: Sequence[str] = ()) -> "WriteResult":
    """Say that this seat is alive: on these tickets, or on every one whose claim is challenged.

    Nothing is written where none is. Raises LedgerError `not-the-holder` for a ticket that it does not hold.
    """

    from ledger.app.deeds.append import wish
    from ledger.app.write.loop import (  # with the rules, of which a reader needs none
        commit_request,
        request_write,
    )

    def unanswered(view: "PlanView", intent: "WriteRequest") -> "WriteRequest":
        named = items or [ticket.id for ticket in challenged_tickets(view.board, ledger.seat)]
        return replace(intent, wishes=(wish("note", render_alive(named)),) if named else ())

    return commit_request(ledger, request_write(ledger), unanswered)


def answer_when_challenged(ledger: Ledger, board: Board) -> tuple[str, ...]:
    """Answer the challenges that a reading of the feed showed; gives words for the seat.

    What prevents the answer is told and raises nothing: the reading stands.
    """
    challenged = challenged_tickets(board, ledger.seat)
    if not challenged or ledger.offline:
        return tuple(
            f"{_describe_challenge(board, ticket)}; this was read offline and answers nothing"
            for ticket in challenged
        )
    try:
        answer_challenges(ledger)
    except LedgerError as error:
        # A reading must not fail for want of an answer: what was read is true all the same.
        left = f"and that could not be answered: {error.message}; `git ledger alive` answers"
        return tuple(f"{_describe_challenge(board, ticket)}, {left}" for ticket in challenged)
    return tuple(f"{_describe_challenge(board, ticket)}; this command answered it" for ticket in challenged)


def _describe_challenge(board: Board, ticket: Ticket) -> str:
    return f"the claim of {ticket.id} was challenged by {board.challenges(ticket)[0].seat}"
