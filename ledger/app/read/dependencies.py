"""`deps`: what waits for what."""

from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf, date_feed, find_ticket, read_feed_to_show
from ledger.core.board.dependencies import DependencyGraph, find_dependencies
from ledger.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class DependenciesResult:
    """The graph around `item`, or of all open tickets where that is None."""

    as_of: AsOf
    graph: DependencyGraph
    item: str | None


def read_dependencies(ledger: Ledger, item: str | None) -> DependenciesResult:
    """What a ticket waits for and what waits for it; without one, all that waits. Raises LedgerError
    `no-such-ticket`."""
    feed = read_feed_to_show(ledger)
    if item is not None:
        item = find_ticket(feed, item).id
    return DependenciesResult(date_feed(ledger, feed), find_dependencies(feed.board, item), item)
