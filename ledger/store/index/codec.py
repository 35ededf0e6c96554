"""Records as JSON and back, as the index keeps them: an object without the fields that have their default.

Hand-made, since a library that does it costs five times what Python costs to start, in each command.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any, Generic, TypeVar

from ledger.core.board.deeds import Milestones
from ledger.core.dataclass import MISSING, defaults_of
from ledger.core.feed.order import Order
from ledger.core.model import (
    Challenge,
    Checklist,
    Collision,
    Directive,
    Finding,
    Life,
    Lift,
    Post,
    Priority,
    SeatLife,
    Severity,
    State,
    Ticket,
    Where,
)

T = TypeVar("T")
_write = JSONEncoder(separators=(",", ":")).encode
_read = JSONDecoder().raw_decode


class RecordError(Exception):
    """A record that is none of ours: what holds it is damaged."""


class _Field:
    """How a field is written and read, where JSON has no such value."""

    __slots__ = ("read", "write")

    def __init__(self, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        self.write, self.read = write, read


class Codec(Generic[T]):
    """How the records of one dataclass are kept."""

    def __init__(self, kind: type[T], **special: _Field) -> None:
        self._kind = kind
        self._defaults = list(defaults_of(kind).items())
        self._special = special
        self._values = [default for _, default in self._defaults]
        """A value for each field; what a default factory of a record makes cannot be changed."""
        self._reads = {
            name: (place, special[name].read if name in special else None)
            for place, (name, _) in enumerate(self._defaults)
        }
        self._required = {name for name, default in self._defaults if default is MISSING}

    def to_plain(self, record: T) -> dict[str, Any]:
        """A record as what JSON can say."""
        row = {name: value for name, default in self._defaults if (value := getattr(record, name)) != default}
        for name in self._special.keys() & row.keys():
            if row[name] is not None:
                row[name] = self._special[name].write(row[name])
        return row

    def from_plain(self, row: dict[str, Any]) -> T:
        """The record that `plain` gave. Raises KeyError for a field that it lacks, or that no record has."""
        values = self._values.copy()
        for name, value in row.items():
            place, read = self._reads[name]
            values[place] = value if read is None or value is None else read(value)
        if not self._required <= row.keys():
            raise KeyError(*self._required - row.keys())
        return self._kind(*values)

    def encode(self, record: T) -> str:
        """A record as text."""
        return _write(self.to_plain(record))

    def decode(self, text: str) -> T:
        """The record of a text. Raises RecordError where it is none."""
        try:
            return self.from_plain(_read(text)[0])
        # AttributeError is that of a list or a text where an object belongs.
        except (JSONDecodeError, TypeError, ValueError, KeyError, AttributeError) as error:
            raise RecordError(text[:80]) from error


def _field_of_list(codec: Codec[Any]) -> _Field:
    return _Field(
        lambda rows: [codec.to_plain(row) for row in rows], lambda rows: tuple(map(codec.from_plain, rows))
    )


def _field_of_record(codec: Codec[Any]) -> _Field:
    return _Field(codec.to_plain, codec.from_plain)


def _read_extra(extra: Mapping[str, Any]) -> dict[str, Any]:
    # JSON has no tuples, and a post that was kept has to equal the one that was parsed.
    return {name: tuple(value) if isinstance(value, list) else value for name, value in extra.items()}


def _read_placed(row: list[Any]) -> tuple[int, datetime]:
    place, at = row
    return int(place), datetime.fromisoformat(at)


_MOMENT = _Field(datetime.isoformat, datetime.fromisoformat)
_SPAN = _Field(timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds))
_NAMES = _Field(list, tuple)
_STATE = _Field(str, State.__members__.__getitem__)
_PRIORITY = _Field(str, Priority.__members__.__getitem__)

_DIRECTIVE = Codec(Directive, grace=_SPAN)
POST: Codec[Post] = Codec(
    Post,
    at=_MOMENT,
    state=_STATE,
    priority=_PRIORITY,
    directives=_field_of_list(_DIRECTIVE),
    extra=_Field(dict, _read_extra),
    lines=_Field(dict, dict),
    **dict.fromkeys(
        (
            "saw",
            "related",
            "after",
            "blocked_on",
            "rules_on",
            "cites",
            "lanes",
            "to",
            "labels",
            "criteria",
            "met",
        ),
        _NAMES,
    ),
)
TICKET: Codec[Ticket] = Codec(
    Ticket,
    opened_at=_MOMENT,
    since=_MOMENT,
    held_since=_MOMENT,
    state=_STATE,
    priority=_PRIORITY,
    life=_field_of_record(Codec(Life, at=_MOMENT)),
    collisions=_field_of_list(Codec(Collision, at=_MOMENT)),
    checklist=_field_of_record(Codec(Checklist, met=_NAMES)),
    **dict.fromkeys(("related", "after", "blocked_on", "labels"), _NAMES),
)
SEAT: Codec[SeatLife] = Codec(
    SeatLife, first_at=_MOMENT, last_at=_MOMENT, booted_at=_MOMENT, retired_at=_MOMENT, lanes=_NAMES
)
LIFT: Codec[Lift] = Codec(Lift, holding=_NAMES, ended_by=_NAMES)
FINDING: Codec[Finding] = Codec(
    Finding,
    where=_field_of_record(Codec(Where)),
    severity=_Field(str, {severity.value: severity for severity in Severity}.__getitem__),
)
_PLACED = _Field(lambda moment: [moment[0], moment[1].isoformat()], _read_placed)
MILESTONES: Codec[Milestones] = Codec(
    Milestones, **dict.fromkeys(("claimed", "offered", "done", "waits"), _PLACED)
)
CHALLENGE: Codec[Challenge] = Codec(Challenge, at=_MOMENT, grace=_SPAN)


def encode_order(order: Order) -> str:
    """An order as text."""
    return _write({name: _to_plain_value(getattr(order, name)) for name in _ORDER})


def decode_order(text: str) -> Order:
    """The order of a text. Raises RecordError where it is none."""
    try:
        stated = _read(text)[0]
        return Order(
            head=(stated["head"][0], stated["head"][1]) if stated["head"] else None,
            unseen=tuple(stated["unseen"]),
            forked=tuple(stated["forked"]),
            missing=tuple((gone, namer) for gone, namer in stated["missing"]),
            lacking=frozenset(stated["lacking"]),
        )
    except (JSONDecodeError, TypeError, ValueError, LookupError) as error:
        raise RecordError(text[:80]) from error


_ORDER = tuple(defaults_of(Order))


def _to_plain_value(value: Any) -> Any:  # noqa: ANN401
    # Texts of a set come in another order in each process; the text of a checkpoint is always the same.
    return sorted(value) if isinstance(value, frozenset) else value
