"""A post in the name of another seat than the one that commits it.

Why: seats name themselves; a post by mistake in another's name takes its rights, and its blame.
Wrong: a commit with `seat: CLAUDE-STRAT-2` in the clone whose `ledger.seat` is ORA-01.
Right: `seat: ORA-01`, in a file named alike; where two seats share a clone, `LEDGER_SEAT=NAME git commit`.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, Severity
from ledger.rules.view import View

NAME = "foreign-seat"


def check(view: View) -> Iterator[Finding]:
    """Posts that the next commit adds itself by other seats than its own and its surfaces. Where no seat is
    set, one warning says that nobody can tell."""
    commit = view.commit
    posts = [post for post in view.judged if post.id in commit.added] if commit is not None else []
    if commit is None or not posts:
        return
    if commit.seat is None:
        message = "no seat is set here, so nobody checks that the posts of this commit are in the right name"
        fix = "`git ledger init --seat NAME`"
        yield view.finding_at(NAME, posts[0], message, fix, posts[0].lines["seat"], Severity.WARNING)
        return
    for post in posts:
        if post.seat not in (commit.seat, *view.config.surfaces_of(commit.seat)):
            message = f"the post is by {post.seat}, and this clone is the seat {commit.seat}"
            fix = f"post as {commit.seat}; where both work here, `LEDGER_SEAT={post.seat} git commit`"
            yield view.finding_at(NAME, post, message, fix, post.lines["seat"])
