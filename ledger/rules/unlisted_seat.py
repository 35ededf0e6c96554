"""A post by a seat that the config does not list, where only listed seats may post.

Why: an unknown seat has no role and no lanes; most often it is a known one, misspelled.
Wrong: `seat: CAMBR-01` with `seats_listed_only: true` and only CAMBER-01 in the table.
Right: `git config ledger.seat CAMBER-01`, or a row for the seat in `feed/ledger.yaml`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, Severity
from ledger.core.near import or_nearest
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Posts by unlisted seats; on old ones a warning, since the table may have changed since."""
    if not view.config.seats_listed_only:
        return
    severity = Severity.WARNING if view.whole else Severity.ERROR
    listed = [*(view.config.seats or ()), *view.config.identities]
    for post in view.judged:
        if not view.config.is_listed(post.seat):
            message = f"{post.seat} is not among the seats of `feed/ledger.yaml`, and only those may post"
            fix = or_nearest(post.seat, listed, "add a row for it under `seats`")
            yield view.say("unlisted-seat", post, message, fix, post.lines["seat"], severity)
