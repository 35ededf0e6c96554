"""`series`: the prefixes in use, the next number of each, and how many of its tickets are open."""

from collections import Counter
from collections.abc import Collection

from ledger.app.ledger import Ledger
from ledger.app.read.load import (
    AsOf,
    Cache,
    Feed,
    date_feed,
    find_last_config,
    read_board_here,
    read_feed_to_show,
    read_series,
)
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.ids import namespace_of, tip_ref
from ledger.core.write.numbers import Series, find_highest_named


@dataclass(frozen=True, slots=True)
class PrefixSummary:
    """A prefix: how many tickets it has, how many of them are open, and what the settings say of it.

    `next` is the ticket of the next number; None where its tip is overwritten, and nobody knows.
    """

    prefix: str
    tickets: int
    open: int
    next: str | None
    lane: str
    private_to: str | None
    default: bool


@dataclass(frozen=True, slots=True)
class PrefixesResult:
    """The prefixes in use and those that the settings list, by name."""

    as_of: AsOf
    prefixes: tuple[PrefixSummary, ...]


def list_prefixes(ledger: Ledger) -> PrefixesResult:
    """Every prefix in which there are tickets or that the settings list, with the tips read afresh."""
    day = ledger.world.now().date()

    def name_tips(config: Config, used: Collection[str]) -> list[str]:
        series = (config.series_of(prefix, day) for prefix in _join_prefixes(config, used))
        return [tip_ref(name) for name in series if name is not None]

    # Which tips are needed follows from the feed, which comes with the fetch: the last one is believed first.
    guess = name_tips(find_last_config(ledger, Cache()), read_board_here(ledger).namespaces())
    feed = read_feed_to_show(ledger, guess)
    names = name_tips(feed.config, feed.board.namespaces())
    if not set(names) <= set(guess):
        feed = read_feed_to_show(ledger, names)
    series = read_series(ledger.store, feed.refs, {})
    opened = Counter(namespace_of(ticket.id) for ticket in feed.board.open_tickets())
    chosen = ledger.repo.config("ledger.prefix") or feed.config.prefix
    prefixes = _join_prefixes(feed.config, feed.board.namespaces())
    rows = []
    for prefix in prefixes:
        name = feed.config.series_of(prefix, day)
        rows.append(
            PrefixSummary(
                prefix,
                len(feed.board.tickets.keys_from(f"{prefix}-")),
                opened[prefix],
                _spell_next(feed, series.get(name, Series(name))) if name else None,
                feed.config.default_lane_of(f"{prefix}-1"),
                feed.config.private_to(prefix),
                prefix == chosen or [prefix] == prefixes,
            )
        )
    return PrefixesResult(date_feed(ledger, feed), tuple(rows))


def _join_prefixes(config: Config, used: Collection[str]) -> list[str]:
    return sorted({*used, *(config.namespaces or ())})


def _spell_next(feed: Feed, series: Series) -> str | None:
    """The ticket of the next number, as a write would give it now."""
    if series.tipless:
        return None
    named = feed.board.named
    start = series.tip
    # A host that takes no refs of ours keeps no tip: what posts name is all there is.
    if not start:
        highest = find_highest_named(named.keys_from(series.name), feed.config.parse_ticket_id)
        start = highest.get(series.name, 0)

    def is_named(n: int) -> bool:
        return any(ticket in named for ticket in feed.config.spellings(series.name, n))

    [number] = Series(series.name, start).allocate(1, is_named)
    return feed.config.spell(series.name, number)
