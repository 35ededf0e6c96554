"""The view that an intent is planned on: the feed, the series that it needs, whether it may be written."""

from collections.abc import Mapping

from ledger.app.ledger import Ledger
from ledger.app.load import Cache, Feed, last_config, read_feed, read_series
from ledger.app.rewound import refuse_rewound
from ledger.core.board import Board
from ledger.core.config import Config
from ledger.core.errors import LedgerError
from ledger.core.ids import tip_ref
from ledger.core.intents import Intent, Wish
from ledger.core.model import State
from ledger.core.numbers import LEAP, Series, highest_named
from ledger.core.plan import PlanView
from ledger.core.rulings import absorbed

LEAPT = "if it is meant, a number at that height reserved by hand says so; if not, docs/protocol.md says how "
LEAPT += "a tip is put back"
MENDED = "`git ledger drift --fix` puts the highest number back that was given"


def view_for(ledger: Ledger, intent: Intent, cache: Cache) -> tuple[PlanView, Feed]:
    """Read the feed and the series that the intent needs, with one fetch as a rule.

    Which series it needs follows from the config, which comes with the fetch: the one of the last
    fetch is believed first, and the series are read again where it was out of date.

    Of an intent that may be a repetition every series is read: it may have reserved in another one, as
    before midnight in a series that counts by the day.
    """
    everything = ledger.asked.intent is not None and any(intent.namespaces())
    guess = series_needed(cache.config or last_config(ledger, cache), intent)
    feed = read_feed(ledger, [""] if everything else guess, cache, to_write=True)
    needed = series_needed(feed.config, intent)
    if not (everything or needed <= guess):
        feed = read_feed(ledger, needed, cache, to_write=True)
    refuse_rewound(ledger, feed)
    refuse_unwritable(ledger, feed)
    owned = None if ledger.asked.intent else _owned(feed.config, intent)
    series = {name: Series(name) for name in needed} | read_series(ledger.store, feed.refs, owned)
    _refuse_bad_tips(feed, {name: series[name] for name in needed})
    return plan_view(ledger, feed, series), feed


def plan_view(ledger: Ledger, feed: Feed, series: Mapping[str, Series]) -> PlanView:
    """A feed and its series as a plan sees them, now."""
    return PlanView(feed.board, feed.config, series, ledger.world.now())


def series_needed(config: Config, intent: Intent) -> set[str]:
    """The series in which the intent reserves, or brings a ticket into being under a number it names."""
    day = intent.at.date()
    names = {config.series_of(one, day) for one in intent.namespaces()}
    items = [wish.fields.get("item") for wish in intent.wishes if _numbers(wish)]
    numbers = [config.read_ticket(item) for item in items if isinstance(item, str)]
    return {name for name in names if name is not None} | {one.series for one in numbers if one is not None}


def _numbers(wish: Wish) -> bool:
    """Whether a post that is wished for puts a ticket under a number that it names."""
    renumbers = wish.kind == "amendment" and "AMENDMENT:" in wish.body
    return renumbers or "subject" in wish.fields


def _owned(config: Config, intent: Intent) -> dict[str, list[int]]:
    """The numbers whose payloads the plan has to know: those that the intent names itself."""
    owned: dict[str, list[int]] = {}
    for wish in intent.wishes:
        item = wish.fields.get("item")
        number = config.read_ticket(item) if isinstance(item, str) else None
        if number is not None:
            owned.setdefault(number.series, []).append(number.n)
    return owned


def refuse_unwritable(ledger: Ledger, feed: Feed) -> None:
    """Raise LedgerError `format-too-new` for a feed that is only read here."""
    if not feed.config.writable:
        raise LedgerError(
            "format-too-new",
            f"the feed is of format {feed.config.format}, which this version only reads",
            "`pip install --upgrade git-ledger`",
        )


def _refuse_bad_tips(feed: Feed, series: Mapping[str, Series]) -> None:
    """Refuse to write where a tip is none: numbers would be given twice. Refuse to go on above one that
    leapt, which would use up the series."""
    for name, one in series.items():
        if one.tipless:
            raise LedgerError("bad-tip", f"{tip_ref(name)} is no tip: somebody overwrote it", MENDED)
        if one.tip > LEAP and one.leaps_above(known := _named_in(feed, name)):
            highest = max(known, *one.taken, 0)
            words = f"{tip_ref(name)} leapt to {one.tip}; the highest number known otherwise is {highest}"
            raise LedgerError("bad-tip", words, LEAPT)


def _named_in(feed: Feed, series: str) -> int:
    """The highest number of a series that any post names."""
    return highest_named(feed.board.named.keys_from(series), feed.config.read_ticket).get(series, 0)


def expects(board: Board, intent: Intent) -> dict[str, str]:
    """The newest move of each ticket that the intent moves, claims excepted, as the seat sees it now."""
    items: set[str] = set()
    for wish in intent.wishes:
        item = wish.fields.get("item")
        if wish.kind in ("actionable", "amendment", "confirm") and isinstance(item, str):
            items.update([item] if wish.fields.get("state") != State.CLAIMED else [])
        if wish.kind == "ruling":
            items.update(absorbed(wish.body))
    return {one: board.tickets[one].moved_by for one in items if one in board.tickets}
