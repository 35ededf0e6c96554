"""A post under the bare name of an identity that runs on several surfaces.

Why: two surfaces that post under one name each think that they hold what the other claimed.
Wrong: `seat: otto` where the config says `otto: {surfaces: [otto-cli, otto-desktop]}`.
Right: `seat: otto-cli`: each surface is a seat of its own.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, Post, Severity
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """The newest judged post of each such name, as a warning: old posts may carry it."""
    for seat in view.config.seats or ():
        surfaces, post = view.config.surfaces_of(seat), _newest_by(view, seat)
        if surfaces and post is not None:
            message = f"{seat} runs on several surfaces; this does not say which of them posts"
            fix = f"set the seat of each surface: {' or '.join(surfaces)}"
            yield view.say("bare-identity", post, message, fix, post.lines["seat"], Severity.WARNING)


def _newest_by(view: View, seat: str) -> Post | None:
    """The newest judged post of a seat."""
    if view.whole:
        return next(view.board.newest_posts_by(seat), None)
    return next((post for post in reversed(view.judged) if post.seat == seat), None)
