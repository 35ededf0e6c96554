"""`actionable`: the only kind that moves one ticket's state. Opens a ticket, or moves it."""

from typing import TYPE_CHECKING

from ledger.core.board import transitions as moves
from ledger.core.board.criteria import begin_checklist, deny_ticks, tick_criteria
from ledger.core.board.folding import deny_ambiguous, deny_missing_ticket, find_directive, sign_of_life
from ledger.core.board.kind import Kind
from ledger.core.board.rulings import blocks_on_unnamed_ruling
from ledger.core.board.waits import (
    describe_dependencies,
    is_unblocked,
    name_dependency,
    posts_that_ended,
    still_blocking,
)
from ledger.core.dataclass import replace
from ledger.core.ids import namespace_of
from ledger.core.model import NEVER_DUE, Collision, Denial, Lift, Post, Priority, State, Ticket
from ledger.core.text import quote_line

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


OPENING_STATES = (State.AWAITING_CLAIM, State.CLAIMED, State.BLOCKED)
MOST_COLLISIONS = 100
"""Openings that lost one number and wait for another; a further one has to be filed anew."""


def apply(board: "BoardOverlay", post: Post) -> None:
    """Apply an opening or a move; what is not allowed becomes a refusal and changes nothing."""
    if post.item is None or post.state is None:
        board.refuse_post(post, Denial("illegal-move", "an actionable post needs an `item` and a `state`"))
        return
    ticket = board.tickets.get(post.item)
    if ticket is None:
        _open_ticket(board, post)
    elif is_opening_attempt(post):
        # Before the table of moves: who opens a number that is taken means another ticket, whatever state
        # this one is in.
        _add_collision(board, ticket, post)
    elif denial := _why_not_move(board, ticket, post):
        board.refuse_post(post, denial)
    elif is_mere_offer(ticket, post):
        hand = find_directive(post, "HANDOFF")
        owner = hand.to if hand is not None and hand.to else "open"
        board.put_moved(
            replace(ticket, owner=owner), post, f"offered to {_quote_owner(owner)}; it stays {ticket.state}"
        )
    else:
        # While the ticket still has its block.
        _record_lift(board, ticket, post)
        after = moved_ticket(ticket, post)
        if post.met:
            after = tick_criteria(after, post)
        # Else a seat could take over the block of another by adding to it, and lift it then.
        if post.state is State.BLOCKED and _keeps_earlier_block(board, ticket, post):
            after = replace(after, blocked_by=ticket.blocked_by)
        board.put_moved(after, post, describe_effect(board, ticket, post))
        if post.state is State.CLAIMED and ticket.state is not State.CLAIMED:
            count_claim(board, post.seat)


def _why_not_move(board: "BoardOverlay", ticket: Ticket, post: Post) -> Denial | None:
    denial = deny_ambiguous(ticket, post) or moves.why_not_move(board, ticket, post)
    return denial or (deny_ticks(ticket, post) if post.met else None)


def is_opening_attempt(post: Post) -> bool:
    """True for a post that would open a ticket, whether or not it is there already."""
    if post.subject is not None:
        return True
    return post.state is State.AWAITING_CLAIM and find_directive(post, *moves.REOPENING) is None


def is_mere_offer(ticket: Ticket, post: Post) -> bool:
    """True for a HANDOFF of a BLOCKED or PARKED ticket: the owner changes, and what it waits for stays.

    With a RELEASE line beside it, it lifts the block too.
    """
    offers = post.state is State.AWAITING_CLAIM and find_directive(post, "HANDOFF") is not None
    return (
        offers and ticket.state in (State.BLOCKED, State.PARKED) and find_directive(post, "RELEASE") is None
    )


def _keeps_earlier_block(board: "BoardOverlay", ticket: Ticket, post: Post) -> bool:
    """True when another block keeps all that the one before still waits for: that stays its setter's."""
    held = still_blocking(board.tickets, board.ruled, ticket)
    return bool(held) and set(held) <= set(post.blocked_on)


def _record_lift(board: "BoardOverlay", ticket: Ticket, post: Post) -> None:
    """Keep what the post does to a block: a release lifts it, another block may replace it."""
    kept = post.blocked_on if post.state is State.BLOCKED else ()
    if ticket.blocked_by is None or post.state not in (State.AWAITING_CLAIM, State.BLOCKED):
        return
    held = tuple(on for on in still_blocking(board.tickets, board.ruled, ticket) if on not in kept)
    if post.state is State.AWAITING_CLAIM or held:
        ended = tuple(posts_that_ended(board.tickets, board.ruled, ticket.blocked_on))
        board.lifts.put(post.id, Lift(ticket.id, ticket.blocked_by, held, ended))


def _open_ticket(board: "BoardOverlay", post: Post) -> None:
    assert post.item is not None
    if denial := _why_not_open(board, post, post.item):
        board.refuse_post(post, denial)
        return
    board.put_moved(opened_ticket(post, post.item), post, f"opened {post.state}")
    if post.state is State.CLAIMED:
        count_claim(board, post.seat)


def _why_not_open(board: "BoardOverlay", post: Post, item: str) -> Denial | None:
    if post.subject is None:
        opens = post.state is State.AWAITING_CLAIM and not find_directive(post, *moves.REOPENING)
        return deny_missing_ticket(board, item, " (an opening needs a `subject`)" if opens else "")
    if post.state not in OPENING_STATES:
        return deny_missing_ticket(board, item, f", so it cannot be {post.state}")
    if denial := moves.deny_landed_ruling(board, post):
        return denial
    if post.met:
        return Denial("illegal-move", f"nothing of {item} can be met as it is opened", "leave `met` out")
    if post.state is not State.CLAIMED:
        return None
    if find_directive(post, "CONFIRM-PENDING"):
        return Denial("illegal-move", f"{item} is provisional and cannot be claimed before it is confirmed")
    owner = post.owner or "open"
    return moves.deny_by_owner(item, owner, post.seat) or moves.deny_shut_gate(
        board.tickets, item, post.after
    )


def opened_ticket(post: Post, item: str) -> Ticket:
    """The ticket that an opening brings into being under the id `item`."""
    claimed = post.state is State.CLAIMED
    return Ticket(
        id=item,
        state=post.state or State.AWAITING_CLAIM,
        subject=post.subject or "",
        opening=post.id,
        opened_by=post.seat,
        opened_at=post.at,
        since=post.at,
        moved_by=post.id,
        priority=post.priority or Priority.NORMAL,
        lane=post.lane,
        owner=post.owner or "open",
        parent=post.parent,
        related=post.related,
        after=post.after,
        blocked_on=post.blocked_on if post.state is State.BLOCKED else (),
        blocked_by=post.seat if post.state is State.BLOCKED else None,
        blocked_unnamed=blocks_on_unnamed_ruling(post),
        holder=post.seat if claimed else None,
        held_since=post.at if claimed else None,
        life=sign_of_life(post) if claimed else None,
        branch=post.branch if claimed else None,
        worktree=post.worktree if claimed else None,
        clone=post.clone if claimed else None,
        provisional=find_directive(post, "CONFIRM-PENDING") is not None,
        labels=post.labels,
        due=post.due if post.due != NEVER_DUE else None,
        checklist=begin_checklist(post) if post.criteria else None,
    )


def _add_collision(board: "BoardOverlay", ticket: Ticket, post: Post) -> None:
    message = f"{ticket.id} was opened by {ticket.opened_by} already ({ticket.opening}); the first stands"
    fix = f"`git ledger confirm {ticket.id}` moves this one to a number of its own: by {post.seat}, "
    fix += "a strat or an operator, and by anybody once `confirm_within` is over"
    # The tuple is copied for each opening that loses: without a bound, a push of many would take quadratic
    # time.
    if len(ticket.collisions) < MOST_COLLISIONS:
        lost = Collision(post.id, post.seat, post.at, post.subject or "")
        board.tickets.put(ticket.id, replace(ticket, collisions=(*ticket.collisions, lost)))
    else:
        message += f", and {MOST_COLLISIONS} openings that lost wait for a number: this one is not kept"
        fix = f"`git ledger append --reserve {namespace_of(ticket.id)} …` files it anew"
    board.refuse_post(post, Denial("double-opening", message, fix, post.lines.get("item")))


def moved_ticket(ticket: Ticket, post: Post) -> Ticket:
    """The ticket after a legal move."""
    assert post.state is not None
    claimed, blocked = post.state is State.CLAIMED, post.state is State.BLOCKED
    parked = post.state is State.PARKED
    again = claimed and ticket.holder == post.seat
    hand = find_directive(post, "HANDOFF") if post.state is State.AWAITING_CLAIM else None
    return replace(
        ticket,
        state=post.state,
        since=post.at if post.state is not ticket.state else ticket.since,
        moved_by=post.id,
        owner=ticket.owner if hand is None else hand.to or "open",
        holder=post.seat if claimed else None,
        held_since=ticket.held_since if again else post.at if claimed else None,
        held_before=(ticket.holder or ticket.held_before) if blocked else None,
        life=sign_of_life(post) if claimed else None,
        challenged=False,
        branch=(post.branch or (ticket.branch if again else None)) if claimed else None,
        worktree=(post.worktree or (ticket.worktree if again else None)) if claimed else None,
        clone=post.clone if claimed else None,
        blocked_on=post.blocked_on if blocked else ticket.blocked_on if parked else (),
        blocked_by=post.seat if blocked else ticket.blocked_by if parked else None,
        blocked_unnamed=blocks_on_unnamed_ruling(post),
        ruled_by=None,
        absorbed_by=None,
    )


def describe_effect(board: "BoardOverlay", ticket: Ticket, post: Post) -> str:
    """What a legal move did, in words for the ticket's history."""
    acting = find_directive(post, *moves.REOPENING)
    lift = board.lifts.get(post.id)
    held = (
        f", although it still waits for {', '.join(map(name_dependency, lift.holding))}"
        if lift and lift.holding
        else ""
    )
    if acting is not None and acting.name == "HANDOFF" and not held:
        return f"offered to {_quote_owner(acting.to)}"
    if ticket.state is post.state is State.CLAIMED:
        return "claim renewed"
    if post.state is State.CLAIMED and is_unblocked(board.tickets, ticket):
        return f"BLOCKED -> CLAIMED: {describe_dependencies(board.tickets, ticket.blocked_on)}"
    return f"{ticket.state} -> {post.state}" + (f" by {acting.name}" if acting else "") + held


def _quote_owner(owner: str | None) -> str:
    return quote_line(owner) if owner and owner != "open" else "open"


def count_claim(board: "BoardOverlay", seat: str) -> None:
    """Count a claim taken since the seat's newest boot (its `cap` is held to that)."""
    life_of = board.seats[seat]
    board.seats.put(seat, replace(life_of, claims=life_of.claims + 1))


def _opens(subject: object) -> bool:
    return subject is not None


KIND = Kind(
    name="actionable",
    apply=apply,
    required=("item", "state"),
    fields=frozenset(
        (
            *("item", "state", "priority", "lane", "subject", "owner", "parent", "related", "after"),
            *("blocked_on", "cites", "branch", "worktree", "clone", "labels", "criteria", "met", "due"),
        )
    ),
    directives=frozenset(("CONFIRM-PENDING", "RELEASE", "REPAIR", "AUTO-RELEASE", "HANDOFF")),
    opens=_opens,
    moves_item=True,
    number_hint="`git ledger append --reserve {namespace} …` takes a number that nobody else has",
)
