"""`queue`: the state of every ticket, ranked."""

from typing import Annotated

from ledger.app.read.queue import QueueFilter, find_unused_lanes, rank_queue
from ledger.core.model import State
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session, check_seat
from ledger.faces.cli.tables import describe_as_of, write_queue
from ledger.faces.json.tickets import make_queue_json


def command(
    session: Session,
    for_: Annotated[
        str | None, Option("--for", metavar="SEAT", help="with what SEAT may claim, and how warm it is")
    ] = None,
    state: Annotated[list[State] | None, Option(help="only these states; repeatable")] = None,
    lane: Annotated[list[str] | None, Option(help="only these lanes; repeatable")] = None,
    label: Annotated[
        list[str] | None, Option(metavar="L", help="only with this label; repeatable: all")
    ] = None,
    overdue: Annotated[bool, Option("--overdue", help="only what is overdue")] = False,
    by_due: Annotated[bool, Option("--by-due", help="what is due first, first")] = False,
    everything: Annotated[bool, Option("--all", help="also what is DONE, CANCELLED or PARKED")] = False,
) -> int:
    """The queue: every open ticket in order of urgency, one row each."""
    wanted = QueueFilter(
        for_ and check_seat(for_),
        tuple(state or ()),
        tuple(lane or ()),
        everything,
        labels=tuple(label or ()),
        overdue=overdue,
        by_due=by_due,
    )
    queue = rank_queue(session.ledger, wanted)
    words = [describe_as_of(queue.as_of)] if queue.rows else [_explain_nothing(session, wanted)]
    return session.answer(
        make_queue_json(queue), write_queue(queue.rows, session.env.screen, queue.more), words, queue.as_of
    )


def _explain_nothing(session: Session, wanted: QueueFilter) -> str:
    """Why the queue has no row: a lane that no ticket has is no lane of this feed, perhaps a slip."""
    if wanted.overdue:
        return "nothing is overdue"
    if wanted.labels:
        return f"no such ticket has the label {' and '.join(wanted.labels)}"
    lanes = find_unused_lanes(session.ledger, wanted.lanes)
    return f"no ticket has the lane {' or '.join(lanes)}" if lanes else "nothing is open"
