"""Series and their reserved numbers: payloads, and which number is next (protocol: refs).

A number is taken if it is at or below the series' tip, or its ref exists, or any post names it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.core.ids import MAX_NUMBER, is_seat, is_series, is_ticket

PAYLOAD_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Reservation:
    """The payload of `refs/reserve/<series>/<n>`: who was given the number, when (RFC 3339), and the
    nonce that makes the payload an object of its own, so that two seats can never push the same one."""

    series: str
    n: int
    ticket: str
    seat: str
    at: str
    nonce: str


def write_reservation(one: Reservation) -> bytes:
    """The bytes of the blob that reserves a number."""
    record = {"format": PAYLOAD_FORMAT, "series": one.series, "n": one.n, "ticket": one.ticket}
    return _line(record | {"seat": one.seat, "at": one.at, "nonce": one.nonce})


def read_reservation(data: bytes) -> Reservation | None:
    """Read a payload; None when it is not ours, and then it binds no seat."""
    record = _record(data)
    texts = [record.get(name) for name in ("series", "ticket", "seat", "at", "nonce")]
    n = record.get("n")
    if not isinstance(n, int) or not all(isinstance(text, str) for text in texts):
        return None
    series, ticket, seat, at, nonce = (str(text) for text in texts)
    if not (is_series(series) and is_ticket(ticket) and is_seat(seat)):
        return None
    return Reservation(series, n, ticket, seat, at, nonce)


def write_tip(n: int, nonce: str) -> bytes:
    """The bytes of a tip: the highest number ever given, and the nonce of the swap that raised it."""
    return _line({"format": PAYLOAD_FORMAT, "tip": n, "nonce": nonce})


def read_tip(data: bytes) -> int | None:
    """Read a tip; None when it is not one."""
    tip = _record(data).get("tip")
    return tip if isinstance(tip, int) and 0 <= tip <= MAX_NUMBER else None


def _line(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=True) + "\n").encode()


def _record(data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) and record.get("format") == PAYLOAD_FORMAT else {}


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

    def next(self, count: int, named: Callable[[int], bool]) -> list[int]:
        """The lowest `count` numbers above the tip that have no ref and that no post names.

        Raises OverflowError when the series has no such number left.
        """
        found: list[int] = []
        n = self.tip
        while len(found) < count:
            n += 1
            if n > MAX_NUMBER:
                raise OverflowError(self.name)
            if n not in self.taken and not named(n):
                found.append(n)
        return found

    def given(self, one: Reservation) -> "Series":
        """The series after a number was given."""
        return replace(
            self,
            tip=max(self.tip, one.n),
            taken={**self.taken, one.n: ""},
            owners={**self.owners, one.n: one},
        )

    @property
    def untouched(self) -> bool:
        """True when the series has neither a tip nor a reserved number."""
        return self.tip == 0 and not self.tipless and not self.taken
