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
    """Judged posts without `seq` that stand after a later dated post on their ticket."""
    suspects = {post.item for post in view.judged if post.seq is None and post.item is not None}
    newest: dict[str, Post] = {}
    for post in view.board.posts.values() if suspects else ():
        if post.item not in suspects or post.item is None:
            continue
        before = newest.get(post.item)
        if before is None or post.at >= before.at:
            newest[post.item] = post
        elif post.seq is None and post.id in view.judged_by_id:
            message = f"dated {stamp(post.at)}, the post stands after {before.id}: order is by arrival"
            fix = f"`git ledger show {post.item}` tells what it did; the date changes nothing"
            yield view.say("backdated-post", post, message, fix, post.lines.get("at", 1), Severity.WARNING)
