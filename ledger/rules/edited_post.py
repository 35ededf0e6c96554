"""A landed post that was changed.

Why: seats have acted on what it said; a post that says something else tomorrow makes no feed.
Wrong: correcting the `state` of a post that landed an hour ago.
Right: `git ledger note` or `git ledger amend` says it in a new post; the old one stays as it landed.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from ledger.core.model import Finding, Where
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Changes to posts that had landed."""
    for change in view.changes:
        if change.how == "edited":
            name = PurePosixPath(change.path).stem
            post = view.board.posts.get(name)
            item = post.item if post else None
            fix = f"say it in a new post, such as `git ledger note{f' {item}' if item else ''} …`, "
            fix += "then take the edit back so that the file is as it landed"
            message = "a landed post was edited; posts stay as they landed"
            yield Finding("edited-post", Where(change.path), message, fix, item=item, post=name)
