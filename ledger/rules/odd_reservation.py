"""A ref below `refs/reserve` that reserves nothing, or that lies too far ahead to be followed.

Why: who pushed it believes to have a number, and another seat may have it too; a tip or number that
leaps would use up its series.
Wrong: `git push origin HEAD:refs/reserve/CMB/8`, which succeeds for every seat that has the commit.
Right: `git ledger reserve CMB`, or by hand a blob with seat, time and nonce, pushed with an empty lease.
"""

from collections.abc import Iterator
from itertools import islice

from ledger.core.ids import parse_reservation_ref, reservation_ref, tip_ref
from ledger.core.model import Finding, Severity, Where
from ledger.core.write.numbers import find_highest_of, is_leap
from ledger.rules.view import View

NAME = "odd-reservation"
MOST = 20
"""So many are told, and then how many there are."""


def check(view: View) -> Iterator[Finding]:
    """When whole: odd names, objects that are no reservation, and leaps. Their place is the ref."""
    if not view.full_scan:
        return
    findings = [*_find_leaps(view), *_find_odd_refs(view)]
    yield from islice(findings, MOST)
    if len(findings) > MOST:
        message = f"and {len(findings) - MOST} more such refs; `git ls-remote` lists them"
        yield Finding(NAME, Where("refs/reserve/"), message, "", Severity.WARNING)


def _find_leaps(view: View) -> Iterator[Finding]:
    highest = find_highest_of(view.numbers_of_tickets.values())
    for name, series in view.series.items():
        named = highest.get(name, 0)
        if series.is_leap_above(named):
            highest_known = max(named, *series.taken, 0)
            message = (
                f"the tip of {name} is {series.tip}, and the highest number known otherwise {highest_known}: "
            )
            message += f"nothing is reserved in {name} until that is settled"
            fix = "if it is meant, reserve a number at that height by hand; if not, put the tip back: both "
            fix += "stand in docs/protocol.md"
            yield Finding(NAME, Where(tip_ref(name)), message, fix)
        for n in sorted(n for n in series.taken if is_leap(n, max(series.tip, named))):
            message = f"number {n} of {name} is more than 10,000 above all others: no tip follows it"
            fix = "nothing needs to be done: numbers go on above the tip"
            yield Finding(NAME, Where(reservation_ref(name, n)), message, fix, Severity.WARNING)


def _find_odd_refs(view: View) -> Iterator[Finding]:
    for ref, kind in view.odd_refs.items():
        if parse_reservation_ref(ref) is None:
            message = "it reserves nothing: there stand <series>/<number> and <series>/tip, as in CMB/41"
        elif kind != "blob":
            # A commit or tag can be pushed by each seat that has it, so that two pushes of it both succeed.
            message = f"it holds a {kind}, which every seat that has it can push: it excludes nobody"
        else:
            message = (
                "it does not say whose it is: several may have pushed this very object, and it binds nobody"
            )
        fix = "`git ledger reserve` gives a number of one's own; so do two lines of docs/protocol.md by hand"
        yield Finding(NAME, Where(ref), message, fix, Severity.WARNING)
