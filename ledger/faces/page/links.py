"""Where a page stands: addresses of a server, and paths of files that name each other relatively."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol
from urllib.parse import urlencode

from ledger.app.read.overview import TicketFilter


class Links(Protocol):
    """Addresses as one page has them. An empty one: there is no such page, and a name stays a name."""

    @property
    def live(self) -> bool:
        """Whether there is a server, which filters and tells of news."""

    def queue(self, wanted: TicketFilter, page: int = 1) -> str:
        """The queue, filtered."""

    def ticket(self, item: str, page: int = 1) -> str:
        """A ticket; with the older part of its history on further pages."""

    def seat(self, seat: str) -> str:
        """A seat."""

    def page(self, name: str) -> str:
        """One of `seats`, `day`, `findings`."""

    def day(self, day: date) -> str:
        """A day."""

    def asset(self, name: str) -> str:
        """A style sheet, a script or a picture of ours."""


class ServerLinks:
    """Addresses of a server, from its root."""

    live = True

    def queue(self, wanted: TicketFilter, page: int = 1) -> str:
        query = urlencode([*_list_terms(wanted), *([("page", page)] if page > 1 else [])])
        return f"/?{query}" if query else "/"

    def ticket(self, item: str, page: int = 1) -> str:
        # Nothing is escaped here and below: ids, seats and days are spelled with what an address may hold.
        return f"/ticket/{item}" + (f"?page={page}" if page > 1 else "")

    def seat(self, seat: str) -> str:
        return f"/seat/{seat}"

    def page(self, name: str) -> str:
        return f"/{name}"

    def day(self, day: date) -> str:
        return f"/day/{day.isoformat()}"

    def asset(self, name: str) -> str:
        return f"/assets/{name}"


def _list_terms(wanted: TicketFilter) -> Iterator[tuple[str, str]]:
    """The terms of an address that say a filter."""
    yield from (("state", str(state)) for state in wanted.states)
    yield from (("lane", lane) for lane in wanted.lanes)
    yield from (("label", label) for label in wanted.labels)
    yield from (("priority", str(priority)) for priority in wanted.priorities)
    named = {"seat": wanted.seat, "words": wanted.words, "odd": "1" if wanted.odd else ""}
    yield from ((name, value) for name, value in named.items() if value)
