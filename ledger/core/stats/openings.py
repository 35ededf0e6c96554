"""Openings and their numbers: which were reserved, which lost, and which would have lost by counting."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from ledger.core.board.folding import directive
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.ids import read_stamp
from ledger.core.model import Post
from ledger.core.stats.replay import Change, Step
from ledger.core.write.numbers import Series

Reserved = Mapping[str, Series] | None
"""The series with all their payloads; None when the reservations were not read (offline)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A post that opens `item`, or would have: one that lost its number is an opening too.

    `reserved` is true when the number was reserved for this seat. A `bypass` is one that is neither
    reserved nor provisional.
    """

    post: str
    item: str
    seat: str
    at: datetime
    reserved: bool
    bypass: bool


def openings(steps: Iterable[Step], config: Config, series: Reserved) -> Iterator[Opening]:
    """Every opening, rulings with a ticket of their own included, in feed order.

    One reservation is for one opening: a second under the same number was not reserved.
    """
    spent: set[str] = set()
    for step in steps:
        post = step.post
        if post.item is not None and any(_opens(post, change) for change in step.changes):
            reserved = post.item not in spent and _is_reserved(post, post.item, config, series)
            spent.update([post.item] if reserved else [])
            pending = directive(post, "CONFIRM-PENDING") is not None
            yield Opening(post.id, post.item, post.seat, step.at, reserved, not reserved and not pending)


def _opens(post: Post, change: Change) -> bool:
    if change.item != post.item or change.after is None:
        return False
    if post.subject is not None and lost(post, change):
        return True
    return change.before is None and change.after.opening == post.id


def lost(post: Post, change: Change) -> bool:
    """True when the post named a ticket that was there already, and became a collision of it."""
    after = change.after.collisions if change.after else ()
    return bool(after) and after[-1].post == post.id


def _is_reserved(post: Post, item: str, config: Config, series: Reserved) -> bool:
    """By its ref, which must be for this seat. A number at or below the tip without a ref was sealed away,
    and is believed of a post that a swap landed; such a post is believed too where nothing was read."""
    if series is None:
        return post.seq is not None
    number = config.read_ticket(item)
    known = series.get(number.series) if number else None
    if number is None or known is None:
        return False
    if number.n in known.taken:
        owner = known.owners.get(number.n)
        return owner is None or owner.seat == post.seat
    return post.seq is not None and number.n <= known.tip


@dataclass(frozen=True, slots=True)
class Given:
    """A number of a series that was given to a seat, and when."""

    series: str
    n: int
    seat: str
    at: datetime


def prevented(
    openings: Iterable[Opening], config: Config, series: Reserved, now: datetime
) -> Iterator[Given]:
    """Numbers whose neighbour below went to another seat within `confirm_within`.

    Two seats that count instead of reserving would both have taken the lower one: neither could have seen
    the other's post. What cannot be seen is left out: a seat that looked, and was refused.
    """
    given = _given(openings, config, series, now)
    for one, after in pairwise(given[key] for key in sorted(given)):
        near = one.series == after.series and after.n == one.n + 1 and after.seat != one.seat
        if near and abs(after.at - one.at) <= config.confirm_within:
            yield max(one, after, key=lambda which: which.at)


def _given(
    openings: Iterable[Opening], config: Config, series: Reserved, now: datetime
) -> dict[tuple[str, int], Given]:
    """By the reservations; a number without one that can be read, by its reserved opening."""
    found: dict[tuple[str, int], Given] = {}
    for opening in openings:
        number = config.read_ticket(opening.item)
        if opening.reserved and number is not None:
            found[number.series, number.n] = Given(number.series, number.n, opening.seat, opening.at)
    for its in (series or {}).values():
        for n, owner in its.owners.items():
            at = read_stamp(owner.at) if owner else None
            if owner is not None and at is not None:
                found[its.name, n] = Given(its.name, n, owner.seat, min(at, now))
    return found
