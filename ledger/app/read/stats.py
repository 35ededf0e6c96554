"""`stats`: what the feed adds up to over time, freshly read unless offline."""

from datetime import datetime
from typing import Any

from ledger.app.ledger import Ledger
from ledger.app.read.load import read_feed_to_show, read_series
from ledger.app.read.queue import as_of
from ledger.app.read.series import ALL_SERIES
from ledger.core.ids import format_timestamp
from ledger.core.stats.figures import Figures
from ledger.core.stats.gates import record_of_gates
from ledger.core.stats.records import record_of_figures


def stats(ledger: Ledger, since: datetime | None = None, gates: bool = False) -> dict[str, Any]:
    """The figures as JSON has them, from `since` on; with `gates` also both gates and their grounds.

    Offline the reservations are not looked at: what is known of them here may be older than the feed.
    """
    feed = read_feed_to_show(ledger, [] if ledger.offline else [ALL_SERIES])
    series = None if ledger.offline else read_series(ledger.store, feed.refs, None)
    now = ledger.world.now()
    figures = Figures(feed.board, feed.config, series, now, since, whole=gates)
    told = {"as_of": as_of(ledger, feed)} | ({"since": format_timestamp(since)} if since else {})
    return told | record_of_figures(figures) | (record_of_gates(figures) if gates else {})
