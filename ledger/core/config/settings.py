"""The settings of a feed, and what follows from them for tickets, series and seats."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType

from ledger.core.dataclass import dataclass
from ledger.core.did_you_mean import Proposals
from ledger.core.ids import Number, Pattern, is_namespace, is_ticket, namespace_of
from ledger.core.lazy_pattern import LazyPattern

FORMAT = 1
"""The highest format of `ledger.yaml` that this version knows."""
SETTLING = ("strat", "operator", "any")
"""Roles that decide for all seats: `any` is that of every seat where the feed lists none."""
_NAMED = 20
"""Namespaces that a message names."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """Settings of one namespace: the first pattern is given, all are accepted."""

    patterns: tuple[Pattern, ...]
    lane: str
    private_to: str | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """Settings of one seat, or of an identity and its surfaces."""

    role: str = "code"
    lanes: tuple[str, ...] = ()
    wip: int = 1
    surfaces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings. `namespaces` and `seats` are None where the file has no such table.

    `writable` is False when the file asks for a newer version, or cannot be read at all.
    """

    format: int = FORMAT
    branch: str | None = None
    prefix: str | None = None
    namespaces: Mapping[str, Namespace] | None = None
    seats: Mapping[str, Seat] | None = None
    seats_listed_only: bool = False
    claim_ttl: timedelta = timedelta(hours=2)
    claim_grace: timedelta = timedelta(minutes=10)
    confirm_within: timedelta = timedelta(seconds=30)
    nudge_after: timedelta = timedelta(minutes=20)
    dark_after: timedelta = timedelta(minutes=10)
    ruling_stale_after: timedelta = timedelta(minutes=10)
    warm_window: timedelta = timedelta(hours=24)
    seal_above: int | None = None
    writable: bool = True

    @cached_property
    def identities(self) -> Mapping[str, str]:
        """The identity of each surface: the first in the table that names it."""
        # Reversed, since of equal keys of a dict the last one wins and the first row of the file shall.
        rows = reversed(list((self.seats or {}).items()))
        return MappingProxyType({surface: name for name, seat in rows for surface in seat.surfaces})

    def patterns_of(self, namespace: str) -> tuple[Pattern, ...]:
        """How tickets of a namespace are spelled; none when there is no such namespace."""
        if self.namespaces is None:
            return (Pattern(namespace, 0, False, 4),) if is_namespace(namespace) else ()
        settings = self.namespaces.get(namespace)
        return settings.patterns if settings else ()

    def parse_ticket_id(self, ticket: str) -> Number | None:
        """What a ticket means; None when it is not spelled as its namespace asks."""
        if ticket not in self._parsed_tickets:
            self._parsed_tickets[ticket] = self._parse_ticket(ticket)
        return self._parsed_tickets[ticket]

    def _parse_ticket(self, ticket: str) -> Number | None:
        # No ticket is read by two patterns: `explain_clash` keeps such a pair out of the settings.
        for pattern in self.patterns_of(namespace_of(ticket)):
            number = pattern.parse_ticket(ticket)
            if number is not None:
                return number
        return None

    @cached_property
    def _parsed_tickets(self) -> dict[str, Number | None]:
        """What tickets mean that were read before: to judge the whole feed, each is asked for often."""
        return {}

    def why_not_namespace(self, namespace: str) -> str:
        """Why no ticket can be filed in a namespace; "" when one can."""
        if self.patterns_of(namespace):
            return ""
        if not is_namespace(namespace):
            return f'"{namespace}" is no namespace: an upper-case letter, then up to 15 letters and digits'
        namespaces = [*(self.namespaces or ())]
        more = f" and {len(namespaces) - _NAMED} more" if len(namespaces) > _NAMED else ""
        there = f"there are {', '.join(namespaces[:_NAMED]) or 'none'}{more}"
        return (
            f'there is no namespace "{namespace}"; {self._near_namespaces.suggest_nearest(namespace, there)}'
        )

    @cached_property
    def _near_namespaces(self) -> Proposals:
        return Proposals(self.namespaces or ())

    def why_not_ticket(self, ticket: str) -> str:
        """Why `read_ticket` does not take a ticket, with its right spelling; "" when it does."""
        if self.parse_ticket_id(ticket) is not None:
            return ""
        if not is_ticket(ticket):
            near = ticket.upper()
            advice = f"did you mean `{near}`?" if self.parse_ticket_id(near) else "write it like CMB-0107"
            return f'"{ticket}" is no ticket; {advice}'
        namespace = namespace_of(ticket)
        patterns = self.patterns_of(namespace)
        if not patterns:
            return f'"{ticket}": {self.why_not_namespace(namespace)}'
        for pattern in patterns:
            spelled = _respell_for_pattern(pattern, ticket)
            if spelled is not None:
                return f'"{ticket}" is spelled {spelled}'
        return f'"{ticket}" does not fit {" or ".join(str(pattern) for pattern in patterns)}'

    def series_of(self, namespace: str, day: date) -> str | None:
        """The series in which a ticket of a namespace counts when filed on `day` (UTC)."""
        patterns = self.patterns_of(namespace)
        return patterns[0].series_on_day(day) if patterns else None

    def spellings(self, series: str, n: int) -> tuple[str, ...]:
        """Every ticket that means the `n`-th of a series."""
        patterns = self.patterns_of(namespace_of(series))
        return tuple(pattern.spell_ticket(series, n) for pattern in patterns if pattern.is_pattern_of(series))

    def spell(self, series: str, n: int) -> str:
        """The ticket that is given for the `n`-th of a series; one without a pattern has four digits."""
        return next(iter(self.spellings(series, n)), f"{series}-{n:04}")

    def namespace_of_series(self, series: str) -> str:
        """The namespace that a series belongs to."""
        return namespace_of(series)

    def role(self, seat: str) -> str:
        """`code`, `verify`, `strat` or `operator`; `any` where the file lists no seats at all."""
        # Without a table there are no roles: a fleet that lists nobody is held to none.
        return "any" if self.seats is None else self._seat(seat).role

    def seats_with(self, role: str) -> tuple[str, ...]:
        """The seats that the table lists with a role."""
        return tuple(seat for seat, row in (self.seats or {}).items() if row.role == role)

    def is_listed(self, seat: str) -> bool:
        """True for a seat in the table and for its surfaces."""
        return self.seats is not None and (seat in self.seats or seat in self.identities)

    def lanes(self, seat: str) -> tuple[str, ...]:
        """The lanes that the file gives a seat, maybe none."""
        return self._seat(seat).lanes

    def wip(self, seat: str) -> int:
        """How many claims a seat may hold at once."""
        return self._seat(seat).wip

    def default_lane_of(self, ticket: str) -> str:
        """The lane of a ticket that names none."""
        namespace = namespace_of(ticket)
        settings = (self.namespaces or {}).get(namespace)
        return settings.lane if settings else namespace.lower()

    def private_to(self, namespace: str) -> str | None:
        """The one seat that may open tickets in a namespace, if it is private."""
        settings = (self.namespaces or {}).get(namespace)
        return settings.private_to if settings else None

    def surfaces_of(self, identity: str) -> tuple[str, ...]:
        """The surfaces on which an identity runs, none when the name is a seat's own."""
        return (self.seats or {}).get(identity, _UNLISTED).surfaces

    def _seat(self, seat: str) -> Seat:
        seats = self.seats or {}
        return seats.get(seat) or seats.get(self.identities.get(seat, ""), _UNLISTED)


_UNLISTED = Seat()
_parts = LazyPattern(r"([A-Z0-9]+)-(?:([0-9]{8}|[0-9]{4})-)?([0-9]+)").fullmatch


def _respell_for_pattern(pattern: Pattern, ticket: str) -> str | None:
    """A ticket that a pattern does not spell so, in its spelling: `CMB-7` is CMB-0007."""
    found = _parts(ticket)
    if found is None or (found[2] and len(found[2]) != pattern.period):
        return None
    digits = (found[2] or "") + found[3]
    period, n = digits[: pattern.period], digits[pattern.period :]
    if not n:
        return None
    series = f"{found[1]}-{period}" if period else found[1]
    spelled = pattern.spell_ticket(series, int(n))
    return spelled if pattern.parse_ticket(spelled) else None
