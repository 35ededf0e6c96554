"""The pages as files that link each other relatively, for any host of files.

They say how the feed stood at its newest post, so that one state of it makes the same bytes whenever they are
written: no age, no time of reading, and a clock that stands still.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from ledger.app.ledger import Ledger
from ledger.app.read.overview import (
    CLOSED,
    OPEN,
    Overview,
    TicketFilter,
    judge_here,
    list_closed_tickets,
    read_day_board,
    read_overview,
    read_seat_board,
    read_ticket_board,
    select_tickets,
)
from ledger.app.read.seats import SeatSummary, list_seats
from ledger.core.board.records import TicketSummary
from ledger.core.board.waits import dependencies
from ledger.core.dataclass import dataclass
from ledger.core.model import State
from ledger.faces.page.pages import ASSETS, ENTRIES, HERE, Pages, Site

MOST_CLOSED: Final = 1000
"""Closed tickets that have a page, those closed last, beside what open ones name."""
MOST_DAYS: Final = 14
"""Days that have a page, the last ones."""
PAGE_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there are files of: tickets, seats with the names of their files, and days."""

    tickets: frozenset[str]
    seats: Mapping[str, str]
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Paths to files, as a page `depth` folders below the top has them; empty for what has none."""

    shelf: Shelf
    depth: int = 0

    @property
    def live(self) -> bool:
        """There is no server."""
        return False

    def queue(self, wanted: TicketFilter, page: int = 1) -> str:
        """All states, or the pages of one: files filter by nothing else."""
        if wanted == TicketFilter():
            return self._find("index.html")
        state = wanted.states[0] if wanted.states else State.CLAIMED
        is_there = wanted == TicketFilter(states=(state,))
        return self._find(name_queue(state, page)) if is_there else ""

    def ticket(self, item: str, page: int = 1) -> str:
        """A ticket that has a file."""
        return self._find(name_ticket(item, page)) if item in self.shelf.tickets else ""

    def seat(self, seat: str) -> str:
        """A seat that posted."""
        return self._find(f"seats/{self.shelf.seats[seat]}.html") if seat in self.shelf.seats else ""

    def page(self, name: str) -> str:
        """Seats, findings, or the last day."""
        return self.day(self.shelf.days[-1]) if name == "day" else self._find(f"{name}.html")

    def day(self, day: date) -> str:
        """One of the last days."""
        return self._find(f"days/{day.isoformat()}.html") if day in self.shelf.days else ""

    def asset(self, name: str) -> str:
        """A file of ours."""
        return self._find(f"assets/{name}")

    def _find(self, path: str) -> str:
        return "../" * self.depth + path


def name_queue(state: State, page: int) -> str:
    """The file of a page of one state."""
    return f"queue/{state.lower()}{f'.{page}' if page > 1 else ''}.html"


def name_ticket(item: str, page: int) -> str:
    """The file of a ticket, or of the older part of its history."""
    # No ticket has a point in its name, so that no page of one has the name of another.
    return f"tickets/{item}{f'.{page}' if page > 1 else ''}.html"


def make_files(ledger: Ledger, name: str) -> Iterator[tuple[str, bytes]]:
    """Every file with its path, as the feed stood at its newest post. `ledger` does not fetch."""
    overview, seats = read_overview(ledger), list_seats(ledger, everybody=True).seats
    closed = _pick_closed(overview, list_closed_tickets(ledger))
    last = read_day_board(ledger, None)
    first = max(last.first.toordinal(), last.last.toordinal() - MOST_DAYS + 1)
    days = tuple(map(date.fromordinal, range(first, last.last.toordinal() + 1)))
    items = [summary.ticket.id for summary in (*overview.tickets, *closed)]
    shelf = Shelf(frozenset(items), _name_seats(seats), days)
    site = Site(name, overview.commit, None, notices=overview.as_of.notices)
    top, below = (Pages(site, FileLinks(shelf, depth), None) for depth in (0, 1))

    yield from ((f"assets/{asset}", (HERE / "assets" / asset).read_bytes()) for asset in ASSETS)
    yield from _encode(_make_queue(top, below, overview, closed))
    yield "seats.html", top.seats(seats).encode()
    yield "findings.html", top.findings(judge_here(ledger)).encode()
    for item in items:
        yield from _encode(_make_ticket(below, ledger, item, overview))
    for seat, stem in shelf.seats.items():
        yield f"seats/{stem}.html", below.seat(read_seat_board(ledger, seat)).encode()
    for day in days:
        yield f"days/{day.isoformat()}.html", below.day(read_day_board(ledger, day)).encode()


def _encode(pages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    return ((path, text.encode()) for path, text in pages)


def _pick_closed(overview: Overview, closed: Sequence[TicketSummary]) -> list[TicketSummary]:
    """The closed tickets that have a page: the newest, and what open ones name."""
    tickets = [summary.ticket for summary in overview.tickets]
    named = {
        name for ticket in tickets for name in (*dependencies(ticket), *ticket.related, ticket.parent) if name
    }
    return [
        summary for place, summary in enumerate(closed) if place < MOST_CLOSED or summary.ticket.id in named
    ]


def _name_seats(rows: Sequence[SeatSummary]) -> dict[str, str]:
    """The file names of seats: two that differ in case alone are two files on any disk."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for seat in sorted(row.life.seat for row in rows):
        name, n = seat, 1
        while name.casefold() in taken:
            n += 1
            # No seat has a `~` in its name, so that this is never the file of another one.
            name = f"{seat}~{n}"
        taken.add(name.casefold())
        names[seat] = name
    return names


def _make_queue(
    top: Pages, below: Pages, overview: Overview, closed: Sequence[TicketSummary]
) -> Iterator[tuple[str, str]]:
    everything = TicketFilter()
    yield "index.html", top.queue(select_tickets(overview, everything, PAGE_ROWS), everything, False)
    for state in (*OPEN, *CLOSED):
        wanted, page, pages = TicketFilter(states=(state,)), 1, 1
        while page <= pages:
            selection = select_tickets(overview, wanted, PAGE_ROWS, page, lambda: closed)
            pages = selection.groups[0].pages
            yield name_queue(state, page), below.queue(selection, wanted, True)
            page += 1


def _make_ticket(pages: Pages, ledger: Ledger, item: str, overview: Overview) -> Iterator[tuple[str, str]]:
    board = read_ticket_board(ledger, item, overview.waiters)
    for page in range(1, max(1, -(-len(board.details.history) // ENTRIES)) + 1):
        yield name_ticket(item, page), pages.ticket(board, page)
