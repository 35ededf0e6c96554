"""The view that an intent is planned on: the feed, the series that it needs, whether it may be written."""

from collections.abc import Collection, Iterable, Mapping

from ledger.app.judge.rewound import refuse_rewound
from ledger.app.ledger import Ledger
from ledger.app.read.load import Cache, Feed, find_last_config, read_feed, read_series
from ledger.app.read.series import ALL_SERIES, name_series_refs
from ledger.core.board.board import Board
from ledger.core.board.kinds import kind_of
from ledger.core.board.rulings import find_absorbed
from ledger.core.config.config import Config
from ledger.core.errors import LedgerError
from ledger.core.ids import Number, reservation_prefix, reservation_ref, tip_ref
from ledger.core.model import State
from ledger.core.write.numbers import LEAP, Series, find_highest_named
from ledger.core.write.plan import PlanView
from ledger.core.write.requests import PostRequest, WriteRequest

LEAPT = "if it is meant, a number at that height reserved by hand says so; if not, docs/protocol.md says how "
LEAPT += "a tip is put back"
MENDED = "`git ledger drift --fix` puts the highest number back that was given"


def read_plan_view(
    ledger: Ledger, intent: WriteRequest, cache: Cache, taken: Collection[str] = ()
) -> tuple[PlanView, Feed]:
    """Read the feed and the tips and numbers that the intent needs, with one fetch as a rule.

    `taken` are refs of numbers that stood in the way of an earlier try. Which series the intent needs follows
    from the config, which comes with the fetch: the one of the last fetch is believed first, and they are
    read again where it was out of date.

    Of an intent that may be a repetition every series is read whole: it may have reserved in another one, as
    before midnight in a series that counts by the day, and only what reservations hold tells.
    """
    may_be_there = ledger.options.intent is not None and any(intent.namespaces())
    more = [ALL_SERIES] if may_be_there else sorted(taken)
    guess = name_series_refs(find_needed_numbers(cache.config or find_last_config(ledger, cache), intent))
    feed = read_feed(ledger, [*guess, *more], cache, to_write=True)
    numbers = find_needed_numbers(feed.config, intent)
    names = name_series_refs(numbers)
    if not set(names) <= {*guess}:
        feed = read_feed(ledger, [*names, *more], cache, to_write=True)
    # Before a number is drawn: a rewound tip would give a number that somebody holds.
    refuse_rewound(ledger, feed)
    refuse_unwritable(ledger, feed)
    series = _collect_series(ledger, feed, numbers)
    # The reservation at the tip's own height is asked for first: one ref, where the folder has them all.
    for bear_out in (_name_highest_number, _name_series_folder):
        doubted = [bear_out(series[name]) for name in numbers if _is_leap(ledger, feed, series[name])]
        if doubted:
            feed = read_feed(ledger, [*names, *more, *doubted], cache, to_write=True)
            series = _collect_series(ledger, feed, numbers)
    _refuse_bad_tips(ledger, feed, [series[name] for name in numbers])
    return make_plan_view(ledger, feed, series), feed


def _collect_series(ledger: Ledger, feed: Feed, names: Iterable[str]) -> dict[str, Series]:
    return {name: Series(name) for name in names} | read_series(ledger.store, feed.refs, None)


def _name_highest_number(series: Series) -> str:
    return reservation_ref(series.name, series.tip)


def _name_series_folder(series: Series) -> str:
    return reservation_prefix(series.name)


def _is_leap(ledger: Ledger, feed: Feed, series: Series) -> bool:
    """Whether a tip lies far above all that is known otherwise of its series, as far as that was read. The
    reservation at its own height bears it out: the tool makes both at once."""
    leaps = series.tip > LEAP and series.is_leap_above(_find_highest_named(feed, series.name))
    return leaps and not ledger.store.knows_reservation(_name_highest_number(series))


def make_plan_view(ledger: Ledger, feed: Feed, series: Mapping[str, Series]) -> PlanView:
    """A feed and its series as a plan sees them, now."""
    return PlanView(feed.board, feed.config, series, ledger.world.now())


def find_needed_numbers(config: Config, intent: WriteRequest) -> dict[str, set[int]]:
    """The series in which the intent reserves, or brings a ticket into being under a number that it names;
    and the numbers that it names there."""
    day = intent.at.date()
    reserved = {config.series_of(namespace, day) for namespace in intent.namespaces()}
    opened = [
        number.series
        for wish in intent.wishes
        if _takes_named_number(wish)
        for number in _find_named_numbers(config, wish)
    ]
    needed: dict[str, set[int]] = {name: set() for name in (*reserved, *opened) if name is not None}
    for number in (number for wish in intent.wishes for number in _find_named_numbers(config, wish)):
        if number.series in needed:
            needed[number.series].add(number.n)
    return needed


def _takes_named_number(wish: PostRequest) -> bool:
    """Whether a post that is wished for puts a ticket under a number that it names."""
    renumbers = "AMENDMENT" in kind_of(wish.kind).directives and "AMENDMENT:" in wish.body
    return renumbers or "subject" in wish.fields


def _find_named_numbers(config: Config, wish: PostRequest) -> list[Number]:
    """The numbers that a post may take: of its own ticket, and of an AMENDMENT's target."""
    lines = [line.split() for line in wish.body.splitlines() if line.startswith("AMENDMENT:")]
    words = [wish.fields.get("item"), *(word for line in lines for word in line)]
    numbers = [config.parse_ticket_id(word) for word in words if isinstance(word, str)]
    return [number for number in numbers if number is not None]


def refuse_unwritable(ledger: Ledger, feed: Feed) -> None:
    """Raise LedgerError `format-too-new` for a feed that is only read here."""
    if not feed.config.writable:
        raise LedgerError(
            "format-too-new",
            f"the feed is of format {feed.config.format}, which this version only reads",
            "`pip install --upgrade git-ledger`",
        )


def _refuse_bad_tips(ledger: Ledger, feed: Feed, series: Iterable[Series]) -> None:
    """Refuse to write where a tip is none: numbers would be given twice. Refuse to go on above one that
    leapt, which would use up the series."""
    for its in series:
        if its.tipless:
            raise LedgerError("bad-tip", f"{tip_ref(its.name)} is no tip: somebody overwrote it", MENDED)
        if _is_leap(ledger, feed, its):
            highest = max(_find_highest_named(feed, its.name), *its.taken, 0)
            words = f"{tip_ref(its.name)} leapt to {its.tip}; the highest number known otherwise is {highest}"
            raise LedgerError("bad-tip", words, LEAPT)


def _find_highest_named(feed: Feed, series: str) -> int:
    """The highest number of a series that any post names."""
    return find_highest_named(feed.board.named.keys_from(series), feed.config.parse_ticket_id).get(series, 0)


def find_expected_moves(board: Board, intent: WriteRequest) -> dict[str, str]:
    """The newest move of each ticket that the intent moves, claims excepted, as the seat sees it now."""
    items: set[str] = set()
    for wish in intent.wishes:
        item = wish.fields.get("item")
        if kind_of(wish.kind).moves_item and isinstance(item, str):
            items.update([item] if wish.fields.get("state") != State.CLAIMED else [])
        if kind_of(wish.kind).rules:
            items.update(find_absorbed(wish.body))
    return {name: board.tickets[name].moved_by for name in items if name in board.tickets}
