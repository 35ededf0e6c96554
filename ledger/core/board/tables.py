"""Records by key and by link: what a board is made of.

A link is a string that a record answers to besides its key, such as `holder seat-a` for a ticket. Tables are
never walked: whoever needs a part asks by key or by link, so that an answer costs what it says and not what
is there. What is truly about all records says so: `all`.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Protocol, TypeVar

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)
LAST = "\U0010ffff"
"""Stands behind every name: the end of a range of names that begin alike."""
Links = Callable[[str, V], tuple[str, ...]]
"""The links of a record, from its key and itself."""

NEWEST = ""
"""The key of `Board.ruled` under which the newest ruling of all stands."""


def join_key(*names: str) -> str:
    """The key of a record that is about several names, none of which has a space."""
    return " ".join(names)


class Lookup(Protocol[V_co]):
    """Records by key, and nothing that walks them."""

    def get(self, key: str) -> V_co | None:
        """The record of a key; None where there is none."""

    def __getitem__(self, key: str) -> V_co:
        """The record of a key. Raises KeyError where there is none."""

    def __contains__(self, key: object) -> bool:
        """Whether there is a record of this key."""


class Table(Lookup[V_co], Protocol[V_co]):
    """Records that are there."""

    def find(self, link: str) -> list[str]:
        """The keys of the records with a link, in the order of `all`."""

    def links_from(self, prefix: str) -> list[str]:
        """The links in use that begin so, sorted."""

    def keys_from(self, prefix: str) -> list[str]:
        """The keys that begin so, sorted."""

    def keys_between(self, start: str, end: str) -> list[str]:
        """The keys from `start` up to `end`, that excluded, sorted."""

    def last_key(self, end: str) -> str | None:
        """The last of the keys before `end`; None where there is none."""

    def all(self) -> Iterator[V_co]:
        """Every record, by key."""


class Arrivals(Table[V_co], Protocol[V_co]):
    """A table that keeps the order in which records arrived; none is ever replaced or removed."""

    def __len__(self) -> int:
        """How many records there are."""

    def place_of(self, key: str) -> int:
        """Where a record stands in the order, from 0. Raises KeyError where there is none."""

    def since(self, place: int) -> Iterator[V_co]:
        """The records from a place on."""

    def newest_first(self) -> Iterator[V_co]:
        """Every record, from the last one on, found as they are asked for."""

    def newest(self, link: str) -> Iterator[V_co]:
        """The records with a link, from the last one on, found as they are asked for."""


class Journal(Protocol[V_co]):
    """Rows by key, which are only added to."""

    def keys(self) -> list[str]:
        """The keys that have rows, sorted."""

    def rows(self, key: str) -> Sequence[V_co]:
        """The rows of a key, oldest first."""

    def last(self, key: str) -> V_co | None:
        """The newest row of a key."""


class _OverlaidTable(Table[V]):
    """What is written on top of another table: the records here, else those below that were not removed."""

    def __init__(self, base: Table[V] | None = None, links_of: Links[V] | None = None) -> None:
        self._below = base
        self._links_of = links_of
        self._links: dict[str, tuple[str, ...]] = {}
        self._linked: dict[str, dict[str, None]] = {}
        self._sorted_keys: list[str] | None = None
        self._sorted_links: list[str] | None = None
        self.own: dict[str, V] = {}
        """What was written here, by key."""
        self.gone: set[str] = set()
        """Keys of the table below that were removed here."""

    def get(self, key: str) -> V | None:
        found = self.own.get(key)
        if found is not None or self._below is None or key in self.gone:
            return found
        return self._below.get(key)

    def __getitem__(self, key: str) -> V:
        found = self.own.get(key)
        if found is not None:
            return found
        if self._below is None or key in self.gone:
            raise KeyError(key)
        return self._below[key]

    def __contains__(self, key: object) -> bool:
        if key in self.own:
            return True
        return self._below is not None and key not in self.gone and key in self._below

    def find(self, link: str) -> list[str]:
        below = [] if self._below is None else self._keep_visible(self._below.find(link))
        return sorted([*below, *self._linked.get(link, ())])

    def links_from(self, prefix: str) -> list[str]:
        if self._sorted_links is None:
            self._sorted_links = sorted(self._linked)
        links = {link for link in _names_beginning_with(self._sorted_links, prefix) if self._linked[link]}
        if self._below is not None:
            # A link of the table below may be one of records that are all replaced or removed here.
            links.update(self._keep_visible_links(self._below.links_from(prefix)))
        return sorted(links)

    def _keep_visible_links(self, links: Iterable[str]) -> Iterable[str]:
        """Those links of the table below that a record still has."""
        return (link for link in links if self.find(link))

    def keys_from(self, prefix: str) -> list[str]:
        below = [] if self._below is None else self._keep_visible(self._below.keys_from(prefix))
        return sorted([*below, *_names_beginning_with(self._sorted_own_keys(), prefix)])

    def keys_between(self, start: str, end: str) -> list[str]:
        keys = self._sorted_own_keys()
        below = [] if self._below is None else self._keep_visible(self._below.keys_between(start, end))
        return sorted([*below, *keys[bisect_left(keys, start) : bisect_left(keys, end)]])

    def last_key(self, end: str) -> str | None:
        keys = self._sorted_own_keys()
        place = bisect_left(keys, end)
        below = None if self._below is None else self._below.last_key(end)
        # The last key below may be removed here; walk down until one stands.
        while below is not None and self._below is not None and not self._keep_visible([below]):
            below = self._below.last_key(below)
        return max((key for key in (below, *keys[:place][-1:]) if key is not None), default=None)

    def _sorted_own_keys(self) -> list[str]:
        if self._sorted_keys is None:
            self._sorted_keys = sorted(self.own)
        return self._sorted_keys

    def all(self) -> Iterator[V]:
        return (self[key] for key in self.keys_from(""))

    def _keep_visible(self, keys: Sequence[str]) -> list[str]:
        return [key for key in keys if key not in self.own and key not in self.gone]

    def _write_record(self, key: str, record: V) -> None:
        if key not in self.own:
            self._sorted_keys = None
        self.own[key] = record
        if self._links_of is not None:
            self._link(key, self._links_of(key, record))

    def links(self, key: str) -> tuple[str, ...]:
        """The links of a record that was written here."""
        return self._links.get(key, ())

    def _link(self, key: str, links: tuple[str, ...]) -> None:
        before = self._links.get(key, ())
        if before == links:
            return
        for link in before:
            del self._linked[link][key]
        for link in links:
            if link not in self._linked:
                self._linked[link] = {}
                self._sorted_links = None
            self._linked[link][key] = None
        self._links[key] = links


def _names_beginning_with(names: list[str], prefix: str) -> Iterator[str]:
    """Those of sorted names that begin so."""
    place = bisect_left(names, prefix)
    while place < len(names) and names[place].startswith(prefix):
        yield names[place]
        place += 1


class Overlay(_OverlaidTable[V]):
    """A table that is written to, on top of another one, which stays as it is."""

    def put(self, key: str, record: V) -> None:
        """Write a record, in place of the one that has its key."""
        self._write_record(key, record)

    def remove(self, key: str) -> None:
        """Take a record away."""
        self.own.pop(key, None)
        self._sorted_keys = None
        if self._below is not None and key in self._below:
            self.gone.add(key)
        self._link(key, ())

    def merge(self, other: "Overlay[V]") -> None:
        """Take over what was written in a table on top of this one."""
        for key in other.gone:
            self.remove(key)
        for key, record in other.own.items():
            self.put(key, record)


class OverlayArrivals(_OverlaidTable[V], Arrivals[V]):
    """Records that go on arriving after those of another table, which stays as it is."""

    def __init__(self, base: Arrivals[V] | None = None, links_of: Links[V] | None = None) -> None:
        super().__init__(base, links_of)
        self._find_base = base
        self._first = 0 if base is None else len(base)
        self._places: dict[str, int] = {}

    def add(self, key: str, record: V) -> None:
        """Let a record arrive, as the last one, under a key that none has."""
        self._places[key] = len(self)
        self._write_record(key, record)

    def merge(self, other: "OverlayArrivals[V]") -> None:
        """Take over what arrived in a table on top of this one."""
        for key, record in other.own.items():
            self.add(key, record)

    def __len__(self) -> int:
        return self._first + len(self.own)

    def place_of(self, key: str) -> int:
        if key in self._places or self._find_base is None:
            return self._places[key]
        return self._find_base.place_of(key)

    def since(self, place: int) -> Iterator[V]:
        if self._find_base is not None and place < self._first:
            yield from self._find_base.since(place)
        yield from islice(self.own.values(), max(0, place - self._first), None)

    def newest_first(self) -> Iterator[V]:
        yield from reversed(self.own.values())
        yield from () if self._find_base is None else self._find_base.newest_first()

    def newest(self, link: str) -> Iterator[V]:
        yield from (self.own[key] for key in reversed(self._linked.get(link, {})))
        yield from () if self._find_base is None else self._find_base.newest(link)

    def find(self, link: str) -> list[str]:
        below = [] if self._find_base is None else self._find_base.find(link)
        return [*below, *self._linked.get(link, ())]

    def all(self) -> Iterator[V]:
        return self.since(0)

    def _keep_visible_links(self, links: Iterable[str]) -> Iterable[str]:
        return links  # no record below is ever replaced


class OverlayJournal(Journal[V]):
    """Rows that are added after those of another journal, which stays as it is."""

    def __init__(self, base: Journal[V] | None = None) -> None:
        self._find_base = base
        self.own: dict[str, list[V]] = {}
        """What was added here, by key."""

    def keys(self) -> list[str]:
        return sorted({*self.own, *(() if self._find_base is None else self._find_base.keys())})

    def add(self, key: str, row: V) -> None:
        """Add a row after those of its key."""
        self.own.setdefault(key, []).append(row)

    def rows(self, key: str) -> Sequence[V]:
        own = self.own.get(key, [])
        return own if self._find_base is None else [*self._find_base.rows(key), *own]

    def last(self, key: str) -> V | None:
        own = self.own.get(key)
        if own:
            return own[-1]
        return None if self._find_base is None else self._find_base.last(key)

    def merge(self, other: "OverlayJournal[V]") -> None:
        """Take over what was added in a journal on top of this one."""
        for key, rows in other.own.items():
            self.own.setdefault(key, []).extend(rows)


class Lows(Protocol):
    """Moments by place in an order: which is the earliest from a place on."""

    def earliest(self, place: int) -> datetime | None:
        """The earliest moment at or behind a place; None where there is none."""


class OverlayLows(Lows):
    """Moments that go on after those of another one, which stays as it is.

    Only those that no later place undercuts are kept, so that each is looked at twice at the most.
    """

    def __init__(self, base: Lows | None = None) -> None:
        self._find_base = base
        self.own: list[tuple[int, datetime]] = []
        """Places and moments, both rising."""

    def add(self, place: int, moment: datetime) -> None:
        """Let a moment stand at a place behind all others."""
        # An earlier moment behind makes those before it useless: none of them is ever the earliest again.
        while self.own and self.own[-1][1] >= moment:
            self.own.pop()
        self.own.append((place, moment))

    def earliest(self, place: int) -> datetime | None:
        at = bisect_left(self.own, place, key=itemgetter(0))
        below = None if self._find_base is None else self._find_base.earliest(place)
        own = self.own[at][1] if at < len(self.own) else None
        return min((moment for moment in (below, own) if moment is not None), default=None)

    def merge(self, other: "OverlayLows") -> None:
        """Take over what was added on top of this one."""
        for place, moment in other.own:
            self.add(place, moment)
