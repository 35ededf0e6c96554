"""`export`: the tickets of the queue with what they say."""

from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf, read_feed_to_show
from ledger.app.read.queue import QueueFilter, rank_feed
from ledger.core.board.criteria import Criterion, list_criteria
from ledger.core.board.records import TicketSummary, body_of
from ledger.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ExportedTicket:
    """A ticket, what its opening says, and its criteria."""

    summary: TicketSummary
    body: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """The tickets that were asked for, in the order of the queue."""

    as_of: AsOf
    tickets: tuple[ExportedTicket, ...]


def collect_export(ledger: Ledger, wanted: QueueFilter) -> Export:
    """The tickets that are wanted, ranked as the queue ranks them."""
    feed = read_feed_to_show(ledger)
    queue = rank_feed(ledger, feed, wanted)
    tickets = (row.summary.ticket for row in queue.rows)
    return Export(
        queue.as_of,
        tuple(
            ExportedTicket(
                row.summary,
                body_of(feed.board.posts[ticket.opening]),
                tuple(list_criteria(feed.board, ticket)),
            )
            for row, ticket in zip(queue.rows, tickets, strict=True)
        ),
    )
