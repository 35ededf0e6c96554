"""`amendment`: renumbers one losing or provisional opening, or changes what an opening said."""

from ledger.core.board.board import BoardOverlay, pair
from ledger.core.board.folding import ambiguous, directive, no_ticket
from ledger.core.board.kinds.actionable import opened
from ledger.core.dataclass import replace
from ledger.core.model import Denial, Directive, Post, Ticket
from ledger.core.text import quote_name


def apply(board: BoardOverlay, post: Post) -> None:
    """Renumber where an AMENDMENT line stands, then change the fields that are given."""
    line = directive(post, "AMENDMENT")
    if line is not None:
        _renumber(board, post, line)
        return
    ticket = board.tickets.get(post.item or "")
    if ticket is None:
        board.refuse(post, no_ticket(board, post.item))
    elif no := ambiguous(ticket, post) or _why_not(board, ticket, post):
        board.refuse(post, no)
    else:
        after, words = _changed(ticket, post)
        board.put(after, post, "amended: " + ", ".join(words))


def _why_not(board: BoardOverlay, ticket: Ticket, post: Post) -> Denial | None:
    if not _changed(ticket, post)[1]:
        return Denial("illegal-move", f"this amendment changes nothing of {ticket.id}", "say what changes")
    if not post.body.strip():
        return Denial(
            "illegal-move", f"amending {ticket.id} needs a reason in the body", "say why with `--why`"
        )
    return None


def _changed(ticket: Ticket, post: Post) -> tuple[Ticket, list[str]]:
    given = {
        name: getattr(post, name)
        for name in ("priority", "lane", "owner", "after", "subject")
        if name in post.lines and getattr(post, name) is not None
    }
    words = [f"{field} {_plain(value)}" for field, value in given.items() if value != getattr(ticket, field)]
    return replace(ticket, **given), words


def _plain(value: object) -> str:
    return " ".join(value) or "none" if isinstance(value, tuple) else quote_name(str(value))


def _renumber(board: BoardOverlay, post: Post, line: Directive) -> None:
    """Give a losing or provisional opening its new number; `line` names both and the opening."""
    ticket = board.tickets.get(line.item or "")
    if no := _may_renumber(board, post, ticket, line):
        board.refuse(post, replace(no, line=line.line), line.item)
        return
    assert ticket is not None and line.to is not None and line.post is not None
    if line.post == ticket.opening:
        board.tickets.remove(ticket.id)
        fresh = replace(ticket, id=line.to, collisions=())
        _promote(board, ticket)
    else:
        left = tuple(one for one in ticket.collisions if one.post != line.post)
        board.tickets.put(ticket.id, replace(ticket, collisions=left))
        board.say(ticket, post, f"its collision {line.post} was moved to {line.to}")
        fresh = opened(board.posts[line.post], line.to)
    pending = directive(post, "CONFIRM-PENDING") is not None
    fresh = replace(_changed(fresh, post)[0], provisional=pending)
    board.moved.put(ticket.id, line.to)
    board.renumbered.put(pair(ticket.id, line.post), line.to)
    board.put(fresh, post, f"moved here from {ticket.id}")


def _may_renumber(board: BoardOverlay, post: Post, ticket: Ticket | None, line: Directive) -> Denial | None:
    if ticket is None:
        return no_ticket(board, line.item)
    if line.to in board.tickets:
        words = f"{line.to} is another ticket already"
        return Denial("double-opening", words, "`git ledger confirm` takes a fresh number")
    if gone := board.renumbered.get(pair(ticket.id, line.post or "")):
        words = f"{line.post} was moved from {ticket.id} to {gone} already; openings are moved once"
        return Denial("illegal-move", words, f"`git ledger show {gone}`")
    losing = {one.post for one in ticket.collisions}
    if ticket.provisional:
        losing.add(ticket.opening)
    if line.post not in losing:
        return Denial(
            "illegal-move",
            f"{line.post} is no losing or provisional opening of {line.item}; only those are moved, once",
            f"`git ledger show {line.item}`",
        )
    return None


def _promote(board: BoardOverlay, gone: Ticket) -> None:
    """When the first opening left, the next one in order is the ticket of that number."""
    if not gone.collisions:
        return
    first, *rest = gone.collisions
    opening = board.posts[first.post]
    heir = replace(opened(opening, gone.id), collisions=tuple(rest))
    board.put(heir, opening, "first now that the other moved")
