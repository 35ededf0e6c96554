"""A landed post that is gone from the feed.

Why: the state of every ticket is all posts together; without one of them seats compute another queue.
Wrong: deleting or renaming a file under `feed/`, or a merge that drops one.
Right: bring the file back as it was (`git ledger drift --fix` does), and say what changed in a new post.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from ledger.core.ids import path_of_post
from ledger.core.model import Finding, Severity, Where
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Landed posts that the judged tree lacks; when whole, also those that another post still names."""
    gone = {change.path: "a landed post was removed" for change in view.changes if change.how == "removed"}
    if view.full_scan:
        for name, namer in view.board.order.missing:
            # A post that is both removed and named is told once.
            gone.setdefault(path_of_post(name), f"the post is gone; {namer} stands on it")
    fix = "bring the file back as it was; `git ledger drift --fix` restores removed posts"
    for path, message in gone.items():
        yield Finding("removed-post", Where(path), message, fix, post=PurePosixPath(path).stem)
    unknown = [change.path for change in view.changes if change.how == "unknown"]
    if unknown:
        message = f"unverified: {len(unknown)} landed posts are not there; this shallow history does not "
        message += "reach back to where it would say whether they were removed or never pulled"
        fix = "`git fetch --unshallow`, then check again"
        yield Finding("removed-post", Where(unknown[0]), message, fix, Severity.WARNING)
