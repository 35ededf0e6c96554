"""Which refs of series a command asks for: their tips and the numbers that are named, so that it costs the
same however many numbers were given; all of them only where the whole is judged."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from ledger.core.ids import parse_reservation_ref, reservation_prefix, reservation_ref, tip_ref
from ledger.store.contract import Conflict, Outcome, Refs

ALL_SERIES: Final = "refs/reserve/"
"""The folder of all tips and reservations."""
_MOST_NAMED: Final = 100
"""Numbers of one series that are asked for by name; of more the series is read whole."""
_AHEAD: Final = 16
"""Numbers that are asked for from the first one on that was taken although the tip says otherwise."""
_MOST_AHEAD: Final = 256
"""So many are asked for at most; then the series is read whole."""


def name_series_refs(numbers: Mapping[str, Collection[int]]) -> list[str]:
    """The refs of these series to read: their tips and these numbers of them."""
    refs = []
    for name in sorted(numbers):
        whole = len(numbers[name]) > _MOST_NAMED
        refs += [tip_ref(name), *(reservation_ref(name, n) for n in sorted(numbers[name]) if not whole)]
        refs += [reservation_prefix(name)] if whole else []
    return refs


def read_series_refs(read: Callable[[Sequence[str]], Refs], names: Sequence[str]) -> Refs:
    """Read refs by their names. A series without a tip of which number 1 is asked for is read whole.

    Number 1 is the first of a series that nobody has reserved in: only all of its refs tell. It has few, or
    it lost its tip.
    """
    refs = read(names)
    # A tip that is gone and a series that is new look the same by number 1 alone.
    series = {place[0] for name in names if (place := parse_reservation_ref(name)) and place[1] == 1}
    folders = [reservation_prefix(name) for name in sorted(series) if tip_ref(name) not in refs]
    return read([*names, *folders]) if folders else refs


def find_taken_refs(outcome: Outcome, before: Collection[str]) -> set[str]:
    """The refs to ask for beside those from `before`, when a swap was lost to numbers above a tip.

    Somebody reserved them by hand, perhaps a row of them: each time more are asked for, in the end all.
    """
    moved = outcome.moved if isinstance(outcome, Conflict) else ()
    # Where the tip moved too, another writer was faster, and reading again is enough.
    places = [
        place for ref in moved if (place := parse_reservation_ref(ref)) and tip_ref(place[0]) not in moved
    ]
    if len(before) > _MOST_AHEAD:
        return {reservation_prefix(name) for name, _ in places}
    ahead = max(_AHEAD, 2 * len(before))
    first = dict(sorted(places, reverse=True))  # the lowest of each series
    rows = {reservation_ref(name, n) for name, low in first.items() for n in range(low, low + ahead)}
    return {reservation_ref(*place) for place in places} | rows
