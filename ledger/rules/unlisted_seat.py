"""A post by or for a seat that the config does not list, where only listed seats may post.

Why: an unknown seat has no role and no lanes; most often it is a known one, misspelled. What is left to it,
nobody takes.
Wrong: `seat: CAMBR-01` with `seats_listed_only: true` and only CAMBER-01 in the table; or `owner: camber-01`.
Right: `git config ledger.seat CAMBER-01`, or a row for the seat in `feed/ledger.yaml`.
"""

from collections.abc import Iterator, Sequence

from ledger.core.board.folding import find_directive
from ledger.core.did_you_mean import Proposals
from ledger.core.model import Finding, Post, Severity
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Posts by unlisted seats, on old ones a warning, since the table may have changed since; and new posts
    that hand something to one."""
    listed = [*(view.config.seats or ()), *view.config.identities]
    near = Proposals(listed)
    if not view.full_scan:
        yield from _find_unlisted_addressed(view, listed, near)
    if not view.config.seats_listed_only:
        return
    severity = Severity.WARNING if view.full_scan else Severity.ERROR
    for post in _posts_of_unlisted(view):
        if not view.config.is_listed(post.seat):
            message = f"{post.seat} is not among the seats of `feed/ledger.yaml`, and only those may post"
            fix = near.suggest_nearest(post.seat, "add a row for it under `seats`")
            yield view.finding_at("unlisted-seat", post, message, fix, post.lines["seat"], severity)


def _posts_of_unlisted(view: View) -> Sequence[Post]:
    if not view.full_scan:
        return view.judged
    seats = (life.seat for life in view.board.all_seats() if not view.config.is_listed(life.seat))
    return view.judged_posts_with(*(f"seat {seat}" for seat in seats))


def _find_unlisted_addressed(view: View, listed: list[str], near: Proposals) -> Iterator[Finding]:
    """Where unlisted seats may post, only a name that differs in case alone from a listed one is wrong."""
    # Case alone is no reason for a second seat: `camber-01` beside CAMBER-01 is a slip.
    alike = {seat.casefold() for seat in listed}
    for post in view.judged:
        for seat in dict.fromkeys(_addressed_seats(post)):
            mistaken = view.config.seats_listed_only or seat.casefold() in alike
            if mistaken and not view.config.is_listed(seat):
                message = f"this is for {seat}, which is not among the seats of `feed/ledger.yaml`"
                fix = near.suggest_nearest(seat, "name a seat of the table")
                yield view.finding_at("unlisted-seat", post, message, fix, severity=Severity.WARNING)


def _addressed_seats(post: Post) -> Iterator[str]:
    """The seats that a post names as whom it is for."""
    hand = find_directive(post, "HANDOFF")
    named = (*post.to, post.owner, hand.to if hand else None)
    yield from (seat for seat in named if seat and seat != "open" and not seat.startswith("awaiting-"))
