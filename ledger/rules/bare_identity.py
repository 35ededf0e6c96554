"""A post under the bare name of an identity that runs on several surfaces.

Why: two surfaces that post under one name each think that they hold what the other claimed.
Wrong: `seat: otto` where the config says `otto: {surfaces: [otto-cli, otto-desktop]}`.
Right: `seat: otto-cli`: each surface is a seat of its own.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, Severity
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """The newest judged post of each such name, as a warning: old posts may carry it."""
    # In feed order, so that the last post of a seat stays.
    newest = {post.seat: post for post in view.judged}
    for seat in view.config.seats or ():
        surfaces = view.config.surfaces_of(seat)
        if not surfaces:
            continue
        post = next(view.board.newest_posts_by(seat), None) if view.full_scan else newest.get(seat)
        if post is not None:
            message = f"{seat} runs on several surfaces; this does not say which of them posts"
            fix = f"set the seat of each surface: {' or '.join(surfaces)}"
            yield view.finding_at("bare-identity", post, message, fix, post.lines["seat"], Severity.WARNING)
