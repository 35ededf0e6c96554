"""A tip that is lower than a number which was given, or that is none.

Why: the tip says which numbers were given; where it sinks, a number could be given twice.
Wrong: `git push --mirror` from a clone without `refs/reserve`, which deletes or lowers the tip.
Right: `git ledger drift --fix` raises it to the highest number that posts and reservations tell.
"""

from collections.abc import Iterator

from ledger.core.board.folding import find_directive
from ledger.core.ids import tip_ref
from ledger.core.model import Finding, Post, Where
from ledger.core.write.numbers import is_leap
from ledger.rules.view import View

NAME = "lost-tip"


def check(view: View) -> Iterator[Finding]:
    """When whole: series whose tip is below what the tool has given there. The place is the ref."""
    for name, needed in find_needed_tips(view).items() if view.full_scan else ():
        series = view.series[name]
        if series.tipless or series.tip < needed:
            is_what = "is no tip" if series.tipless else f"is {series.tip}"
            message = f"the tip of {name} {is_what}, and {needed} was given"
            yield Finding(NAME, Where(tip_ref(name)), message, "`git ledger drift --fix` raises it")


def find_needed_tips(view: View) -> dict[str, int]:
    """The highest number of each series that was given: by the tool's reservations, and by posts that landed
    with their number reserved. One that leaps above all lower ones is not followed, nor what is above it."""
    numbers_of = {
        name: [n for n, owner in series.owners.items() if n > series.tip and owner and owner.ticket]
        for name, series in view.series.items()
    }
    forked = set(view.board.order.forked)
    for item, number in view.numbers_of_tickets.items():
        series = view.series.get(number.series)
        if series is not None and number.n > series.tip:
            posts = view.board.posts_on(item)
            if any(
                # A post by hand has no `seq`: whatever number it names lifts no tip.
                _is_reserved_opening(post) and post.seq is not None and post.id not in forked
                for post in posts
            ):
                numbers_of[number.series].append(number.n)
    return {
        name: _highest_without_leap(view.series[name].tip, numbers) for name, numbers in numbers_of.items()
    }


def _highest_without_leap(tip: int, numbers: list[int]) -> int:
    highest = tip
    for n in sorted(numbers):
        # A forged number far ahead must not lift the tip: the series would be used up by one push.
        if is_leap(n, highest):
            break
        highest = max(highest, n)
    return highest


def _is_reserved_opening(post: Post) -> bool:
    return post.subject is not None and find_directive(post, "CONFIRM-PENDING") is None
