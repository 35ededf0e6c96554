"""A claim beyond what its seat may hold at once, or may claim at all this time.

Why: a seat works on one thing; what it holds beside that, nobody works on and nobody else may take.
Wrong: a second `state: CLAIMED` by a seat with wip 1 that has not finished the first.
Right: `git ledger done` or `git ledger release` the first, or boot with a higher `--wip`.
"""

from collections.abc import Iterator, Sequence

from ledger.core.model import Finding, Post, Severity, State
from ledger.core.queue.idle import spell_boot
from ledger.rules.seats import name_first
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """The newest judged claim of each seat that is over its wip or cap; when whole, as a warning."""
    judged = _posts_of_holders(view) if view.full_scan else view.judged
    # In feed order, so that the last claim of a seat stays.
    newest = {post.seat: post for post in judged if _is_taking_claim(view, post)}
    # What landed was judged by the limits of its time, which a boot or the settings may have lowered since.
    severity = Severity.WARNING if view.full_scan else Severity.ERROR
    for seat, post in newest.items():
        for message, fix in _find_exceeded_limits(
            view, seat, [ticket.id for ticket in view.board.tickets_held_by(seat)]
        ):
            yield view.finding_at("claim-over-wip", post, message, fix, post.lines["state"], severity)


def _posts_of_holders(view: View) -> Sequence[Post]:
    """The posts on what seats hold that are over their limits."""
    held: dict[str, list[str]] = {}
    for ticket in view.board.open_tickets():
        if ticket.holder is not None:
            held.setdefault(ticket.holder, []).append(ticket.id)
    items = [
        item
        for seat, items in held.items()
        if any(_find_exceeded_limits(view, seat, items))
        for item in items
    ]
    return view.judged_posts_with(*(f"item {item}" for item in items))


def _is_taking_claim(view: View, post: Post) -> bool:
    """True when this post is the claim by which its seat holds its ticket, and no renewal of one."""
    ticket = view.board.tickets.get(post.item or "")
    return (
        post.state is State.CLAIMED
        and ticket is not None
        and (ticket.holder, ticket.held_since) == (post.seat, post.at)
    )


def _find_exceeded_limits(view: View, seat: str, held: list[str]) -> Iterator[tuple[str, str]]:
    life = view.board.seats[seat]
    wip = life.wip or view.config.wip(seat)
    if len(held) > wip:
        message = f"with this claim {seat} holds {len(held)}, with a wip of {wip}: {name_first(held)}"
        first = f"finish or release one first: `git ledger release {held[0]} --why …`"
        boot = spell_boot(life, len(held))
        yield message, f"{first}; to hold {len(held)} at once, `{boot}`" if boot else first
    if life.cap is not None and life.claims > life.cap:
        claims = f"{life.claims} claim{'' if life.claims == 1 else 's'}"
        message = f"{seat} took {claims} since it booted with a cap of {life.cap}"
        yield message, "`git ledger retire`; a new boot starts a new count"
