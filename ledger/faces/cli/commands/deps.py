"""`deps`: what waits for what."""

from typing import Annotated

from ledger.app.read.dependencies import read_dependencies
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session, check_ticket
from ledger.faces.cli.tables import describe_as_of
from ledger.faces.cli.trees import write_dependencies
from ledger.faces.json.overviews import make_dependencies_json


def command(session: Session, item: Annotated[str | None, Argument(metavar="[ID]")] = None) -> int:
    """What a ticket waits for, by gates and blocks, and what waits for it, as trees. Without a ticket, all
    open tickets that wait: each below what it waits for.
    """
    result = read_dependencies(session.ledger, check_ticket(item) if item is not None else None)
    words = [describe_as_of(result.as_of)] if result.graph.tickets else ["nothing waits for anything"]
    lines = write_dependencies(result.graph, result.item, session.env.screen)
    return session.answer(make_dependencies_json(result), lines, words, result.as_of)
