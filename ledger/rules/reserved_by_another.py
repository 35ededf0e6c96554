"""A ticket opened under a number that another seat reserved.

Why: the reservation is the right to the number; the seat that has it will open its own ticket there.
Wrong: ORA-01 opens CMB-0037, which CAMBER-01 reserved and has not filed yet.
Right: `git ledger append --reserve CMB`, which gives a number of one's own.
"""

from collections.abc import Iterator

from ledger.core.board.folding import find_directive
from ledger.core.ids import namespace_of, reservation_ref
from ledger.core.model import Finding, Severity
from ledger.rules.numbered import Numbered, find_numbered_posts
from ledger.rules.view import View

NAME = "reserved-by-another"


def check(view: View) -> Iterator[Finding]:
    """Numbers taken that are bound to another seat; a payload that is not ours binds none."""

    def is_anothers(item: str, seat: str) -> bool:
        number = view.numbers_of_tickets.get(item)
        series = view.series.get(number.series) if number else None
        owner = series.owners.get(number.n) if number and series else None
        return owner is not None and owner.seat != seat

    for taken in find_numbered_posts(view, is_anothers):
        number = view.config.parse_ticket_id(taken.ticket)
        series = view.series.get(number.series) if number else None
        # Without a reservation there is no owner; unreserved-ticket tells of that.
        if number is None or series is None or number.n not in series.owners:
            continue
        owner = series.owners[number.n]
        if owner is None:  # of a whole feed, odd-reservation tells it once for each ref
            message = f"{reservation_ref(number.series, number.n)} does not say whose it is and binds no seat"
            fix = "make sure that it was meant for this ticket"
            if not view.full_scan:
                yield view.finding_at(
                    NAME, taken.post, message, fix, taken.line, Severity.WARNING, taken.ticket
                )
        elif owner.seat not in _entitled_seats(view, taken):
            message = f"{taken.ticket} was reserved by {owner.seat} at {owner.at}, not by {taken.post.seat}"
            fix = f"`git ledger append --reserve {namespace_of(taken.ticket)} …` gives a number of its own"
            severity = view.severity_of(taken.post, taken.ticket)
            yield view.finding_at(NAME, taken.post, message, fix, taken.line, severity, taken.ticket)


def _entitled_seats(view: View, taken: Numbered) -> set[str]:
    """The seats whose reservation does: the one that posts, and the one whose opening it moves."""
    line = find_directive(taken.post, "AMENDMENT")
    opening = view.board.posts.get(line.post or "") if line else None
    return {taken.post.seat, opening.seat} if opening else {taken.post.seat}
