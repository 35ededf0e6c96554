"""What a seat reads before it works on a ticket: what it asks for, and what was said about it since."""

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.core.board.board import Board
from ledger.core.board.criteria import Criterion, list_criteria
from ledger.core.board.records import body_of
from ledger.core.dataclass import dataclass
from ledger.core.ids import format_timestamp
from ledger.core.model import Event, Post, Ticket
from ledger.core.text import Wrap, clip_line, clip_text, escape_line, measure_weight, quote_block, quote_line

WHOLE = 4000
"""Characters of a ticket's text that a claim shows."""
EACH = 1000
"""Characters of one post that was made since the opening."""
SUBJECT, _EFFECT = 200, 100
"""Characters of a ticket's subject, and of what a post did."""
_LINE = 40
"""Characters that a criterion takes besides its text."""
_HEADING = 300
"""Characters that post id, time, seat and effect of one post take, with their keys."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A ticket's text: its opening, its criteria, and the later posts on it that say something, oldest
    first."""

    ticket: Ticket
    opening: Post
    since: tuple[tuple[Event, Post], ...]
    criteria: tuple[Criterion, ...] = ()

    @property
    def item(self) -> str:
        """The ticket's id."""
        return self.ticket.id


def collect_brief(board: Board, ticket: Ticket) -> Brief:
    """The text of a ticket, uncut."""
    events = (event for event in board.history_of(ticket) if event.post != ticket.opening)
    posts = ((event, board.posts[event.post]) for event in events)
    since = tuple((event, post) for event, post in posts if body_of(post))
    return Brief(ticket, board.posts[ticket.opening], since, tuple(list_criteria(board, ticket)))


def record_of_brief(brief: Brief, room: int = WHOLE) -> dict[str, Any]:
    """A ticket's text as JSON has it, in so many characters; `more` is true where words were left out.

    Of the later posts the newest are told, oldest first; the opening has at least half of the room.
    """
    opening = body_of(brief.opening)
    criteria = _fitting_criteria(brief, room // 4)
    room -= sum(_LINE + measure_weight(line["text"]) for line in criteria)
    # A short opening leaves its room to the later posts.
    history = _newest_entries(brief, max(room // 2, room - measure_weight(clip_text(opening, room))))
    spent = sum(_HEADING + measure_weight(entry["body"]) for entry in history)
    body = clip_text(opening, room - spent)
    record: dict[str, Any] = {
        "subject": clip_text(brief.ticket.subject, SUBJECT),
        "opened_by": brief.ticket.opened_by,
    }
    record |= {"body": body} if body else {}
    record |= {"criteria": criteria} if criteria else {}
    record |= {"history": history} if history else {}
    words = [opening, *(body_of(post) for _, post in brief.since)]
    whole = [body, *(entry["body"] for entry in history)] == words and len(criteria) == len(brief.criteria)
    return record | ({} if whole else {"more": True})


def _fitting_criteria(brief: Brief, room: int) -> list[dict[str, Any]]:
    """The criteria that fit, those that are open before the others."""
    taken: list[Criterion] = []
    for line in sorted(brief.criteria, key=lambda line: line.is_met):
        room -= _LINE + measure_weight(line.text)
        if room < 0:
            break
        taken.append(line)
    return [{"n": line.number, "text": line.text, "met": line.is_met} for line in sorted(taken)]


def _newest_entries(brief: Brief, room: int) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    # From the newest back, until the room is spent; `insert` keeps them oldest first.
    for event, post in reversed(brief.since):
        body = clip_text(body_of(post), min(EACH, room - _HEADING))
        if not body:
            break
        room -= _HEADING + measure_weight(body)
        entry = {"post": post.id, "at": format_timestamp(post.at), "seat": post.seat}
        entries.insert(0, entry | {"effect": clip_line(event.effect, _EFFECT), "body": body})
    return entries


def format_brief(
    item: str, record: Mapping[str, Any], indent: str, wrap: Wrap | None = None
) -> Iterator[str]:
    """A ticket's text as lines, of its record; quoted lines are cut by `wrap`."""
    yield from quote_block(record["body"], indent, wrap) if "body" in record else ()
    for line in record.get("criteria", ()):
        yield f"{indent}[{'x' if line['met'] else ' '}] {line['n']}. {quote_line(line['text'])}"
    for entry in record.get("history", ()):
        yield f"{indent}{quote_line(entry['seat'])} at {entry['at']}: {escape_line(entry['effect'])}"
        yield from quote_block(entry["body"], f"{indent}  ", wrap)
    if "more" in record:
        yield f"{indent}`git ledger show {item}` has all of it"
