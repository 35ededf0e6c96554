"""A post that claims a place in the feed's order which it does not have.

Why: `seq` and `prev` say what was judged before what; two posts on one place are two truths.
Wrong: a post with `seq: 41` beside another one with `seq: 41`, or with a `prev` that is not there.
Right: leave `seq`, `prev` and `saw` to the tool; a post made by hand has none of them.
"""

from collections.abc import Iterator

from ledger.core.model import Finding, Post, Severity
from ledger.rules.view import View

NAME = "forked-feed"
FIX = "leave out `seq`, `prev` and `saw`, or post it with the tool, which fills them in"


def check(view: View) -> Iterator[Finding]:
    """Judged posts off the chain, and new posts that do not continue it."""
    for post in view.posts_in_order(name for name in view.board.order.forked if view.is_judged(name)):
        yield _judge_off_chain(view, post)
    if not view.full_scan:
        yield from _find_unlinked(view)
        yield from _find_displacing(view)


def _judge_off_chain(view: View, post: Post) -> Finding:
    """A fork that a later post has seen is settled: it stands where that post put it."""
    # A link of the chain that lists it in `saw` has given it a place; until then it may still move.
    settled = view.full_scan and post.id not in view.board.order.unseen
    severity = Severity.WARNING if settled else Severity.ERROR
    message = f"seq {post.seq} does not stand on the feed's chain; the post counts as made by hand"
    return view.finding_at(NAME, post, message, FIX, post.lines.get("seq", 1), severity)


def _find_unlinked(view: View) -> Iterator[Finding]:
    """New posts that name a post which is not there. (On old ones that is a removed post.)"""
    for gone, namer in view.board.order.missing:
        post = view.judged_by_id.get(namer)
        if post is not None:
            field = "prev" if post.prev == gone else "saw"
            message = f"`{field}` names {gone}, which is not in the feed"
            yield view.finding_at(NAME, post, message, FIX, post.lines.get(field, 1))


def _find_displacing(view: View) -> Iterator[Finding]:
    """A new end of the chain that takes it away from posts which landed on it."""
    order = view.board.order
    before = frozenset(view.landed.order.forked)
    lost = [name for name in order.forked if name in view.landed.posts and name not in before]
    head = view.judged_by_id.get(order.head[0]) if order.head else None
    if lost and head is not None:
        message = f"seq {head.seq} does not continue the feed: {lost[0]} landed on its chain before"
        yield view.finding_at(NAME, head, message, FIX, head.lines["seq"])
