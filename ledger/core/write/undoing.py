"""What takes back a seat's last deed: the posts that lead its ticket to where it was, unless somebody went on
from there. Nothing is removed; of what cannot be led back so is said what to do instead."""

from collections.abc import Iterator, Sequence

from ledger.core.board.board import Board
from ledger.core.board.folding import find_directive
from ledger.core.board.kinds import kind_of
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.model import NEVER_DUE, Event, Post, State, Ticket
from ledger.core.write.requests import PostRequest, Value

_AMENDED = ("priority", "lane", "owner", "after", "subject", "labels", "due")
"""The fields of an opening that an amendment gives back. A checklist may have been ticked since."""


MARK = "undo of "
"""Stands in the first post of each undo, before the post that is undone."""
_RELEASED = {
    (State.AWAITING_CLAIM, State.CLAIMED),
    (State.AWAITING_CLAIM, State.BLOCKED),
    (State.AWAITING_CLAIM, State.PARKED),
    (State.CLAIMED, State.PARKED),
}
"""From where to where a deed led that a RELEASE begins to take back; what a seat held when it was blocked
it takes up as it stands."""


@dataclass(frozen=True, slots=True)
class Undo:
    """A deed, and the posts that take it back. `effect` is what it did, as the ticket's history has it."""

    post: Post
    item: str
    effect: str
    requests: tuple[PostRequest, ...]


@dataclass(frozen=True, slots=True)
class _Deed:
    """A post that moved a ticket, and the events of the ticket's history that moved it before."""

    post: Post
    ticket: Ticket
    event: Event
    before: tuple[Event, ...]


def plan_undo(board: Board, config: Config, seat: str) -> Undo:
    """What takes back the last deed of a seat. Raises LedgerError `cannot-undo`."""
    post = next((post for post in board.newest_posts_by(seat) if not _is_unasked(post)), None)
    if post is None:
        raise _refuse(f"{seat} has done nothing yet", "`git ledger ls` shows what there is to do")
    if (refused := board.refused.last(post.id)) is not None:
        raise _refuse(f"the last post of {seat} changed nothing: {refused.message}", _look(post))
    deed = _find_deed(board, post)
    _refuse_built_on(board, deed)
    requests = tuple(_list_requests(board, config, deed))
    return Undo(post, deed.ticket.id, deed.event.effect, requests)


def _is_unasked(post: Post) -> bool:
    """Whether the tool made a post without being asked: what ties chains together, and mere answers to
    challenges."""
    kind, lines = kind_of(post.kind), [line for line in post.body.splitlines() if line.strip()]
    alive = bool(lines) and all(line.startswith("ALIVE:") for line in lines)
    return kind.by_tool or (kind.only_speaks and alive)


def _find_deed(board: Board, post: Post) -> _Deed:
    """The move of a ticket that a post is. Raises LedgerError `cannot-undo` for a post of another sort."""
    kind = kind_of(post.kind)
    if kind.only_speaks:
        hint = f'`git ledger comment {post.item} "…"`' if post.item else '`git ledger note "…"`'
        raise _refuse(f"the last deed of {post.seat} was a note ({post.id}), and what was said stays", hint)
    if kind.rules:
        words = f"the last deed of {post.seat} was a ruling, which others act upon"
        raise _refuse(words, f"`git ledger rule --corrects {post.id} …` changes what it decided")
    if kind.boots or kind.retires:
        words = f"the last deed of {post.seat} was to {'boot' if kind.boots else 'retire'}"
        raise _refuse(words, "`git ledger boot`, with the limits that shall hold")
    ticket = board.tickets.get(post.item or "")
    if ticket is None or kind.confirms or find_directive(post, "AMENDMENT"):
        raise _refuse(f"the last deed of {post.seat} settled a number, which stays", _look(post))
    events = [event for event in board.history_of(ticket) if event.moved and not event.refused]
    place = next((place for place, event in enumerate(events) if event.post == post.id), None)
    if place is None:
        raise _refuse(f"the last post of {post.seat} moved no ticket ({post.id})", _look(post))
    return _Deed(post, ticket, events[place], tuple(events[:place]))


def _refuse_built_on(board: Board, deed: _Deed) -> None:
    """Raise LedgerError `cannot-undo` where somebody went on from what the deed made."""
    item, opened = deed.ticket.id, deed.ticket.opening == deed.post.id
    for later in board.posts.since(board.posts.place_of(deed.post.id) + 1):
        if later.seat != deed.post.seat and _builds_on(board, later, item, opened):
            words = f"{later.seat} went on from what {deed.post.seat} did to {item} ({later.id})"
            raise _refuse(words, _look(deed.post))
    # As when the claim of the seat ended by a challenge, or a ruling of its own moved the ticket.
    if deed.ticket.moved_by != deed.post.id or deed.ticket.collisions:
        raise _refuse(f"{item} went on since {deed.post.seat} did that", _look(deed.post))


def _builds_on(board: Board, later: Post, item: str, opened: bool) -> bool:
    """Whether a later post of somebody else moves a ticket, names it, or takes one that waited for it; of one
    that was only opened, whether it says anything about it."""
    if later.item == item:
        return opened or not kind_of(later.kind).only_speaks
    blocks = (on.removeprefix("ruling:") for on in later.blocked_on)
    if item in (later.parent, *later.related, *later.after, *blocks, *later.rules_on):
        return True
    if any(item in (line.item, line.absorbed_by) for line in later.directives):
        return True
    other = board.tickets.get(later.item or "")
    if other is None or later.state is not State.CLAIMED:
        return False
    block = _find_block(board, [event for event in board.history_of(other) if event.moved])
    return item in other.after or (block is not None and item in block.blocked_on)


def _list_requests(board: Board, config: Config, deed: _Deed) -> Iterator[PostRequest]:
    """The posts that lead a ticket back to where it was before a deed."""
    item, post = deed.ticket.id, deed.post
    if not deed.before:
        yield _move(item, State.CANCELLED, f"{MARK}{post.id}, by {post.seat}, who opened it")
        return
    if kind_of(post.kind).amends:
        yield _amend_back(board, config, deed)
        return
    before, now = deed.before[-1].state, deed.event.state
    why = f"{MARK}{post.id}"
    if before is now is State.CLAIMED:
        words = f"the last deed of {post.seat} only renewed its claim of {item}"
        raise _refuse(words, f"`git ledger release {item}` gives it back")
    if find_directive(post, "AUTO-RELEASE") or (before is State.DONE and post.state is State.AWAITING_CLAIM):
        words = f"the last deed of {post.seat} opened {item} to everybody"
        raise _refuse(words, f"`git ledger claim {item}` takes it")
    # What was closed is opened, and what was given away comes back, before it is led on.
    if now in (State.DONE, State.CANCELLED):
        yield _move(item, State.AWAITING_CLAIM, f"REPAIR: {why}")
    elif now is not State.AWAITING_CLAIM and (before, now) in _RELEASED:
        yield _move(item, State.AWAITING_CLAIM, f"RELEASE: {why}")
    owner = _find_owner(board, deed)
    if owner != deed.ticket.owner:
        yield _move(item, State.AWAITING_CLAIM, f"HANDOFF: {owner} (capacity: {why})")
    if before is State.CLAIMED:
        # Amendments may have moved it since: the newest post that is a claim itself says where the work was.
        claim = next(event for event in reversed(deed.before) if board.posts[event.post].state is before)
        yield _claim_again(item, board.posts[claim.post], why)
    # A HANDOFF leaves a BLOCKED ticket as it is: then there is no block to set again.
    elif before is State.BLOCKED and not (now is before and owner != deed.ticket.owner):
        block = _find_block(board, deed.before)
        words = f"as {block.id} said" if block is not None else "as before"
        yield _move(item, before, f"{words}; {why}", block.blocked_on if block is not None else ())
    elif before in (State.PARKED, State.CANCELLED) and now is not before:
        yield _move(item, before, why)


def _move(item: str, state: State, body: str, blocked_on: tuple[str, ...] = ()) -> PostRequest:
    fields: dict[str, Value] = {"item": item, "state": str(state)}
    return PostRequest("actionable", fields | ({"blocked_on": blocked_on} if blocked_on else {}), body)


def _claim_again(item: str, claim: Post, body: str) -> PostRequest:
    places = {"branch": claim.branch, "worktree": claim.worktree}
    fields: dict[str, Value] = {"item": item, "state": str(State.CLAIMED)}
    return PostRequest("actionable", fields | {name: place for name, place in places.items() if place}, body)


def _find_block(board: Board, events: Sequence[Event]) -> Post | None:
    """The newest post among these events that set a block."""
    posts = (board.posts[event.post] for event in reversed(events))
    return next((post for post in posts if post.state is State.BLOCKED), None)


def _find_owner(board: Board, deed: _Deed) -> str:
    """Who a ticket was left to before a deed."""
    owner = board.posts[deed.ticket.opening].owner or "open"
    for post in (board.posts[event.post] for event in deed.before):
        hand = find_directive(post, "HANDOFF")
        if hand is not None:
            owner = hand.to or "open"
        elif kind_of(post.kind).amends and post.owner is not None:
            owner = post.owner
        elif kind_of(post.kind).rules and owner.startswith("awaiting-"):
            owner = "open"
    return owner


def _amend_back(board: Board, config: Config, deed: _Deed) -> PostRequest:
    """The amendment that gives each field back what it was."""
    post, item = deed.post, deed.ticket.id
    changed = [name for name in _AMENDED if name in post.lines]
    if "criteria" in post.lines:
        words = f"the last deed of {post.seat} changed the criteria of {item}, which may be ticked since"
        raise _refuse(
            words, f"`git ledger amend {item} --why TEXT` with `--criterion` and `--drop-criterion`"
        )
    fields: dict[str, Value] = {"item": item}
    for name in changed:
        fields[name] = _find_owner(board, deed) if name == "owner" else _find_value(board, config, deed, name)
    return PostRequest("amendment", fields, f"{MARK}{post.id}")


def _find_value(board: Board, config: Config, deed: _Deed, name: str) -> Value:
    """What an opening said of a field before a deed, as a post says it."""
    posts = [board.posts[deed.ticket.opening]]
    posts += [
        board.posts[event.post] for event in deed.before if kind_of(board.posts[event.post].kind).amends
    ]
    # By `lines`: an amendment's `labels: []` is a value, and takes all of them away.
    values = [getattr(post, name) for post in posts if name in post.lines]
    value = values[-1] if values else None
    if isinstance(value, tuple) or name in ("after", "labels"):
        return tuple(value or ())
    if value is None:
        defaults = {"priority": "NORMAL", "lane": config.default_lane_of(deed.ticket.id), "due": NEVER_DUE}
        return defaults[name]
    return str(value)


def _look(post: Post) -> str:
    return f"`git ledger show {post.item}` tells how it stands" if post.item else "`git ledger log`"


def _refuse(message: str, hint: str) -> LedgerError:
    return LedgerError("cannot-undo", message, hint)
