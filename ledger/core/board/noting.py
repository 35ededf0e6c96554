"""What a post did, noted while it is folded: the fold alone knows what stood before it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ledger.core.board.board import Board, BoardOverlay
from ledger.core.board.deeds import (
    AGAIN,
    BOOT,
    BY_HAND,
    CLAIM,
    DECLINES,
    LOSS,
    OPENS,
    OVERDUE,
    PENDING,
    POST,
    RETIRE,
    TAKE,
    Deed,
    Milestones,
    Moment,
)
from ledger.core.board.folding import find_directive
from ledger.core.board.kinds import kind_of
from ledger.core.board.rulings import find_awaited_rulings
from ledger.core.board.tables import Lookup, join_key
from ledger.core.board.waits import awaits_claim, dependencies, open_dependencies
from ledger.core.model import Post, State, Ticket

_NONE_YET = Milestones()


def is_offered(tickets: Lookup[Ticket], ticket: Ticket) -> bool:
    """Whether a ticket could be claimed, whoever may: by its state, its gates, its number and its owner."""
    return _is_free(ticket) and awaits_claim(tickets, ticket) and not open_dependencies(tickets, ticket.after)


def _is_free(ticket: Ticket) -> bool:
    """Whether nothing of the ticket itself keeps it from being offered."""
    if ticket.state is not State.AWAITING_CLAIM and ticket.state is not State.BLOCKED:
        return False
    return not ticket.provisional and not ticket.owner.startswith("awaiting-")


def ruled_since(
    board: Board, ticket: Ticket, began: Moment | None, before: Mapping[str, str | None] | None = None
) -> datetime | None:
    """The time of the newest ruling on what a ticket awaits, if that came once its wait had begun. `before`
    are the newest rulings on some tickets, in place of those that the board has."""
    ruled = before or {}
    names = (ruled[on] if on in ruled else board.ruled.get(on) for on in _awaited_by(ticket) if on)
    places = [(board.posts.place_of(name), name) for name in names if name is not None]
    place, name = max(places, default=(-1, ""))
    return board.posts[name].at if began is not None and place >= began[0] else None


def _awaited_by(ticket: Ticket | None) -> set[str]:
    """The tickets on which a BLOCKED ticket awaits a ruling."""
    return set(find_awaited_rulings(ticket.blocked_on)) if ticket and ticket.state is State.BLOCKED else set()


class Notes:
    """The tickets that a post may change, as they are before it is applied, to note what it did."""

    def __init__(self, board: BoardOverlay, post: Post, named: Iterable[str]) -> None:
        # A retirement changes tickets that it does not name: all that its seat holds.
        kind = kind_of(post.kind)
        held = (ticket.id for ticket in board.tickets_held_by(post.seat)) if kind.retires else ()
        tickets = board.tickets
        self._board = board
        self._post = post
        self._now = board.posts.place_of(post.id), post.at
        self._before = {item: tickets.get(item) for item in sorted({*named, *held})}
        self._offered = {
            item for item, ticket in self._before.items() if ticket and is_offered(tickets, ticket)
        }
        self._ruled = {on: board.ruled.get(on) for on in post.rules_on} if kind.rules else {}

    def note_deeds(self) -> None:
        """Note what the post did, now that it is applied."""
        post, board = self._post, self._board
        item = post.item or ""
        marks, lane = self._marks_of_opening(item), None
        for name, was in self._before.items():
            ticket = board.tickets.get(name)
            if ticket is not was or self._is_kept_waiting(name, ticket):
                self._note_change(name, was, ticket)
            if name == item and ticket is not None and self._touches(item):
                lane = ticket.lane
        if find_directive(post, "DECLINE") and any(map(self._touches, self._before)):
            marks.append(DECLINES)
        kind = kind_of(post.kind)
        what = BOOT if kind.boots else RETIRE if kind.retires else POST
        opening = post.id if OPENS in marks else ""
        board.deeds.add(
            Deed(*self._head(what, post.seat), item, lane, opening=opening, marks=" ".join(marks))
        )
        if what is not POST:
            board.shifts.put(join_key(post.seat, post.at.isoformat(), f"{self._now[0]:012}"), what)

    def _head(self, what: str, seat: str) -> tuple[int, str, str, datetime]:
        return self._now[0], what, seat, self._now[1]

    def _touches(self, item: str) -> bool:
        """Whether a ticket has changed, or the post is the newest of its history."""
        ticket = self._board.tickets.get(item)
        if ticket is not self._before[item]:
            return True
        event = self._board.events.last(ticket.opening) if ticket is not None else None
        return event is not None and event.post == self._post.id

    def _is_kept_waiting(self, item: str, ticket: Ticket | None) -> bool:
        """Whether the post is the newest on a ticket that only others keep from being offered."""
        shut = ticket is not None and item not in self._offered and _is_free(ticket)
        return shut and self._touches(item)

    def _marks_of_opening(self, item: str) -> list[str]:
        post, was = self._post, self._before.get(item)
        ticket = self._board.tickets.get(item)
        if ticket is None or ticket is was:
            return []
        lost = bool(ticket.collisions) and ticket.collisions[-1].post == post.id
        if lost:
            self._board.deeds.add(Deed(*self._head(LOSS, post.seat), item, post.lane))
        if not (lost and post.subject is not None) and (was is not None or ticket.opening != post.id):
            return []
        marks = {
            BY_HAND: post.seq is None,
            PENDING: find_directive(post, "CONFIRM-PENDING") is not None,
            AGAIN: item in self._board.milestones,
        }
        return [OPENS, *(mark for mark, holds in marks.items() if holds)]

    def _note_change(self, item: str, was: Ticket | None, ticket: Ticket | None) -> None:
        old = self._board.milestones.get(item) or _NONE_YET
        holder, held = ticket.holder if ticket else None, was.holder if was else None
        offered = item in self._offered
        if was is not None and held is not None and held != holder:
            self._note_claim(was, held, old)
        if ticket is not None and holder is not None and offered and was is not None:
            self._note_take(was, ticket, holder, old)
        done = ticket is not None and ticket.state is State.DONE
        done = done and (was is None or was.state is not State.DONE)
        waits = _awaited_by(ticket)
        if waits != _awaited_by(was):
            self._note_overdue(was, old)
        else:
            waits = set()
        new = Milestones(
            self._now if holder is not None and holder != held else old.claimed,
            self._now if ticket is not None and not offered and _is_free(ticket) else old.offered,
            self._now if done else old.done,
            self._now if waits else old.waits,
        )
        if new != old or old is _NONE_YET:
            self._board.milestones.put(item, new)

    def _note_claim(self, was: Ticket, holder: str, old: Milestones) -> None:
        at = self._post.at
        last = at if self._post.seat == holder else min(at, last_sign(was))
        start = old.claimed[1] if old.claimed else at
        self._board.deeds.add(Deed(*self._head(CLAIM, holder), was.id, was.lane, start, last))

    def _note_take(self, was: Ticket, ticket: Ticket, holder: str, old: Milestones) -> None:
        stones = (self._board.milestones.get(gate) for gate in dependencies(was))
        done = [gate.done for gate in stones if gate is not None and gate.done is not None]
        start = max([*done, old.offered or self._now])[1]
        self._board.deeds.add(Deed(*self._head(TAKE, holder), ticket.id, ticket.lane, start))

    def _note_overdue(self, was: Ticket | None, old: Milestones) -> None:
        since = ruled_since(self._board, was, old.waits, self._ruled) if was is not None else None
        if since is not None and was is not None:
            self._board.deeds.add(Deed(*self._head(OVERDUE, self._post.seat), was.id, start=since))


def last_sign(ticket: Ticket) -> datetime:
    """When the holder of a ticket posted on it last."""
    return ticket.life.at if ticket.life else ticket.since
