"""Which findings of a whole feed are settled: warnings of old, about deeds that nobody can mend any more.

Why: posts are never edited, so what one did wrong stays found for ever; told each day, it hides what is new.
A finding about how things stand now is never settled: it ends when somebody acts.
"""

from datetime import timedelta

from ledger.core.ids import parse_reservation_ref, parse_timestamp
from ledger.core.model import Finding, Severity
from ledger.rules.view import View

STANDING = (
    *("claim-over-wip", "unnamed-wait", "branch-without-claim", "unconfirmed-provisional", "cold-claim"),
    *("done-and-dark", "idle-beside-work", "abandoned-follow-on", "stale-offer", "silent-fleet"),
)
"""Rules that speak of how things stand, whatever post their findings point at."""
UNFILED = timedelta(days=7)
"""From then on nobody expects that a reserved number is filed."""


def is_settled(view: View, finding: Finding) -> bool:
    """True for a warning, in a forgiving view, on a post that landed more than a day ago, or on a
    reservation that matters to nobody any more."""
    if not view.lenient_history or finding.severity is not Severity.WARNING or finding.rule in STANDING:
        return False
    # The place of a finding about a number is its ref, and no file.
    place = parse_reservation_ref(finding.where.path)
    return _is_past_mending(view, *place) if place else view.has_landed_long_ago(finding.where.path)


def _is_past_mending(view: View, name: str, n: int) -> bool:
    """Of one that names a seat: the seat retired, or a week went by. Of any other: its number lies at or
    below the tip, or a post has it."""
    series = view.series.get(name)
    owner = series.owners.get(n) if series else None
    if owner is None:
        # Nobody owns it, so nobody will file it: it matters until its number is used, or passed by.
        named = any(ticket in view.board.named for ticket in view.config.spellings(name, n))
        return named or (series is not None and n <= series.tip)
    at, life = parse_timestamp(owner.at), view.board.seats.get(owner.seat)
    return bool(life and life.retired_at) or (at is not None and view.now - at > UNFILED)
