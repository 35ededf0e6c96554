"""A number that was reserved a day ago and never filed.

Why: it may be work that a seat meant to file and forgot; the number itself costs nothing.
Wrong: `git ledger reserve CMB`, and no post that names the number a day later.
Right: `git ledger append --item CMB-0107 --subject …` by the seat that reserved it, or leave it.
"""

from collections.abc import Iterator
from datetime import timedelta

from ledger.core.ids import parse_timestamp, reservation_ref
from ledger.core.model import Finding, Severity, Where
from ledger.core.write.numbers import Reservation, Series
from ledger.rules.view import View

UNFILED = timedelta(hours=24)
"""How long a reservation may stand unfiled."""


def check(view: View) -> Iterator[Finding]:
    """When whole: our reservations older than UNFILED that no post names. Their place is the ref."""
    named = (
        {(number.series, number.n) for number in view.numbers_of_tickets.values()}
        if view.full_scan
        else set()
    )
    for series in view.series.values() if view.full_scan else ():
        for n, owner in series.owners.items():
            if owner is not None and (series.name, n) not in named and _is_orphan(view, series, n, owner):
                where = Where(reservation_ref(series.name, n))
                ticket = view.config.spell(series.name, n)
                message = f"{ticket} was reserved by {owner.seat} at {owner.at} and never filed"
                fix = f"{owner.seat} may file it still: `git ledger append --item {ticket} --subject …`"
                severity = Severity.WARNING
                yield Finding("orphan-reservation", where, message, fix, severity, ticket)


def _is_orphan(view: View, series: Series, n: int, owner: Reservation) -> bool:
    at = parse_timestamp(owner.at)
    # `at` is what the seat wrote: one that cannot be read tells no age.
    if at is None or view.now - at <= UNFILED:
        return False
    return not any(ticket in view.board.named for ticket in view.config.spellings(series.name, n))
