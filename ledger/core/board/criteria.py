"""The criteria of a ticket: listed by its opening or an amendment, and ticked by its holder (`met`)."""

from typing import TYPE_CHECKING, NamedTuple

from ledger.core.dataclass import replace
from ledger.core.model import Checklist, Denial, Post, State, Ticket

if TYPE_CHECKING:
    from ledger.core.board.board import Board


class Criterion(NamedTuple):
    """One line of a checklist: its number, from 1, what it says, and whether it is met."""

    number: int
    text: str
    is_met: bool


def begin_checklist(opening: Post) -> Checklist | None:
    """The checklist of an opening, with nothing met; None where it lists nothing."""
    return Checklist(opening.id, len(opening.criteria)) if opening.criteria else None


def amend_checklist(board: "Board", ticket: Ticket, post: Post) -> Checklist | None:
    """The checklist of a ticket once an amendment lists its criteria anew: what was met stays so, by its
    words."""
    met = {criterion.text for criterion in list_criteria(board, ticket) if criterion.is_met}
    fresh = begin_checklist(post)
    if fresh is None:
        return None
    numbers = tuple(number for number, text in enumerate(post.criteria, 1) if text in met)
    same = ticket.checklist is not None and post.criteria == board.posts[ticket.checklist.post].criteria
    return ticket.checklist if same else replace(fresh, met=numbers)


def list_criteria(board: "Board", ticket: Ticket) -> list[Criterion]:
    """The criteria of a ticket."""
    checklist = ticket.checklist
    if checklist is None:
        return []
    texts = board.posts[checklist.post].criteria
    return [Criterion(number, text, number in checklist.met) for number, text in enumerate(texts, 1)]


def describe_checklist(checklist: Checklist | None) -> str:
    """How much of a checklist is met: `2 of 3 met`."""
    return f"{len(checklist.met)} of {checklist.count} met" if checklist is not None else "none"


def deny_ticks(ticket: Ticket, post: Post) -> Denial | None:
    """A denial when a post ticks criteria that it may not, or that there are not."""
    if not post.met:
        return None
    line, show = post.lines.get("met"), f"`git ledger show {ticket.id}`"
    if ticket.holder != post.seat:
        words = f"{post.seat} does not hold {ticket.id}: only its holder says which criteria are met"
        return Denial("not-the-holder", words, show, line)
    count = ticket.checklist.count if ticket.checklist else 0
    odd = [number for number in post.met if number.isdecimal() and int(number) > count]
    if not odd:
        return None
    words = f"{ticket.id} has {count} criteria, and no number {odd[0]}"
    return Denial("illegal-move", words, show, line)


def tick_criteria(ticket: Ticket, post: Post) -> Ticket:
    """The ticket with what a post says is met; what was met before stays so."""
    checklist = ticket.checklist
    if checklist is None or not post.met:
        return ticket
    return replace(ticket, checklist=replace(checklist, met=_numbers_met(checklist, post)))


def _numbers_met(checklist: Checklist, post: Post) -> tuple[int, ...]:
    named = {int(number) for number in post.met if number.isdecimal()}
    everything = len(named) < len(post.met)  # what is no number is `all`
    numbers = range(1, checklist.count + 1)
    return tuple(number for number in numbers if everything or number in named or number in checklist.met)


def require_criteria(_: "Board", ticket: Ticket, post: Post) -> Denial | None:
    """Who closes a ticket says of each criterion that it is met, or why not."""
    if post.state is not State.DONE or ticket.checklist is None or post.body.strip():
        return None
    left = tick_criteria(ticket, post).checklist
    shut = left.open_numbers if left is not None else []
    if not shut:
        return None
    noun, verb = ("criterion", "is") if len(shut) == 1 else ("criteria", "are")
    words = f"{noun} {', '.join(map(str, shut))} of {ticket.id} {verb} not met, and nothing says why"
    fix = "`--met N` names each that is met, `--why` says what others lack"
    return Denial("open-criteria", words, f"{fix}; `git ledger show {ticket.id}` lists them")
