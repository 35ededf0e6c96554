"""A post made by hand that is dated before posts on the same ticket which arrived earlier.

Why: order is by arrival, so an early date wins nothing; who reads the dates alone reads another story.
Wrong: landing a claim dated 03:50 on a ticket that another seat claimed at 03:51 and that landed first.
Right: nothing to mend: `git ledger show CMB-0107` tells the order; the tool dates posts as they land.
"""

from collections.abc import Iterator

from ledger.core.board.kinds import kind_of
from ledger.core.ids import format_timestamp
from ledger.core.model import Finding, Post, Severity
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Judged posts without `seq` that stand after a later dated post on their ticket, or displace one."""
    yield from _find_displacing(view)
    items = {post.item for post in view.judged_posts_with("by hand") if post.item is not None}
    late = [pair for item in items for pair in _find_late(view, item)]
    for post, before in sorted(late, key=lambda pair: view.board.posts.place_of(pair[0].id)):
        message = f"dated {format_timestamp(post.at)}, the post stands after {before.id}: order is by arrival"
        fix = f"`git ledger show {post.item}` tells what it did; the date changes nothing"
        yield view.finding_at("backdated-post", post, message, fix, post.lines.get("at", 1), Severity.WARNING)


def _find_late(view: View, item: str) -> Iterator[tuple[Post, Post]]:
    """The judged posts by hand on a ticket that stand after a later dated one, each with that one."""
    newest: Post | None = None
    for post in view.board.posts_on(item):
        if newest is None or post.at >= newest.at:
            newest = post
        elif post.seq is None and view.is_judged(post.id):
            yield post, newest


def _find_displacing(view: View) -> Iterator[Finding]:
    """New posts that would stand before one on their ticket which landed: no date may undo what was judged.

    That is possible among posts made by hand that no post of the chain saw, and by a forged `saw`.
    """
    landed: dict[str, str] = {}
    # From the first judged post on: what stands in front of it cannot be displaced.
    places = [] if view.full_scan else [view.board.posts.place_of(post.id) for post in view.judged]
    behind = [*view.board.posts.since(min(places))] if places else []
    for post in (post for post in reversed(behind) if not kind_of(post.kind).only_speaks):
        items = [item for item in (post.item, *(line.item for line in post.directives)) if item is not None]
        if post.id in view.landed.posts:
            landed.update(dict.fromkeys(items, post.id))
        elif early := [landed[item] for item in items if item in landed]:
            message = f"dated {format_timestamp(post.at)}, the post would stand before {early[0]}"
            message += ", which landed already"
            fix = "post it anew with the tool, which dates it as it lands"
            yield view.finding_at("backdated-post", post, message, fix, post.lines.get("at", 1))
