"""Series and their reserved numbers: payloads, and which number is next (protocol: refs).

A number is taken if it is at or below the series' tip, or its ref exists, or any post names it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ledger.core.dataclass import dataclass, field, replace
from ledger.core.ids import MAX_NUMBER, Number, is_seat, is_ticket
from ledger.core.json_input import parse_json
from ledger.core.lazy_pattern import LazyPattern

PAYLOAD_FORMAT = 1
LEAP = 10_000
"""How far a tip or a number may lie above what else is known of its series and still be followed."""


def is_leap(n: int, highest: int) -> bool:
    """True when `n` lies more than LEAP above the highest number known otherwise. Where nothing is known
    (0), any height is a beginning: a fleet that goes on where an older system ended pushes its first tip."""
    return 0 < highest < n - LEAP


@dataclass(frozen=True, slots=True)
class Reservation:
    """The payload of `refs/reserve/<series>/<n>`: who was given the number, when (RFC 3339), and the
    nonce that makes the payload an object of its own, so that two seats can never push the same one.

    One that was made by hand has no `ticket`: its ref alone says which number it reserves.
    """

    series: str
    n: int
    ticket: str
    seat: str
    at: str
    nonce: str


def encode_reservation(reservation: Reservation) -> bytes:
    """The bytes of the blob that reserves a number."""
    record = {
        "format": PAYLOAD_FORMAT,
        "series": reservation.series,
        "n": reservation.n,
        "ticket": reservation.ticket,
    }
    return _encode_line(record | {"seat": reservation.seat, "at": reservation.at, "nonce": reservation.nonce})


def decode_reservation(data: bytes, series: str, n: int) -> Reservation | None:
    """Read the payload of the ref that reserves the `n`-th number of a series.

    None when it names no seat or another number: then it binds nobody. One that was made by hand holds
    `format`, `seat`, `at` and `nonce` alone.
    """
    record = _decode_usual_spelling(data) or _decode_record(data)
    ticket = record.get("ticket", "")
    seat, at, nonce = record.get("seat"), record.get("at"), record.get("nonce")
    # Asked one by one: a feed is judged with every reservation that was ever made.
    if not (
        isinstance(seat, str) and isinstance(at, str) and isinstance(nonce, str) and isinstance(ticket, str)
    ):
        return None
    # A payload that was copied to another ref reserves nothing there: it names the number that it was made
    # for.
    is_named = (record.get("series", series), record.get("n", n)) == (series, n)
    if not (is_named and is_seat(seat) and (ticket == "" or is_ticket(ticket))):
        return None
    return Reservation(series, n, ticket, seat, at, nonce)


def encode_tip(n: int, nonce: str) -> bytes:
    """The bytes of a tip: the highest number ever given, and the nonce of the swap that raised it."""
    return _encode_line({"format": PAYLOAD_FORMAT, "tip": n, "nonce": nonce})


def decode_tip(data: bytes) -> int | None:
    """Read a tip; None when it is not one."""
    tip = _decode_record(data).get("tip")
    return tip if type(tip) is int and 0 <= tip <= MAX_NUMBER else None  # `true` is an int to Python


_TEXT = r'"([ !#-\[\]-~]*)"'
_match_usual = LazyPattern(
    rf'\{{"format": 1, "series": {_TEXT}, "n": ([1-9][0-9]{{0,8}}), "ticket": {_TEXT}, "seat": {_TEXT}, '
    rf'"at": {_TEXT}, "nonce": {_TEXT}\}}\n'
).fullmatch


def _decode_usual_spelling(data: bytes) -> dict[str, Any] | None:
    """A reservation spelled as `encode_reservation` does, in a third of the time that JSON takes; None for
    any other."""
    # latin-1 takes any bytes; the pattern lets ASCII alone through.
    found = _match_usual(data.decode("latin-1"))
    if found is None:
        return None
    series, n, ticket, seat, at, nonce = found.groups()
    return {"series": series, "n": int(n), "ticket": ticket, "seat": seat, "at": at, "nonce": nonce}


def _encode_line(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=True) + "\n").encode()


def _decode_record(data: bytes) -> dict[str, Any]:
    try:
        record = parse_json(data)
    except ValueError:
        return {}
    return record if isinstance(record, dict) and record.get("format") == PAYLOAD_FORMAT else {}


def find_highest_named(tickets: Iterable[str], read_ticket: Callable[[str], Number | None]) -> dict[str, int]:
    """The highest number of each series among these tickets; `read_ticket` says what one means."""
    return find_highest_of(number for number in map(read_ticket, tickets) if number is not None)


def find_highest_of(numbers: Iterable[Number]) -> dict[str, int]:
    """The highest of these numbers in each series."""
    highest: dict[str, int] = {}
    for number in numbers:
        highest[number.series] = max(number.n, highest.get(number.series, 0))
    return highest


@dataclass(frozen=True, slots=True)
class Series:
    """One series as it stands on the authority.

    `tip` is the highest number ever given (0 before the first), `tip_oid` the object that says so.
    `taken` maps numbers with a ref to its object, `owners` those payloads that were read (None: not
    ours). A number that the current plan reserves has the empty object name. `tipless` says that what
    stands at the tip is none: somebody overwrote it, and nobody knows from it which numbers were given.
    """

    name: str
    tip: int = 0
    tip_oid: str | None = None
    taken: Mapping[int, str] = field(default_factory=dict)
    owners: Mapping[int, Reservation | None] = field(default_factory=dict)
    tipless: bool = False

    def allocate(self, count: int, named: Callable[[int], bool]) -> list[int]:
        """The lowest `count` numbers above the tip that have no ref and that no post names.

        Raises OverflowError when the series has no such number left.
        """
        found: list[int] = []
        n = self.tip
        while len(found) < count:
            n += 1
            if n > MAX_NUMBER:
                raise OverflowError(self.name)
            # A post by hand may have taken a number without a reservation; the next one is free of doubt.
            if n not in self.taken and not named(n):
                found.append(n)
        return found

    def with_reserved(self, reservation: Reservation) -> "Series":
        """The series after a number was given."""
        return replace(
            self,
            tip=max(self.tip, reservation.n),
            taken={**self.taken, reservation.n: ""},
            owners={**self.owners, reservation.n: reservation},
        )

    def is_leap_above(self, named: int) -> bool:
        """True for a tip that nothing else bears out: `named` is the highest number that a post names."""
        return is_leap(self.tip, max(named, max(self.taken, default=0)))

    @property
    def untouched(self) -> bool:
        """True when the series has neither a tip nor a reserved number."""
        return self.tip == 0 and not self.tipless and not self.taken
