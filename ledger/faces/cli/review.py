"""`review`: what a proposal does to the queue."""

from typing import Annotated

import typer

from ledger.app.review import review
from ledger.faces.cli.session import session_of
from ledger.faces.formats.markdown import review_lines


def command(
    ctx: typer.Context,
    range_: Annotated[str, typer.Argument(metavar="A..B", help="what landed, and what is proposed")],
) -> int:
    """What B does to the queue of A, as Markdown for a review: tickets, moves, collisions, findings.

    Findings do not change the exit code; `git ledger check --range A..B` judges.
    """
    session = session_of(ctx)
    told = review(session.ledger, range_)
    return session.answer(told.record(), review_lines(told))
