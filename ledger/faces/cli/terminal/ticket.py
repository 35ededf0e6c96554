"""A ticket on a terminal: what it is and says, and its history; and what a claim or a write says of one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.core.board.records import MOST_OF_BODY, HistoryEntry, Holder, TicketSummary, body_of
from ledger.core.model import State
from ledger.core.moments import format_age, format_ago, tell_ages
from ledger.core.queue.briefing import Brief, format_brief, record_of_brief
from ledger.core.text import QUOTED, escape_line, quote_block, quote_line, quote_name
from ledger.faces.cli.terminal.cells import clip_cells, hang_text, wrap_cells, wrap_for
from ledger.faces.cli.terminal.queue import list_oddities
from ledger.faces.cli.terminal.style import PRIORITIES, STATES, Style, name_state, paint
from ledger.faces.context import Screen

if TYPE_CHECKING:
    from ledger.app.read.queue import TicketDetails
    from ledger.app.write.loop import WriteResult

_NAME = 10
"""Cells of the name of a fact."""
_AGE = 6
"""Cells of an age, such as `59 min`."""


def show_ticket(details: "TicketDetails", screen: Screen) -> Iterator[str]:
    """A ticket, then its history, oldest first, with the words of each post."""
    summary, body = details.summary, body_of(details.opening)
    ticket = summary.ticket
    yield from _show_heading(ticket.id, ticket.subject, screen)
    yield from _show_quoting(screen)
    facts = _list_facts(summary, screen)
    for name, (value, style) in facts.items():
        first, *more = wrap_cells(escape_line(value), screen.width - _NAME - 2)
        yield f"  {name:<{_NAME}}{paint(first, style, screen)}"
        yield from (f"{'':<{_NAME + 2}}{paint(line, style, screen)}" for line in more)
    # Never cut: it is there to be copied.
    yield paint(f"  {'path':<{_NAME}}{details.opening.path}", Style.DIM, screen)
    for oddity in list_oddities(summary, screen):
        words = wrap_cells(f"  {escape_line(oddity)}", screen.width, "    ")
        yield from (paint(line, Style.YELLOW, screen) for line in words)
    for criterion in details.criteria:
        text = f"  [{'x' if criterion.is_met else ' '}] {criterion.number}. {quote_line(criterion.text)}"
        style = Style.GREEN if criterion.is_met else Style.PLAIN
        yield from (paint(line, style, screen) for line in wrap_cells(text, screen.width, "      "))
    yield from quote_block(body, "  ", wrap_for(screen.width)) if body else ()
    yield ""
    who = max(len(quote_name(entry.post.seat)) for entry in details.history)
    for entry in details.history:
        yield from _show_entry(entry, min(who, 24), screen)
        if entry.post.id != details.opening.id:  # whose words stand above
            yield from _quote_words(entry, screen)


def _show_heading(item: str, subject: str, screen: Screen) -> Iterator[str]:
    lines = hang_text(f"{item}  ", quote_line(subject), screen.width)
    yield from (paint(line, Style.BOLD, screen) for line in lines)


def _show_quoting(screen: Screen) -> Iterator[str]:
    yield from (paint(line, Style.DIM, screen) for line in wrap_cells(f"  {QUOTED}", screen.width, "  "))


def _list_facts(summary: TicketSummary, screen: Screen) -> dict[str, tuple[str, Style]]:
    """What a person wants to know of a ticket, and how it looks; what is as usual is left out."""
    ticket, (state, colour) = summary.ticket, name_state(summary)
    priority, urgency = PRIORITIES[ticket.priority]
    opened = f"{format_ago(ticket.opened_at, screen.now)} by {quote_name(ticket.opened_by)}"
    plain = {
        **_list_holder_facts(summary, screen),
        "lane": quote_name(summary.lane),
        "owner": "" if ticket.owner == "open" else quote_name(ticket.owner),
        "labels": " ".join(ticket.labels),
        "due": ticket.due or "",
        "opened": opened,
        "parent": ticket.parent or "",
        "related": ", ".join(ticket.related),
        "absorbed": f"by {ticket.absorbed_by}" if ticket.absorbed_by else "",
    }
    facts = {
        "state": (f"{state}, {format_age(screen.now - ticket.since)}", colour),
        "priority": (priority, urgency),
    }
    facts |= {name: (value, Style.PLAIN) for name, value in plain.items()}
    return {name: fact for name, fact in facts.items() if fact[0]}


def _list_holder_facts(summary: TicketSummary, screen: Screen) -> dict[str, str]:
    holder = summary.holder
    if holder is None:
        return {}
    words = describe_holding(holder, screen)
    if summary.challenge is None and holder.silent_from is not None:
        may = format_ago(holder.silent_from, screen.now) if holder.silent_from > screen.now else "now"
        words += f"; if silent, may be asked {may}"
    places = {"branch": holder.branch, "worktree": holder.worktree}
    return {"holder": words} | {name: quote_name(place) for name, place in places.items() if place}


def describe_holding(holder: Holder, screen: Screen) -> str:
    """Who holds a ticket, and for how long."""
    since = f" since {format_ago(holder.since, screen.now)}" if holder.since else ""
    return f"{quote_name(holder.seat)}{since}"


def _show_entry(entry: HistoryEntry, who: int, screen: Screen) -> Iterator[str]:
    age = paint(f"{format_age(screen.now - entry.post.at):>{_AGE}}", Style.DIM, screen)
    seat = f"{quote_name(entry.post.seat):<{who}}"
    room = screen.width - _AGE - len(seat) - 6
    first, *more = wrap_cells(escape_line(name_states(entry.event.effect)), max(20, room))
    yield f"  {age}  {seat}  {first}"
    yield from (f"{'':<{_AGE + len(seat) + 6}}{line}" for line in more)


def name_states(effect: str) -> str:
    """What a post did, with the words that a person reads for states; what is quoted stays as it is."""
    ours, quote, rest = effect.partition('"')
    for state in State:
        ours = ours.replace(state, STATES[state][0])
    return ours.replace("opened free", "opened") + quote + rest


def _quote_words(entry: HistoryEntry, screen: Screen) -> Iterator[str]:
    body, indent = body_of(entry.post), " " * (_AGE + 4)
    yield from quote_block(body[:MOST_OF_BODY], indent, wrap_for(screen.width)) if body else ()
    if len(body) > MOST_OF_BODY:
        yield f"{indent}it goes on; `git ledger log --json` has all of it"


def show_brief(brief: Brief, screen: Screen) -> Iterator[str]:
    """What a ticket that was claimed says, and what was said about it since."""
    record = record_of_brief(brief)
    yield from _show_quoting(screen)
    opened = f"  opened by {quote_name(record['opened_by'])}: {quote_line(record['subject'])}"
    yield from wrap_cells(opened, screen.width, "    ")
    # Lines of seats begin with `|`: only ours have their times told as ages.
    for line in format_brief(brief.item, record, "  ", wrap_for(screen.width)):
        own = not line.lstrip().startswith("|")
        yield from (
            wrap_cells(name_states(tell_ages(line, screen.now)), screen.width, "    ") if own else [line]
        )


def show_posts(landed: "WriteResult", screen: Screen) -> Iterator[str]:
    """What was written: of each post its ticket, the state and the subject, and below it where it stands."""
    for post in landed.answer.posts:
        ticket = landed.after.board.tickets.get(post.item or "")
        if ticket is not None:
            state, style = STATES[ticket.state]
            room = screen.width - len(ticket.id) - len(state) - 4
            words = clip_cells(quote_line(ticket.subject), room)
            yield f"{ticket.id}  {paint(state, style, screen)}  {words}"
        yield paint(f"  {post.path}", Style.DIM, screen)  # never cut: it is there to be copied
