"""`amendment`: renumbers one losing or provisional opening, or changes what an opening said."""

from typing import TYPE_CHECKING, Any

from ledger.core.board.criteria import amend_checklist, describe_checklist
from ledger.core.board.folding import deny_ambiguous, deny_missing_ticket, find_directive
from ledger.core.board.kind import Kind
from ledger.core.board.kinds.actionable import opened_ticket
from ledger.core.board.tables import join_key
from ledger.core.dataclass import replace
from ledger.core.model import NEVER_DUE, Denial, Directive, Post, Ticket
from ledger.core.text import quote_name

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Renumber where an AMENDMENT line stands, then change the fields that are given."""
    line = find_directive(post, "AMENDMENT")
    if line is not None:
        _renumber_opening(board, post, line)
        return
    ticket = board.tickets.get(post.item or "")
    if ticket is None:
        board.refuse_post(post, deny_missing_ticket(board, post.item))
    elif denial := deny_ambiguous(ticket, post) or _why_not_amend(board, ticket, post):
        board.refuse_post(post, denial)
    else:
        after, words = _changed_ticket(board, ticket, post)
        board.put_moved(after, post, "amended: " + ", ".join(words))


def _why_not_amend(board: "BoardOverlay", ticket: Ticket, post: Post) -> Denial | None:
    if not _changed_ticket(board, ticket, post)[1]:
        return Denial("illegal-move", f"this amendment changes nothing of {ticket.id}", "say what changes")
    if not post.body.strip():
        return Denial(
            "illegal-move", f"amending {ticket.id} needs a reason in the body", "say why with `--why`"
        )
    return None


def _changed_ticket(board: "BoardOverlay", ticket: Ticket, post: Post) -> tuple[Ticket, list[str]]:
    changes: dict[str, Any] = {
        name: getattr(post, name)
        for name in ("priority", "lane", "owner", "after", "subject", "labels", "due")
        # By `lines`: `after: []` is an empty list that was given, and takes all gates away.
        if name in post.lines and getattr(post, name) is not None
    }
    if changes.get("due") == NEVER_DUE:
        changes["due"] = None
    words = [
        f"{field} {_format_value(value)}"
        for field, value in changes.items()
        if value != getattr(ticket, field)
    ]
    if "criteria" in post.lines and (checklist := amend_checklist(board, ticket, post)) != ticket.checklist:
        changes["checklist"] = checklist
        words.append(f"criteria {describe_checklist(checklist)}")
    return replace(ticket, **changes), words


def _format_value(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(value) or "none"
    return "none" if value is None else quote_name(str(value))


def _renumber_opening(board: "BoardOverlay", post: Post, line: Directive) -> None:
    """Give a losing or provisional opening its new number; `line` names both and the opening."""
    ticket = board.tickets.get(line.item or "")
    if denial := _why_not_renumber(board, post, ticket, line):
        board.refuse_post(post, replace(denial, line=line.line), line.item)
        return
    assert ticket is not None and line.to is not None and line.post is not None
    if line.post == ticket.opening:
        # The number goes to the next opening in line, so the ticket leaves before that one is put there.
        board.tickets.remove(ticket.id)
        fresh = replace(ticket, id=line.to, collisions=())
        _promote_next_opening(board, ticket)
    else:
        left = tuple(collision for collision in ticket.collisions if collision.post != line.post)
        board.tickets.put(ticket.id, replace(ticket, collisions=left))
        board.add_event(ticket, post, f"its collision {line.post} was moved to {line.to}")
        fresh = opened_ticket(board.posts[line.post], line.to)
    pending = find_directive(post, "CONFIRM-PENDING") is not None
    fresh = replace(_changed_ticket(board, fresh, post)[0], provisional=pending)
    board.moved.put(ticket.id, line.to)
    board.renumbered.put(join_key(ticket.id, line.post), line.to)
    board.put_moved(fresh, post, f"moved here from {ticket.id}")


def _why_not_renumber(
    board: "BoardOverlay", post: Post, ticket: Ticket | None, line: Directive
) -> Denial | None:
    if ticket is None:
        return deny_missing_ticket(board, line.item)
    if line.to in board.tickets:
        words = f"{line.to} is another ticket already"
        return Denial("double-opening", words, "`git ledger confirm` takes a fresh number")
    if gone := board.renumbered.get(join_key(ticket.id, line.post or "")):
        words = f"{line.post} was moved from {ticket.id} to {gone} already; openings are moved once"
        return Denial("illegal-move", words, f"`git ledger show {gone}`")
    losing = {collision.post for collision in ticket.collisions}
    if ticket.provisional:
        losing.add(ticket.opening)
    if line.post not in losing:
        return Denial(
            "illegal-move",
            f"{line.post} is no losing or provisional opening of {line.item}; only those are moved, once",
            f"`git ledger show {line.item}`",
        )
    return None


def _promote_next_opening(board: "BoardOverlay", gone: Ticket) -> None:
    """When the first opening left, the next one in order is the ticket of that number."""
    if not gone.collisions:
        return
    first, *rest = gone.collisions
    opening = board.posts[first.post]
    heir = replace(opened_ticket(opening, gone.id), collisions=tuple(rest))
    board.put_moved(heir, opening, "first now that the other moved")


KIND = Kind(
    name="amendment",
    apply=apply,
    required=("item",),
    fields=frozenset(("item", "priority", "lane", "subject", "owner", "after", "labels", "criteria", "due")),
    directives=frozenset(("AMENDMENT", "CONFIRM-PENDING")),
    moves_item=True,
    amends=True,
    number_hint="`git ledger confirm` moves the ticket to a number that it reserves",
    template="Say why.",
)
