"""A post made by hand that is dated before posts on the same ticket which arrived earlier.

Why: order is by arrival, so an early date wins nothing; who reads the dates alone reads another story.
Wrong: landing a claim dated 03:50 on a ticket that another seat claimed at 03:51 and that landed first.
Right: nothing to mend: `git ledger show CMB-0107` tells the order; the tool dates posts as they land.
"""

from collections.abc import Iterator

from ledger.core.ids import stamp
from ledger.core.model import Finding, Post, Severity
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Judged posts without `seq` that stand after a later dated post on their ticket, or displace one."""
    yield from _displacing(view)
    items = {post.item for post in view.judged if post.seq is None} - {None}
    newest: dict[str | None, Post] = {}
    for post in view.board.posts.values() if items else ():
        before = newest.get(post.item)
        if before is None or post.at >= before.at:
            newest[post.item] = post
        elif post.item in items and post.seq is None and post.id in view.judged_by_id:
            message = f"dated {stamp(post.at)}, the post stands after {before.id}: order is by arrival"
            fix = f"`git ledger show {post.item}` tells what it did; the date changes nothing"
            yield view.say("backdated-post", post, message, fix, post.lines.get("at", 1), Severity.WARNING)


def _displacing(view: View) -> Iterator[Finding]:
    """New posts that would stand before one on their ticket which landed: no date may undo what was judged.

    That is possible only among the posts made by hand that no post of the chain saw yet (domain: order).
    """
    landed: dict[str, str] = {}
    for name in reversed(view.board.unseen):
        post = view.board.posts.get(name)
        if post is None or post.kind == "note":
            continue
        items = {post.item, *(line.item for line in post.directives)} - {None}
        if name in view.landed:
            landed.update((item, name) for item in items if item is not None)
        elif early := sorted(landed[item] for item in items if item in landed):
            message = f"dated {stamp(post.at)}, the post would stand before {early[0]}, which landed already"
            fix = "post it anew with the tool, which dates it as it lands"
            yield view.say("backdated-post", post, message, fix, post.lines.get("at", 1))
