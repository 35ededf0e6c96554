"""A series with more reservations of tickets that were opened than `seal_above` in the settings allows.

Why: a push of anybody, of code too, begins with a list of all refs of the repository.
Wrong: 100,000 refs below `refs/reserve/CMB/`, nearly all of them of tickets that were opened long ago.
Right: `git ledger seal` removes those; the tip and the posts say that their numbers are taken.
"""

from collections.abc import Iterator

from ledger.core.ids import reservation_prefix
from ledger.core.model import Finding, Severity, Where
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: such series. Their place is the folder of their refs."""
    most = view.config.seal_above if view.full_scan else None
    if most is None:
        return
    crowded = [series for series in view.series.values() if len(series.taken) > most]
    named = {(number.series, number.n) for number in view.numbers_of_tickets.values()} if crowded else set()
    for series in crowded:
        count = sum((series.name, n) in named for n in series.taken)
        if count > most:
            where = Where(reservation_prefix(series.name))
            message = f"{series.name} has {count} reservations of tickets that were opened, above {most}"
            fix = "`git ledger seal` removes those that have done their work"
            yield Finding("spent-reservations", where, message, fix, Severity.WARNING)
