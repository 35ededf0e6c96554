"""A ticket opened under a number that nobody reserved.

Why: before filing, no seat can know that nobody else filed in the last minute.
Wrong: reading CMB-0035 in the queue and writing `item: CMB-0036` by hand.
Right: `git ledger append --reserve CMB`, or `git ledger reserve CMB` before the post is written.
"""

from collections.abc import Iterator

from ledger.core.board.folding import find_directive
from ledger.core.board.kinds import kind_of
from ledger.core.dataclass import dataclass
from ledger.core.ids import Number, namespace_of
from ledger.core.model import Finding, Severity
from ledger.core.write.numbers import Series
from ledger.rules.numbered import Numbered, find_numbered_posts
from ledger.rules.view import View


@dataclass(frozen=True, slots=True)
class _Verdict:
    message: str
    fix: str
    severity: Severity


def check(view: View) -> Iterator[Finding]:
    """Numbers taken without a reservation, but for the exemptions of posts made by hand."""
    for taken in find_numbered_posts(
        view,
        lambda item, _: (
            item in view.numbers_of_tickets and not _is_reserved_number(view, view.numbers_of_tickets[item])
        ),
    ):
        number = view.config.parse_ticket_id(taken.ticket)
        verdict = _judge_number(view, taken, number) if number else None
        if verdict:
            yield view.finding_at(
                "unreserved-ticket",
                taken.post,
                verdict.message,
                verdict.fix,
                taken.line,
                verdict.severity,
                taken.ticket,
            )


def _judge_number(view: View, taken: Numbered, number: Number) -> _Verdict | None:
    series = view.series.get(number.series)
    if find_directive(taken.post, "CONFIRM-PENDING") or _is_private_number(view, taken):
        return None
    if series is None:
        message = f"unverified: the reservations of {number.series} could not be read"
        return _Verdict(message, "check again when the remote can be reached", Severity.WARNING)
    if _is_reserved_number(view, number):
        return None
    if _is_first_number(view, taken, number, series):
        message = f"{taken.ticket} is the first of {number.series}, which has no reservation yet"
        return _Verdict(message, _suggest_for_first(view, taken), Severity.WARNING)
    return _Verdict(
        f"{taken.ticket} was not reserved",
        _suggest_reservation(taken),
        view.severity_of(taken.post, taken.ticket),
    )


def _is_reserved_number(view: View, number: Number) -> bool:
    """Whether a number was reserved. Old openings at or below the tip had a reservation once: spent ones are
    sealed away."""
    series = view.series.get(number.series)
    return series is not None and (number.n in series.taken or (view.full_scan and number.n <= series.tip))


def _suggest_for_first(view: View, taken: Numbered) -> str:
    if view.full_scan:
        return f"the next `git ledger append --reserve {namespace_of(taken.ticket)} …` settles it"
    return (
        f"add `CONFIRM-PENDING: {taken.ticket}`, and `git ledger confirm {taken.ticket}` once it has landed"
    )


def _suggest_reservation(taken: Numbered) -> str:
    return kind_of(taken.post.kind).number_hint.format(namespace=namespace_of(taken.ticket))


def _is_private_number(view: View, taken: Numbered) -> bool:
    """A namespace private to this seat, as long as no other seat opened a ticket there."""
    namespace = namespace_of(taken.ticket)
    if view.config.private_to(namespace) != taken.post.seat:
        return False
    return view.filers_in(namespace) <= {taken.post.seat}


def _is_first_number(view: View, taken: Numbered, number: Number, series: Series) -> bool:
    """Number 1 of a series without tip and ref, of which no post before this one names a ticket."""
    return number.n == 1 and series.untouched and view.first_post_naming(number.series) == taken.post.id
