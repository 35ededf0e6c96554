"""`ruling`: moves every ticket that its ABSORB lines name, all at once (domain: rulings absorb)."""

from typing import TYPE_CHECKING

from ledger.core.board.kind import Kind
from ledger.core.board.kinds.actionable import moved_ticket, opened_ticket
from ledger.core.board.tables import NEWEST
from ledger.core.dataclass import replace
from ledger.core.model import Denial, Directive, Post, State, Ticket
from ledger.core.text import quote_line

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay


def apply(board: "BoardOverlay", post: Post) -> None:
    """Open the ruling's own ticket DONE, then apply its lines; a bad line fails alone."""
    if post.item is not None:
        _open_own_ticket(board, post, post.item)
    named: set[str | None] = set()
    for line in post.directives:
        if line.name == "ABSORB" and line.item in named:
            board.refuse_post(post, _deny_second_line(line), line.item)
        elif line.name == "ABSORB":
            # A bad line fails alone: posts are never edited, and the others were meant.
            named.add(line.item)
            _absorb_ticket(board, post, line)
    # Behind the lines: the history of a ticket that one of them moved speaks of this ruling already.
    for on in dict.fromkeys(post.rules_on):
        board.ruled.put(on, post.id)
        board.ruled.put(NEWEST, post.id)
        _note_in_history(board, post, on)


def _note_in_history(board: "BoardOverlay", post: Post, on: str) -> None:
    """Let the history of a ticket ruled on say so, unless a line of the ruling acted on it already."""
    ticket = board.tickets.get(on)
    last = board.events.last(ticket.opening) if ticket is not None else None
    if ticket is not None and (last is None or last.post != post.id):
        by = f" by {post.item}" if post.item else ""
        board.add_event(
            ticket, post, f"ruled on{by}: {quote_line(post.subject)}" if post.subject else f"ruled on{by}"
        )


def _open_own_ticket(board: "BoardOverlay", post: Post, item: str) -> None:
    if item in board.tickets:
        denial = Denial(
            "double-opening",
            f"{item} is there already; a ruling's own ticket is opened by it",
            f"leave `item` out and close it with `ABSORB: {item} -> DONE (why)`",
            post.lines.get("item"),
        )
        board.refuse_post(post, denial)
        return
    ticket = replace(opened_ticket(post, item), state=State.DONE, ruled_by=post.id)
    board.put_moved(ticket, post, "opened and DONE by its ruling")


def _deny_second_line(line: Directive) -> Denial:
    words = f"{line.item} has an ABSORB line in this ruling already; the first counts"
    return Denial("illegal-move", words, "leave one of them out", line.line)


def _absorb_ticket(board: "BoardOverlay", post: Post, line: Directive) -> None:
    ticket = board.tickets.get(line.item or "")
    if denial := _why_not_absorb(board, post, ticket, line):
        board.refuse_post(post, denial, line.item)
        return
    assert ticket is not None
    state = State(line.to or "")
    awaited = ticket.owner.startswith("awaiting-")
    if state is ticket.state and not awaited and not _corrects_closing_ruling(post, ticket):
        board.add_event(ticket, post, f"ruled {state}{_describe_reason(line)}: it is that already")
        return
    after = moved_ticket(ticket, replace(post, state=state))
    after = replace(
        after,
        owner="open" if after.owner.startswith("awaiting-") else after.owner,
        ruled_by=post.id if state is State.DONE else None,
        absorbed_by=line.absorbed_by,
    )
    board.put_moved(after, post, f"{ticket.state} -> {state} by ruling" + _describe_reason(line))


def _corrects_closing_ruling(post: Post, ticket: Ticket) -> bool:
    """True when the ruling corrects the one that closed the ticket: what it says takes that one's place."""
    return ticket.ruled_by is not None and post.corrects == ticket.ruled_by


def _describe_reason(line: Directive) -> str:
    if line.absorbed_by:
        return f", absorbed by {line.absorbed_by}"
    return f" ({quote_line(line.text)})" if line.text else ""


def _why_not_absorb(
    board: "BoardOverlay", post: Post, ticket: Ticket | None, line: Directive
) -> Denial | None:
    hint = "name a ticket that exists: `git ledger queue --all`"
    if ticket is None:
        return Denial("unknown-absorb", f"there is no ticket {line.item} to absorb", hint, line.line)
    if line.absorbed_by and line.absorbed_by not in board.tickets:
        words = f"{line.item} cannot be absorbed by {line.absorbed_by}: there is no such ticket"
        return Denial("unknown-absorb", words, hint, line.line)
    same = ticket.ruled_by is None or line.absorbed_by in (None, ticket.absorbed_by)
    if not ticket.closed or (line.to == ticket.state and same) or _corrects_closing_ruling(post, ticket):
        return None
    how = f"by the ruling {ticket.ruled_by}" if ticket.ruled_by else "and no ruling put it there"
    fix = f"`git ledger reopen {ticket.id} --why …`"
    if ticket.ruled_by:
        fix = f"add `corrects: {ticket.ruled_by}`"
    return Denial("illegal-move", f"{ticket.id} is {ticket.state}, {how}", fix, line.line)


def _opens(subject: object) -> bool:
    return True  # the ticket in its `item` is its own


KIND = Kind(
    name="ruling",
    apply=apply,
    required=("rules_on", "subject"),
    fields=frozenset(("item", "subject", "rules_on", "corrects", "cites")),
    directives=frozenset(("ABSORB",)),
    opens=_opens,
    rules=True,
    number_hint="`git ledger rule --reserve {namespace} …` reserves a number for the ruling's own ticket",
)
