"""`stats`: what the feed adds up to over time, freshly read unless offline."""

from datetime import datetime

from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf, date_feed, read_feed_to_show, read_series
from ledger.app.read.series import ALL_SERIES
from ledger.core.dataclass import dataclass
from ledger.core.stats.figures import Figures


@dataclass(frozen=True, slots=True)
class StatsResult:
    """The figures of the feed, from `since` on (None: ever); `gates` where both gates were asked for too."""

    as_of: AsOf
    figures: Figures
    gates: bool
    since: datetime | None = None


def count_figures(ledger: Ledger, since: datetime | None = None, gates: bool = False) -> StatsResult:
    """The figures from `since` on, counted as they are asked for; with `gates` so that both can be judged.

    Offline the reservations are not looked at: what is known of them here may be older than the feed.
    """
    feed = read_feed_to_show(ledger, [] if ledger.offline else [ALL_SERIES])
    series = None if ledger.offline else read_series(ledger.store, feed.refs, None)
    figures = Figures(feed.board, feed.config, series, ledger.world.now(), since, whole=gates)
    return StatsResult(date_feed(ledger, feed), figures, gates, since)
