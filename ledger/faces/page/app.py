"""The pages over HTTP: addresses to pages, and who may ask for them.

A page of a foreign site may send a browser here. It is refused by the name of the host that it must use (DNS
rebinding), and no request has an effect.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.app.effects import Effects
from ledger.app.read.overview import (
    TicketFilter,
    judge_here,
    list_closed_tickets,
    read_day_board,
    read_seat_board,
    read_ticket_board,
    select_tickets,
)
from ledger.app.read.seats import list_seats
from ledger.core.board.records import TicketSummary
from ledger.core.errors import LedgerError, NotThereError
from ledger.core.ids import is_seat, is_ticket
from ledger.core.model import Priority, State
from ledger.faces.page.links import ServerLinks
from ledger.faces.page.live import FeedState, LiveFeed
from ledger.faces.page.news import News
from ledger.faces.page.pages import ASSETS, HERE, POLICY, Pages, Site

OVERVIEW_ROWS: Final = 50
"""Tickets of a state that the page of all states shows."""
PAGE_ROWS: Final = 200
"""Tickets of a page that shows one state."""
KEPT_PAGES: Final = 64
"""Pages that are kept for whoever asks next."""
MOST_WATCHERS: Final = 100
"""Pages that are told of news at the same time."""
HEADERS: Final[Mapping[str, str]] = {
    # Browsers pass over `frame-ancestors` in the `meta` of a page: it counts in a header alone.
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer carries."""


class NoPageError(Exception):
    """There is no page at an address; says why."""


def make_app(feed: LiveFeed, news: News, name: str, hosts: Iterable[str], world: Effects) -> ASGIApp:
    """The server's application. `hosts` are the names under which it may be asked for, with the port."""
    board = BoardServer(feed, name, world)

    async def tell_news(request: Request) -> Response:
        # An EventSource gives up on any status but 200: such a page stays whole, and asks again when it is
        # shown again.
        if feed.watchers >= MOST_WATCHERS:
            return PlainTextResponse("too many pages are told of news\n", 503, {"Retry-After": "30"})
        return StreamingResponse(_count_watcher(feed, news.stream(lambda: feed.state.version)), 200, EVENTS)

    routes = [
        Route("/", board.answer(board.make_queue)),
        Route("/ticket/{item}", board.answer(board.make_ticket)),
        Route("/seats", board.answer(board.make_seats)),
        Route("/seat/{seat}", board.answer(board.make_seat)),
        Route("/day", board.answer(board.make_day)),
        Route("/day/{day}", board.answer(board.make_day)),
        Route("/findings", board.answer(board.make_findings)),
        Route("/assets/{name}", send_asset),
        Route("/events", tell_news),
        Route("/{rest:path}", board.answer(_refuse_path)),
    ]
    return Guard(Starlette(routes=routes), frozenset(hosts))


EVENTS: Final[Mapping[str, str]] = {"Content-Type": "text/event-stream; charset=utf-8"}


async def _count_watcher(feed: LiveFeed, stream: AsyncIterator[str]) -> AsyncIterator[str]:
    # Counted where the stream runs and not where it is made: one that is never begun has no `finally`.
    feed.watchers += 1
    try:
        async for event in stream:
            yield event
    finally:
        feed.watchers -= 1


async def send_asset(request: Request) -> Response:
    """A style sheet, the script or a picture."""
    name = request.path_params["name"]
    # Only a name out of our table becomes a path: no `..` of an address reaches the disk.
    if name not in ASSETS:
        return PlainTextResponse("there is no such file\n", 404)
    return Response((HERE / "assets" / name).read_bytes(), media_type=ASSETS[name])


def _refuse_path(request: Request, state: FeedState, pages: Pages) -> str:
    raise NoPageError("There is no page at this address.")


class Guard:
    """Answers GET and HEAD for its own names alone, with the same headers whatever the answer is."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        # The same-origin policy does not hold for websockets, through which a foreign page could read.
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await (self._refuse(scope) or self._app)(scope, receive, send_with_headers)

    def _refuse(self, scope: Scope) -> Response | None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        # Of two such headers a proxy and a server may believe different ones.
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return PlainTextResponse("this server answers to the name of this machine alone\n", 421)
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("this board is for looking\n", 405, {"Allow": "GET, HEAD"})
        return None


class BoardServer:
    """Makes pages of a feed, each once for all who ask for it while nothing changes."""

    def __init__(self, feed: LiveFeed, name: str, world: Effects) -> None:
        self._feed = feed
        self._name = name
        self._world = world
        self._kept: OrderedDict[tuple[str, ...], tuple[int, str]] = OrderedDict()
        # Two locks: what many ask for at once is made once, and no queue waits for the picture of a day.
        self._making = {True: Lock(), False: Lock()}
        # Bound methods are made anew at each access; `in` finds them, since they compare equal.
        self._slow = (self.make_findings, self.make_day)

    def answer(self, make: Callable[[Request, FeedState, Pages], str]) -> Callable[[Request], object]:
        """What answers a request by a page."""

        async def respond(request: Request) -> Response:
            # In a thread, so that the loop goes on answering and telling news while a page is made.
            code, text = await run_in_threadpool(self._find_page, request, make)
            return HTMLResponse(text, code)

        return respond

    def _find_page(
        self, request: Request, make: Callable[[Request, FeedState, Pages], str]
    ) -> tuple[int, str]:
        # Taken once: another thread replaces the state, and a page must be of the version that its key names.
        state, now = self._feed.state, self._world.now()
        # Ages are told in minutes but for the first two.
        key = (str(request.url.path), request.url.query, state.version, f"{now:%H%M}{now.second // 10}")
        with self._making[make in self._slow]:
            # Read once: whoever holds the other lock may drop the oldest page meanwhile.
            page = self._kept.get(key)
            if page is None:
                page = self._kept[key] = self._make_page(request, state, make)
                while len(self._kept) > KEPT_PAGES:
                    self._kept.popitem(last=False)
            return page

    def _make_page(
        self, request: Request, state: FeedState, make: Callable[[Request, FeedState, Pages], str]
    ) -> tuple[int, str]:
        overview, problem = state.overview, state.problem
        notices = overview.notices
        if problem is not None:
            notices = (*notices, f"{problem.message}; this is as it was read last")
        site = Site(self._name, overview.commit, overview.as_of.at, state.version, notices)
        pages = Pages(site, ServerLinks(), self._world.now())
        try:
            return 200, make(request, state, pages)
        except NoPageError as error:
            return 404, pages.error("Not there", str(error))
        except NotThereError as error:
            return 404, pages.error("Not there", error.message, error.hint)
        except LedgerError as error:
            return 503, pages.error("Not now", error.message, error.hint)

    def make_queue(self, request: Request, state: FeedState, pages: Pages) -> str:
        """The queue, filtered by the query of the address."""
        wanted, page = read_filter(request.url.query)
        is_paged = len(wanted.states) == 1
        size = PAGE_ROWS if is_paged else OVERVIEW_ROWS
        selection = select_tickets(state.overview, wanted, size, page, lambda: self._list_closed(state))
        return pages.queue(selection, wanted, is_paged)

    def _list_closed(self, state: FeedState) -> Sequence[TicketSummary]:
        return self._feed.quick.ask_once(state.version, "closed", list_closed_tickets)

    def make_ticket(self, request: Request, state: FeedState, pages: Pages) -> str:
        """A ticket."""
        item = request.path_params["item"]
        if not is_ticket(item):
            raise NoPageError(f'"{item}" is no ticket: one is spelled like CMB-0107')
        _, page = read_filter(request.url.query)
        waiters = state.overview.waiters
        return pages.ticket(
            self._feed.quick.answer(lambda ledger: read_ticket_board(ledger, item, waiters)), page
        )

    def make_seats(self, request: Request, state: FeedState, pages: Pages) -> str:
        """All seats."""
        return pages.seats(self._feed.quick.answer(lambda ledger: list_seats(ledger, everybody=True)).seats)

    def make_seat(self, request: Request, state: FeedState, pages: Pages) -> str:
        """One seat."""
        seat = request.path_params["seat"]
        if not is_seat(seat):
            raise NoPageError(f'"{seat}" is no seat')
        return pages.seat(self._feed.quick.answer(lambda ledger: read_seat_board(ledger, seat)))

    def make_day(self, request: Request, state: FeedState, pages: Pages) -> str:
        """A day, the last one where none is named."""
        text = request.path_params.get("day")
        day = None if text is None else _parse_day(text)
        # that of today goes on without a post, up to the minute of the clock
        name = "day", day, f"{self._world.now():%F %H:%M}"
        board = self._feed.slow.ask_once(state.version, name, lambda ledger: read_day_board(ledger, day))
        return pages.day(board)

    def make_findings(self, request: Request, state: FeedState, pages: Pages) -> str:
        """What has drifted."""
        # some slip by time alone
        name = "findings", f"{self._world.now():%F %H}"
        return pages.findings(self._feed.slow.ask_once(state.version, name, judge_here))


def _parse_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    # `fromisoformat` takes `20261120` too, a second address of one page; and the last day of the calendar
    # has no end that a date could say.
    if day.isoformat() != text or not 1970 <= day.year < 2200:
        raise NoPageError(f'"{text}" is no day: one is spelled like 2026-11-20')
    return day


def read_filter(query: str) -> tuple[TicketFilter, int]:
    """The filter and the page that an address asks for. What makes no sense in it asks nothing."""
    terms: dict[str, list[str]] = {}
    # Cut here, since `max_num_fields` raises: what is too much in an address asks nothing.
    for name, value in parse_qsl(query, max_num_fields=None)[:100]:
        if value:
            terms.setdefault(name, []).append(value[:200])
    # At most 8 digits of it are read: for more than 4300 `int` raises ValueError.
    page = terms.get("page", ["1"])[0]
    return TicketFilter(
        tuple(State(value) for value in dict.fromkeys(terms.get("state", ())) if value in set(State)),
        tuple(dict.fromkeys(terms.get("lane", ()))),
        tuple(dict.fromkeys(terms.get("label", ()))),
        tuple(Priority(value) for value in terms.get("priority", ()) if value in set(Priority)),
        terms.get("seat", [""])[0],
        terms.get("words", [""])[0],
        terms.get("odd", [""])[0] == "1",
    ), int(page) if page.isascii() and page.isdecimal() and len(page) < 9 else 1
