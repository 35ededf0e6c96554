"""A list that only grows, as a value: adding to it leaves whoever holds it with what they had."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

T = TypeVar("T")


class Log(Sequence[T]):
    """Entries in order. `log.added(entry)` is a longer log, which shares its entries with this one.

    Adding takes the same time however long the log is. Only one that something was added to before is copied.
    """

    __slots__ = ("_entries", "_length")

    def __init__(self, entries: Iterable[T] = ()) -> None:
        self._entries = list(entries)
        self._length = len(self._entries)

    def added(self, entry: T) -> "Log[T]":
        """This log with one entry more at its end."""
        longer: Log[T] = Log()
        longer._entries = self._entries if self._length == len(self._entries) else list(self)
        longer._entries.append(entry)
        longer._length = self._length + 1
        return longer

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return islice(self._entries, self._length)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...

    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        places = range(self._length)[place]
        if isinstance(places, int):
            return self._entries[places]
        return tuple(self._entries[one] for one in places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Log) and list(self) == list(other)

    def __repr__(self) -> str:
        return f"Log({list(self)!r})"
