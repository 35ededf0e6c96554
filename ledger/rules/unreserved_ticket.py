"""A ticket opened under a number that nobody reserved.

Why: before filing, no seat can know that nobody else filed in the last minute.
Wrong: reading CMB-0035 in the queue and writing `item: CMB-0036` by hand.
Right: `git ledger append --reserve CMB`, or `git ledger reserve CMB` before the post is written.
"""

from collections.abc import Iterator

from ledger.core.board.folding import find_directive
from ledger.core.dataclass import dataclass
from ledger.core.ids import Number, namespace_of
from ledger.core.model import Finding, Severity
from ledger.core.write.numbers import Series
from ledger.rules.numbered import Numbered, numbered
from ledger.rules.view import View


@dataclass(frozen=True, slots=True)
class _Verdict:
    message: str
    fix: str
    severity: Severity


def check(view: View) -> Iterator[Finding]:
    """Numbers taken without a reservation, but for the exemptions of posts made by hand."""
    for one in numbered(
        view, lambda item, _: item in view.numbers and not _is_given(view, view.numbers[item])
    ):
        number = view.config.read_ticket(one.ticket)
        said = _judge(view, one, number) if number else None
        if said:
            yield view.say(
                "unreserved-ticket", one.post, said.message, said.fix, one.line, said.severity, one.ticket
            )


def _judge(view: View, one: Numbered, number: Number) -> _Verdict | None:
    series = view.series.get(number.series)
    if find_directive(one.post, "CONFIRM-PENDING") or _is_private(view, one):
        return None
    if series is None:
        message = f"unverified: the reservations of {number.series} could not be read"
        return _Verdict(message, "check again when the remote can be reached", Severity.WARNING)
    if _is_given(view, number):
        return None
    if _is_first(view, one, number, series):
        message = f"{one.ticket} is the first of {number.series}, which has no reservation yet"
        return _Verdict(message, _first_fix(view, one), Severity.WARNING)
    return _Verdict(f"{one.ticket} was not reserved", _fix(one), view.weight(one.post, one.ticket))


def _is_given(view: View, number: Number) -> bool:
    """Whether a number was reserved. Old openings at or below the tip had a reservation once: spent ones are
    sealed away."""
    series = view.series.get(number.series)
    return series is not None and (number.n in series.taken or (view.whole and number.n <= series.tip))


def _first_fix(view: View, one: Numbered) -> str:
    if view.whole:
        return f"the next `git ledger append --reserve {namespace_of(one.ticket)} …` settles it"
    return f"add `CONFIRM-PENDING: {one.ticket}`, and `git ledger confirm {one.ticket}` once it has landed"


def _fix(one: Numbered) -> str:
    if one.post.kind == "amendment":
        return "`git ledger confirm` moves the ticket to a number that it reserves"
    namespace = namespace_of(one.ticket)
    if one.post.kind == "ruling":
        return f"`git ledger rule --reserve {namespace} …` reserves a number for the ruling's own ticket"
    return f"`git ledger append --reserve {namespace} …` takes a number that nobody else has"


def _is_private(view: View, one: Numbered) -> bool:
    """A namespace private to this seat, as long as no other seat opened a ticket there."""
    namespace = namespace_of(one.ticket)
    if view.config.private_to(namespace) != one.post.seat:
        return False
    return view.filers_in(namespace) <= {one.post.seat}


def _is_first(view: View, one: Numbered, number: Number, series: Series) -> bool:
    """Number 1 of a series without tip and ref, of which no post before this one names a ticket."""
    return number.n == 1 and series.untouched and view.first_naming(number.series) == one.post.id
