"""The feed as a board to look at: every ticket that is open, seats, one of each in full, and a day."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from ledger.app.ledger import Ledger
from ledger.app.read.load import AsOf, Feed, date_feed, find_ticket, read_feed_to_show
from ledger.app.read.queue import TicketDetails, collect_details, has_labels
from ledger.app.read.seats import SeatSummary, summarize_seat
from ledger.core.board.records import TicketSummary, is_overdue, summarize_ticket
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.model import Event, Finding, Post, Priority, State
from ledger.core.pictures.day import DayPicture, picture_day
from ledger.core.pictures.dependencies import DependencyPicture, Waiters, gather_dependencies, map_waiters
from ledger.core.queue.seat_view import by_urgency
from ledger.core.stats.spans import EVER
from ledger.core.stats.spells import ClaimSpan, list_claims

OPEN = (State.CLAIMED, State.AWAITING_CLAIM, State.BLOCKED, State.PARKED)
"""The states of open tickets, in the order in which a board shows them."""
CLOSED = (State.DONE, State.CANCELLED)
"""The states that are shown when they are asked for."""
RECENT_POSTS = 50
"""Posts of a seat that are shown, the newest."""
RECENT_DAYS = timedelta(days=7)
"""How far back the claims of a seat are shown."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Every open ticket, the most urgent first, and who waits for what; `notices` say what is odd about the
    reading. Two that hold the same `tickets` are of one commit and of one time."""

    as_of: AsOf
    tickets: tuple[TicketSummary, ...]
    waiters: Waiters
    notices: tuple[str, ...] = ()

    @property
    def commit(self) -> str | None:
        """The commit of the feed; None: it is empty."""
        return self.as_of.commit


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are wanted: what is empty asks nothing. `words` stand in id or subject, in any case;
    `odd` are those that collide, are challenged, provisional or overdue, and of `labels` a ticket has all."""

    states: tuple[State, ...] = ()
    lanes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    seat: str = ""
    words: str = ""
    odd: bool = False

    def admits(self, summary: TicketSummary) -> bool:
        """Whether a ticket is wanted, whatever its state."""
        ticket = summary.ticket
        words = self.words.casefold()
        return (
            (not self.lanes or summary.lane in self.lanes)
            and (not self.priorities or ticket.priority in self.priorities)
            and (not self.seat or self.seat in (ticket.holder, ticket.owner))
            and (not words or words in ticket.id.casefold() or words in ticket.subject.casefold())
            and (not self.labels or has_labels(ticket, {label.casefold() for label in self.labels}))
            and (not self.odd or is_odd(summary))
        )


@dataclass(frozen=True, slots=True)
class TicketGroup:
    """The tickets of one state: one page of them, and how many there are."""

    state: State
    total: int
    page: int
    pages: int
    rows: tuple[TicketSummary, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Tickets by state as they were asked for, and what there is to choose from."""

    groups: tuple[TicketGroup, ...]
    lanes: tuple[str, ...]
    labels: tuple[str, ...]
    seats: tuple[str, ...]
    counts: Mapping[State, int]
    odd: int


@dataclass(frozen=True, slots=True)
class TicketBoard:
    """One ticket in full: its history, the rulings among it, and what is around it."""

    details: TicketDetails
    rulings: tuple[Post, ...]
    picture: DependencyPicture


@dataclass(frozen=True, slots=True)
class SeatPost:
    """A post of a seat, and what it did to the ticket that it names."""

    post: Post
    event: Event | None


@dataclass(frozen=True, slots=True)
class SeatBoard:
    """One seat in full: its claims of the last days, the newest first, what it filed that is open, and its
    newest posts."""

    as_of: AsOf
    seat: SeatSummary
    filed: tuple[TicketSummary, ...]
    claims: tuple[ClaimSpan, ...]
    posts: tuple[SeatPost, ...]


@dataclass(frozen=True, slots=True)
class DayBoard:
    """A day, and the days on which the feed begins and ends."""

    as_of: AsOf
    picture: DayPicture
    first: date
    last: date


def read_overview(ledger: Ledger, before: Overview | None = None) -> Overview:
    """Every open ticket, freshly read; those of `before` where nothing landed since."""
    feed = read_feed_to_show(ledger)
    as_of, now = date_feed(ledger, feed), ledger.world.now()
    notices = (*ledger.notices, *as_of.notices)
    if before is not None and before.commit == feed.commit:
        # Time alone makes a ticket overdue, so that the same commit may have more of them than before.
        tickets = _notice_overdue(before.tickets, now)
        return replace(before, as_of=as_of, tickets=tickets, notices=notices)
    ranked = by_urgency(feed.board.open_tickets())
    summaries = tuple(summarize_ticket(ticket, feed.config, feed.board, now) for ticket in ranked)
    return Overview(as_of, summaries, map_waiters(ranked), notices)


def _notice_overdue(tickets: tuple[TicketSummary, ...], now: datetime) -> tuple[TicketSummary, ...]:
    """The tickets, of which some may be overdue by now; the same object where none is that was not."""
    fresh = {
        summary.ticket.id
        for summary in tickets
        if summary.ticket.due and not summary.overdue and is_overdue(summary.ticket, now)
    }
    if not fresh:
        return tickets
    return tuple(
        replace(summary, overdue=summary.overdue or summary.ticket.id in fresh) for summary in tickets
    )


def name_feed(ledger: Ledger) -> str:
    """What people call the project: the last part of the remote's address, else the repository's folder."""
    address = ledger.store.authority.url or str(ledger.repo.top)
    # No more of it: an address may hold a password.
    name = address.rstrip("/").removesuffix("/.git").replace("\\", "/").replace(":", "/").rpartition("/")[2]
    return name.removesuffix(".git") or "ledger"


def stop_clock(ledger: Ledger) -> Ledger:
    """The ledger as it stood at its newest post, freshly read: nothing is fetched any more, and it is that
    time, so that what is made of it is the same whenever it is made."""
    feed = read_feed_to_show(ledger)
    now = ledger.world.now()
    newest = max((life.last_at for life in feed.board.all_seats()), default=EVER)
    # Posts by hand may be dated in the future; the clock is not put forward for them.
    moment = min(now, newest)
    options, world = replace(ledger.options, offline=True), replace(ledger.world, now=lambda: moment)
    return replace(ledger, options=options, world=world)


def judge_here(ledger: Ledger) -> list[Finding]:
    """What has drifted, by what was fetched last. Numbers are not compared with their reservations, which are
    not fetched for it."""
    from ledger.app.judge.drift import judge_feed  # the rules take a while to import, and few ask

    return [finding for finding in judge_feed(ledger) if finding.rule != "unreserved-ticket"]


def list_closed_tickets(ledger: Ledger) -> tuple[TicketSummary, ...]:
    """Every ticket that is DONE or CANCELLED, what was closed last first."""
    feed = read_feed_to_show(ledger)
    closed = (ticket for ticket in feed.board.all_tickets() if ticket.closed)
    newest = sorted(closed, key=lambda ticket: (ticket.since, ticket.id), reverse=True)
    now = ledger.world.now()
    return tuple(summarize_ticket(ticket, feed.config, feed.board, now) for ticket in newest)


def is_odd(summary: TicketSummary) -> bool:
    """Whether somebody should look at a ticket: it collides, is challenged or overdue, or has no number for
    certain."""
    ticket = summary.ticket
    return bool(summary.challenge or ticket.collisions or ticket.provisional or summary.overdue)


def select_tickets(
    overview: Overview,
    wanted: TicketFilter,
    size: int,
    page: int = 1,
    closed: Callable[[], Sequence[TicketSummary]] = tuple,
) -> Selection:
    """The tickets that are wanted: one page of `size` of each state. Closed ones are asked for if wanted."""
    everything = [*overview.tickets, *(closed() if not {*CLOSED}.isdisjoint(wanted.states) else ())]
    by_state: dict[State, list[TicketSummary]] = {state: [] for state in wanted.states or OPEN}
    for summary in everything:
        if summary.ticket.state in by_state and wanted.admits(summary):
            by_state[summary.ticket.state].append(summary)
    shown = (state for state in (*OPEN, *CLOSED) if state in by_state)
    held = (summary.holder.seat for summary in overview.tickets if summary.holder is not None)
    return Selection(
        tuple(_take_page(state, by_state[state], size, page) for state in shown),
        tuple(sorted({summary.lane for summary in overview.tickets} | {*wanted.lanes})),
        tuple(sorted(_spell_labels(overview.tickets, wanted).values(), key=str.casefold)),
        tuple(sorted({*held, *filter(None, [wanted.seat])})),
        Counter(summary.ticket.state for summary in overview.tickets),
        sum(map(is_odd, overview.tickets)),
    )


def _spell_labels(tickets: Iterable[TicketSummary], wanted: TicketFilter) -> dict[str, str]:
    """Each label once, by its lower case."""
    labels = (label for summary in tickets for label in summary.ticket.labels)
    return {label.casefold(): label for label in (*labels, *wanted.labels)}


def _take_page(state: State, rows: Sequence[TicketSummary], size: int, page: int) -> TicketGroup:
    pages = max(1, -(-len(rows) // size))
    page = min(max(1, page), pages)
    return TicketGroup(state, len(rows), page, pages, tuple(rows[(page - 1) * size : page * size]))


def read_ticket_board(ledger: Ledger, item: str, waiters: Waiters) -> TicketBoard:
    """One ticket in full. Raises LedgerError `no-such-ticket`, naming where it went."""
    feed = read_feed_to_show(ledger)
    ticket = find_ticket(feed, item)
    details = collect_details(ledger, feed, ticket)
    rulings = tuple(entry.post for entry in details.history if entry.post.rules_on)
    return TicketBoard(details, rulings, gather_dependencies(feed.board.tickets, ticket, waiters))


def read_seat_board(ledger: Ledger, seat: str) -> SeatBoard:
    """One seat in full. Raises LedgerError `no-such-seat` where it never posted."""
    feed = read_feed_to_show(ledger)
    board, now = feed.board, ledger.world.now()
    life = board.seats.get(seat)
    if life is None:
        raise LedgerError("no-such-seat", f"no seat {seat} ever posted", "`git ledger log` names who did")
    since = now - RECENT_DAYS
    claims = list_claims(board, seat, board.deeds_by(seat, since), feed.config, now)
    recent = (claim for claim in claims if claim.held.end >= since)
    filed = by_urgency(board.open_tickets_filed_by(seat))
    return SeatBoard(
        date_feed(ledger, feed),
        summarize_seat(ledger, feed, life, True, None),
        tuple(summarize_ticket(ticket, feed.config, board, now) for ticket in filed),
        tuple(sorted(recent, key=lambda claim: claim.held, reverse=True)),
        tuple(_list_seat_posts(feed, seat)),
    )


def _list_seat_posts(feed: Feed, seat: str) -> Iterator[SeatPost]:
    for post in islice(feed.board.newest_posts_by(seat), RECENT_POSTS):
        ticket = feed.board.tickets.get(post.item) if post.item else None
        events: Iterable[Event] = feed.board.history_of(ticket) if ticket is not None else ()
        yield SeatPost(post, next((event for event in events if event.post == post.id), None))


def read_day_board(ledger: Ledger, day: date | None) -> DayBoard:
    """A UTC day; the last one on which somebody posted where none is named."""
    feed = read_feed_to_show(ledger)
    now = ledger.world.now()
    lives = [*feed.board.all_seats()]
    first = min((life.first_at for life in lives), default=now).date()
    last = min(now, max((life.last_at for life in lives), default=now)).date()
    picture = picture_day(feed.board, feed.config, day or last, now)
    return DayBoard(date_feed(ledger, feed), picture, first, last)
