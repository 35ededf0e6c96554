"""When a seat was open, when it had a claim, and when it was dark."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.core.board.board import Board
from ledger.core.board.deeds import BOOT, CLAIM, POSTED, RETIRE, Deed
from ledger.core.board.noting import last_sign
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.queue.seat_view import lane_of
from ledger.core.stats.spans import Span, cut_spans, intersect_spans, subtract_spans, unite_spans


class ClaimSpan(NamedTuple):
    """One claim.

    `held` lasts until it ended, or till now. `counted` lasts until it ended or until its holder's last
    post on the ticket, whichever is earlier (domain: turns): a holder that fell silent is not at work. The
    retirement that gives a claim back is a post on it.
    """

    item: str
    lane: str
    held: Span
    counted: Span


@dataclass(frozen=True, slots=True)
class Spells:
    """The time of one seat.

    `claimed` is the part of `open` in which a claim of the seat counts. `dark` are the stretches of `open`
    without a claim and without a post that last longer than `dark_after`.
    """

    open: Sequence[Span]
    claimed: Sequence[Span]
    dark: Sequence[Span]


def list_claims(
    board: Board, seat: str, deeds: Sequence[Deed], config: Config, now: datetime
) -> list[ClaimSpan]:
    """The claims of a seat: those that ended, by what it did, in that order, then those that stand."""
    found = []
    for deed in deeds:
        if deed.what == CLAIM and deed.start is not None and deed.last is not None:
            ended = Span(deed.start, deed.at), Span(deed.start, deed.last)
            found.append(ClaimSpan(deed.item, deed.lane or config.default_lane_of(deed.item), *ended))
    for ticket in board.tickets_held_by(seat):
        began = board.milestones[ticket.id].claimed
        start = min(began[1], now) if began else now
        counted = Span(start, min(last_sign(ticket), now))
        found.append(ClaimSpan(ticket.id, lane_of(ticket, config), Span(start, now), counted))
    return found


def find_spells(
    deeds: Sequence[Deed], retired: bool, claims: Sequence[ClaimSpan], config: Config, now: datetime
) -> Spells:
    """The spells of a seat. `retired`: by its posts up to the first of these, that included."""
    # Feed order is by arrival, and a post by hand may arrive long after its date.
    posts = sorted((deed for deed in deeds if deed.what in POSTED), key=lambda deed: deed.at)
    opened = _find_open(posts, retired, config, now)
    idle = subtract_spans(opened, unite_spans(claim.held for claim in claims))
    return Spells(
        opened,
        intersect_spans(opened, unite_spans(claim.counted for claim in claims)),
        [*cut_spans(idle, [post.at for post in posts], config.dark_after)],
    )


def _find_open(posts: Sequence[Deed], retired: bool, config: Config, now: datetime) -> list[Span]:
    """Every post keeps its seat open for `claim_ttl`, up to a retirement; after that only a boot does."""
    found: list[Span] = []
    # Not strict: without a post `now` stands alone.
    for post, after in zip(posts, [*(post.at for post in posts[1:]), now], strict=False):
        retired = post.what == RETIRE or (retired and post.what != BOOT)
        end = min(post.at + config.claim_ttl, after)
        if retired or end <= post.at:
            continue
        if found and found[-1].end == post.at:
            found[-1] = Span(found[-1].start, end)
        else:
            found.append(Span(post.at, end))
    return found
