"""`review`: what a proposal does to the queue."""

from typing import Annotated

from ledger.app.read.review import review_proposal
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session
from ledger.faces.formats.markdown import write_review
from ledger.faces.json.reviews import make_review_json


def command(
    session: Session,
    range_: Annotated[str, Argument(metavar="A..B", help="what landed, and what is proposed")],
) -> int:
    """What B does to the queue of A, as Markdown for a review: tickets, moves, collisions, findings.

    Findings do not change the exit code; `git ledger check --range A..B` judges.
    """
    proposal = review_proposal(session.ledger, range_)
    return session.answer(make_review_json(proposal), write_review(proposal))
