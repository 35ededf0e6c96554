"""The table of moves: from which state to which, by whom, needing what (domain: order and the fold).

A move is judged by posts alone. Roles, wip, expiry and reservations are rules and never change a
state. Each need is a small function that gives None, or a `Denial` with the reason.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ledger.core.board.challenges import find_open_challenge
from ledger.core.board.criteria import require_criteria
from ledger.core.board.folding import find_directive
from ledger.core.board.tables import Lookup
from ledger.core.board.waits import describe_dependencies, is_unblocked, open_dependencies
from ledger.core.dataclass import dataclass
from ledger.core.ids import format_timestamp
from ledger.core.model import Denial, Post, State, Ticket
from ledger.core.text import quote_name

if TYPE_CHECKING:
    from ledger.core.board.board import Board


Need = Callable[["Board", Ticket, Post], Denial | None]

S = State


def describe_holder(ticket: Ticket) -> str:
    """Who holds a ticket, since when and where, in the words that a refused seat is told."""
    words = f"{ticket.id} is held by {ticket.holder}"
    if ticket.branch:
        words += f" ({quote_name(ticket.branch)})"
    if ticket.worktree:
        words += f" [worktree: {quote_name(ticket.worktree)}]"
    if ticket.held_since:
        words += f" since {ticket.held_since:%Y-%m-%dT%H:%M:%SZ}"
    return words


def describe_claim_elsewhere(ticket: Ticket) -> str:
    """What a seat is told that holds a ticket by a claim from another clone: two agents may be at it."""
    since = f" since {ticket.held_since:%Y-%m-%dT%H:%M:%SZ}" if ticket.held_since else ""
    who = f"you hold {ticket.id}{since}, claimed from another clone ({ticket.clone})"
    return f"{who}; if an agent is at work there under this name, give each a seat of its own"


def require_holder(_: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """Only the seat that holds the ticket."""
    if ticket.holder == post.seat:
        return None
    return Denial(
        "not-the-holder", f"{describe_holder(ticket)}, not by {post.seat}", f"`git ledger show {ticket.id}`"
    )


def require_reason(_: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """A body that is not empty."""
    if post.body.strip():
        return None
    return Denial(
        "illegal-move",
        f"{ticket.state} -> {post.state} on {ticket.id} needs a reason in the body",
        "say why, in the body or with `--why`",
    )


def require_confirmed(_: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """No provisional ticket is worked on before it is confirmed."""
    if not ticket.provisional:
        return None
    return Denial(
        "illegal-move",
        f"{ticket.id} is provisional: its number is not confirmed yet",
        f"`git ledger confirm {ticket.id}`",
    )


def require_owner(_: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """The owner is open, or this seat."""
    return deny_by_owner(ticket.id, ticket.owner, post.seat)


def deny_by_owner(item: str, owner: str, seat: str) -> Denial | None:
    """A denial when `owner` leaves the ticket to somebody else than `seat`."""
    if owner in ("open", seat):
        return None
    if owner.startswith("awaiting-"):
        return Denial(
            "illegal-move", f"{item} waits for a ruling (owner {owner})", f"`git ledger show {item}`"
        )
    return Denial("illegal-move", f"{item} is offered to {owner}", f"`git ledger show {item}`")


def require_open_gates(board: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """Every ticket in `after` is DONE."""
    return deny_shut_gate(board.tickets, ticket.id, ticket.after)


def deny_shut_gate(tickets: Lookup[Ticket], item: str, after: tuple[str, ...]) -> Denial | None:
    """A denial that names the gates of `item` that are not DONE."""
    shut = open_dependencies(tickets, after)
    if not shut:
        return None
    words = describe_dependencies(tickets, shut)
    # A gate that nobody filed cannot be shown; the ticket behind it can.
    seen = shut[0] if shut[0] in tickets else item
    return Denial("gate-not-open", f"{item} comes after {words}", f"`git ledger show {seen}`")


def require_block_over(board: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """What blocks the ticket are tickets alone, and all of them are DONE."""
    if is_unblocked(board.tickets, ticket):
        return None
    waits = describe_dependencies(board.tickets, open_dependencies(board.tickets, ticket.blocked_on))
    held = f"; {ticket.held_before} held it and may take it up" if ticket.held_before else ""
    words = f"{ticket.id} is BLOCKED" + (f" and waits for {waits}" if waits else "") + held
    return Denial("illegal-move", words, f"`git ledger show {ticket.id}`")


def require_ruling_due(board: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """Nothing is blocked on a ruling that has landed."""
    return deny_landed_ruling(board, post) if post.state is S.BLOCKED else None


def deny_landed_ruling(board: "Board", post: Post) -> Denial | None:
    """A denial when the post blocks on a ruling that is there already."""
    for on in post.blocked_on:
        target = on.removeprefix("ruling:")
        if target != on and target in board.ruled:
            ruling = board.ruled[target]
            return Denial(
                "illegal-move",
                f"the ruling on {target} has landed: {ruling}",
                "act on the ruling; to wait for another one, file a ticket that asks for it, "
                "and block on the ruling on that",
                post.lines.get("blocked_on"),
            )
    return None


def require_unanswered_challenge(board: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """AUTO-RELEASE names an open challenge of its own seat and clone, whose grace lies between the two."""
    line = find_directive(post, "AUTO-RELEASE")
    challenge = find_open_challenge(board, ticket, line.post) if line and line.post else None
    last = ticket.life.post if ticket.life else None
    if line is None or challenge is None:
        words = f"no challenge of that post stands against {ticket.holder} on {ticket.id}"
        words += f", whose last sign of life is {last}"
    elif (challenge.seat, challenge.clone) != (post.seat, line.clone):
        words = f"{challenge.post} is a challenge by {challenge.seat} from the clone {challenge.clone}"
        words += ", not this one's"
    elif post.at < challenge.until:
        words = f"{ticket.holder} has until {format_timestamp(challenge.until)}"
        words += f" to answer the challenge {challenge.post}"
    else:
        return None
    fix = "leave the claim alone; `git ledger drift --fix` asks its holder, and ends it if nobody answers"
    return Denial("premature-release", words, fix, line.line if line else None)


def require_earlier_holder(_: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """The seat that held the ticket when it was blocked takes it up whatever blocks it still."""
    if ticket.held_before == post.seat:
        return None
    words = f"{post.seat} did not hold {ticket.id} when it was blocked"
    return Denial("illegal-move", words, f"`git ledger show {ticket.id}`")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table; `by` is the directive that the post must carry."""

    from_states: tuple[State, ...]
    to: tuple[State, ...]
    by: str | None = None
    needs: tuple[Need, ...] = ()


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        (S.AWAITING_CLAIM,), (S.CLAIMED,), None, (require_confirmed, require_owner, require_open_gates)
    ),
    Transition((S.BLOCKED, S.PARKED), (S.AWAITING_CLAIM,), "RELEASE"),
    Transition((S.AWAITING_CLAIM, S.BLOCKED, S.PARKED), (S.AWAITING_CLAIM,), "HANDOFF"),
    Transition(
        (S.AWAITING_CLAIM, S.BLOCKED, S.PARKED),
        (S.BLOCKED, S.PARKED, S.CANCELLED),
        None,
        (require_reason, require_ruling_due),
    ),
    Transition((S.CLAIMED,), (S.CLAIMED,), None, (require_holder,)),
    Transition(
        (S.CLAIMED,),
        (S.DONE, S.BLOCKED, S.PARKED, S.CANCELLED),
        None,
        (require_holder, require_ruling_due, require_criteria),
    ),
    Transition((S.CLAIMED,), (S.AWAITING_CLAIM,), "RELEASE", (require_holder,)),
    Transition((S.CLAIMED,), (S.AWAITING_CLAIM,), "HANDOFF", (require_holder,)),
    Transition((S.CLAIMED,), (S.AWAITING_CLAIM,), "AUTO-RELEASE", (require_unanswered_challenge,)),
    Transition((S.CLAIMED, S.DONE, S.CANCELLED), (S.AWAITING_CLAIM,), "REPAIR"),
    Transition((S.BLOCKED,), (S.CLAIMED,), None, (require_confirmed, require_earlier_holder)),
    Transition(
        (S.BLOCKED,),
        (S.CLAIMED,),
        None,
        (require_block_over, require_confirmed, require_owner, require_open_gates),
    ),
)
REOPENING = ("RELEASE", "REPAIR", "AUTO-RELEASE", "HANDOFF")
"""Directives without which AWAITING_CLAIM on a ticket that exists is a collision."""


def why_not_move(board: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """Judge one move of one ticket by the table; None when it is allowed."""
    rows = [row for row in TRANSITIONS if ticket.state in row.from_states and post.state in row.to]
    # A row without a directive is a way whatever the body says.
    ways = [row for row in rows if row.by is None or find_directive(post, row.by)]
    if not ways:
        return _deny_without_row(ticket, post, rows)
    for row in ways:
        answers = [denial for need in row.needs if (denial := need(board, ticket, post))]
        if not answers:
            return None
    # Of several ways the last one answers: a claim of a BLOCKED ticket is told what that waits for, and not
    # that another seat held it before.
    return answers[0]


def _suggest_claim_or_show(ticket: Ticket, post: Post) -> str:
    """The claim where nothing but that is missing, else a look at the ticket."""
    free = ticket.state is S.AWAITING_CLAIM and not ticket.provisional and ticket.owner in ("open", post.seat)
    return f"`git ledger claim {ticket.id}`" if free else f"`git ledger show {ticket.id}`"


def _deny_without_row(ticket: Ticket, post: Post, rows: list[Transition]) -> Denial:
    # Somebody finishes what it never claimed, or lost to a challenge: it is told that, and not only that no
    # move leads there.
    if ticket.state is not S.CLAIMED and post.state is S.DONE:
        words = (
            f"{post.seat} does not hold {ticket.id}, which is {ticket.state}: only its holder may close it"
        )
        return Denial("not-the-holder", words, _suggest_claim_or_show(ticket, post))
    if ticket.state is post.state is S.AWAITING_CLAIM and not find_directive(post, "HANDOFF"):
        words = f"{ticket.id} is AWAITING_CLAIM already"
        return Denial("illegal-move", words, _suggest_claim_or_show(ticket, post))
    if rows:
        needed = list(dict.fromkeys(str(row.by) for row in rows))
        command = "reopen" if needed[0] == "REPAIR" else "release"
        return Denial(
            "illegal-move",
            f"{ticket.id}: {ticket.state} -> {post.state} needs a {' or '.join(needed)} line",
            f"`git ledger {command} {ticket.id} --why …` writes `{needed[0]}: why` into the body",
        )
    return Denial(
        "illegal-move",
        f"{ticket.id} is {ticket.state}; no move leads from there to {post.state}",
        f"`git ledger show {ticket.id}`",
    )
