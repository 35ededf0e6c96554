"""A decision about somebody else's ticket by a seat whose role does not decide.

Why: where every seat may rule, repair and hand off what is not its own, no right is worth anything.
Wrong: a ruling, a REPAIR, a HANDOFF of another seat's ticket, an AMENDMENT that changes more of another's
opening than its number, or the RELEASE of a block that still holds and that another seat has set, by a seat
with the role code.
Right: tell a strat with `git ledger note CMB-0107 … --to SEAT`, and let it decide.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.core.board.folding import find_directive
from ledger.core.board.kinds import kind_of
from ledger.core.board.waits import name_dependency
from ledger.core.model import Directive, Finding, Post, State, Ticket
from ledger.rules.view import View

DECIDING = ("any", "strat", "operator")
"""Roles that may rule and repair; `any` is everybody's where the config lists no seats."""


_RESTATED = ("priority", "lane", "owner", "after", "subject")
"""The fields of an opening that an amendment may change."""


class _Forbidden(NamedTuple):
    what: str
    line: int


def check(view: View) -> Iterator[Finding]:
    """Rulings, repairs, handoffs, releases and amendments by seats that may not make them."""
    strat = next(iter(view.config.seats_with("strat")), "SEAT")
    standings = _Standings(view)
    for post in _find_deciding_posts(view) if view.full_scan else view.judged:
        role = view.config.role(post.seat)
        forbidden = _why_not_decide(view, post, standings) if role not in DECIDING else None
        if forbidden:
            message = f"{post.seat} has the role {role}, which {forbidden.what}"
            fix = f"`git ledger note{f' {post.item}' if post.item else ''} … --to {strat}` tells a strat"
            yield view.finding_at(
                "role-may-not-rule", post, message, fix, forbidden.line, view.severity_of(post)
            )


def _find_deciding_posts(view: View) -> Sequence[Post]:
    """The posts that decide something, or lift a block, by seats that may not do so everywhere."""
    seats = {life.seat for life in view.board.all_seats() if view.config.role(life.seat) not in DECIDING}
    # Where every seat may decide, no post has to be looked at.
    if not seats:
        return []
    decided = (name for seat in seats for name in view.board.posts.find(f"decides {seat}"))
    lifts = view.board.lifts
    lifted = (name for name in lifts.keys_from("") if lifts[name].holding)
    return view.posts_in_order([*decided, *lifted])


def _why_not_decide(view: View, post: Post, standings: "_Standings") -> _Forbidden | None:
    kind = kind_of(post.kind)
    if kind.rules:
        return _Forbidden("does not rule", post.lines["kind"])
    if line := find_directive(post, "REPAIR"):
        return _Forbidden("does not repair", line.line)
    if line := find_directive(post, "AMENDMENT"):
        return _forbid_renumbering(view, post, line) or _forbid_restating(view, post, line)
    if forbidden := _forbid_lifting(view, post):
        return forbidden
    ticket = view.board.tickets.get(post.item or "")
    if ticket is None or ticket.opened_by == post.seat:
        return None
    if kind.amends:
        return _forbid_amending(standings, ticket, post)
    if kind.confirms:
        return _forbid_confirming(view, ticket, post)
    line = find_directive(post, "HANDOFF")
    return _forbid_handing_off(standings, ticket, post, line) if line else None


def _forbid_renumbering(view: View, post: Post, line: Directive) -> _Forbidden | None:
    """An AMENDMENT is for the seat of the opening; once the time to confirm is over, for anybody.

    The time runs from the later of the two openings to the earlier of the post's date and now: a clock that
    is wrong may let it end late, or early for its own seat alone, and no right of anybody hangs on it.
    """
    opening = view.board.posts.get(line.post or "")
    if opening is None or opening.seat == post.seat:
        return None
    first = view.board.tickets.get(line.item or "")
    began = max(opening.at, first.opened_at) if first is not None else opening.at
    if _is_confirm_time_over(view, post, began):
        return None
    return _Forbidden(f"does not move the opening of {opening.seat}", line.line)


def _forbid_restating(view: View, post: Post, line: Directive) -> _Forbidden | None:
    """Whoever moves the opening of another changes its number and nothing else."""
    opening = view.board.posts.get(line.post or "")
    changed = [post.lines[name] for name in _RESTATED if name in post.lines]
    if opening is None or opening.seat == post.seat or not changed:
        return None
    return _Forbidden(f"moves the opening of {opening.seat} as it is, and changes nothing of it", changed[0])


def _forbid_confirming(view: View, ticket: Ticket, post: Post) -> _Forbidden | None:
    """A `confirm` is for the seat of the opening, in the same way."""
    if _is_confirm_time_over(view, post, ticket.opened_at):
        return None
    return _Forbidden(f"does not confirm the opening of {ticket.opened_by}", post.lines["kind"])


def _is_confirm_time_over(view: View, post: Post, began: datetime) -> bool:
    return min(post.at, view.now) - began > view.config.confirm_within


def _forbid_lifting(view: View, post: Post) -> _Forbidden | None:
    """A block that still holds is lifted by the seat that set it; once it is over, by anybody."""
    lift = view.board.lifts.get(post.id)
    if lift is None or not lift.holding or lift.set_by == post.seat:
        return None
    line = find_directive(post, "RELEASE")
    what = "lifts only the blocks that it set, until they are over"
    waits = ", ".join(map(name_dependency, lift.holding))
    words = f"{what}; {lift.item} was blocked by {lift.set_by} and waits for {waits}"
    return _Forbidden(words, line.line if line else post.lines.get("blocked_on", post.lines["state"]))


def _forbid_amending(standings: "_Standings", ticket: Ticket, post: Post) -> _Forbidden | None:
    if standings.standing_before(ticket, post).holder == post.seat:
        return None
    what = f"amends only what it filed or holds; {ticket.id} was filed by {ticket.opened_by}"
    return _Forbidden(what, post.lines["kind"])


def _forbid_handing_off(
    standings: "_Standings", ticket: Ticket, post: Post, line: Directive
) -> _Forbidden | None:
    before = standings.standing_before(ticket, post)
    if post.seat in (before.owner, before.holder):
        return None
    what = "hands off only what it filed, holds or was named for"
    return _Forbidden(f"{what}; {ticket.id} was filed by {ticket.opened_by}", line.line)


class _Before(NamedTuple):
    owner: str | None
    holder: str | None


class _Standings:
    """Whom tickets were left to and who held them when posts arrived; each history is walked once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._of: dict[str, dict[str, _Before]] = {}

    def standing_before(self, ticket: Ticket, post: Post) -> _Before:
        """How a ticket stood before a post; how it stands now where its history does not have the post."""
        if ticket.id not in self._of:
            self._of[ticket.id] = _find_standings(self._view, ticket)
        found = self._of[ticket.id]
        return found.get(post.id, found[""])


def _find_standings(view: View, ticket: Ticket) -> dict[str, _Before]:
    """How a ticket stood before each post of its history, and under "" how it stands now."""
    owner, holder = view.board.posts[ticket.opening].owner, None
    before: dict[str, _Before] = {}
    for event in view.board.history_of(ticket):
        # A post may stand in a history more than once: what was before its first event was before the post.
        before.setdefault(event.post, _Before(owner, holder))
        post = view.board.posts[event.post]
        if event.state is not State.CLAIMED:
            holder = None
        elif post.state is State.CLAIMED and not event.refused:
            holder = post.seat
        if not event.refused:
            owner = _owner_named_by(post) or owner
    return before | {"": _Before(owner, holder)}


def _owner_named_by(post: Post) -> str | None:
    """The owner that a post sets by HANDOFF or by amendment."""
    hand = find_directive(post, "HANDOFF")
    if hand is not None:
        return hand.to
    return post.owner if kind_of(post.kind).amends else None
