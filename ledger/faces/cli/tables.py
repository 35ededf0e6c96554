"""The queue, a ticket and the log as lines that a program or an agent reads; what others wrote is escaped.

With a `Screen` they are made for a person instead, by `terminal`, which is imported only then.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.core.board.records import MOST_OF_BODY, HistoryEntry, Holder, TicketSummary, body_of
from ledger.core.board.waits import name_dependency
from ledger.core.ids import format_timestamp
from ledger.core.model import Ticket
from ledger.core.queue.briefing import Brief, format_brief, record_of_brief
from ledger.core.text import QUOTED, escape_line, quote_block, quote_line
from ledger.faces.context import Screen

if TYPE_CHECKING:
    from ledger.app.read.load import AsOf
    from ledger.app.read.prefixes import PrefixSummary
    from ledger.app.read.queue import LogEntry, QueueRow, TicketDetails
    from ledger.app.read.seats import SeatSummary
    from ledger.app.write.loop import WriteResult


def describe_as_of(as_of: "AsOf") -> str:
    """Which commit an answer is about, and how old it is."""
    commit = f"as of {as_of.commit[:12]}" if as_of.commit else "the feed is empty"
    return f"{commit}, read {as_of.age:.0f} s ago"


def write_queue(rows: Sequence["QueueRow"], screen: Screen | None = None, more: int = 0) -> Iterator[str]:
    """One row a ticket, and below it what is odd about it; `more` are not shown."""
    if screen is not None:
        from ledger.faces.cli.terminal.queue import show_queue

        yield from show_queue(rows, screen, more)
        return
    if not rows:
        return
    width = max(len(row.summary.ticket.id) for row in rows)
    who_width = min(28, max(len(name_holder(row.summary)) for row in rows))
    for row in rows:
        ticket = row.summary.ticket
        who = f"{escape_line(name_holder(row.summary)):<{who_width}}"
        facts = f"{ticket.id:<{width}}  {ticket.state:<14}  {ticket.priority:<8}"
        yield f"{facts}  {who}  {_describe_work(ticket)}"
        for oddity in (*_list_oddities(row.summary), *_describe_fit(row)):
            yield f"{'':<{width}}  {escape_line(oddity)}"


def describe_row(summary: TicketSummary) -> str:
    """A ticket in a line of its own: what it is, how it stands, who has it, and what it is about."""
    ticket = summary.ticket
    who = escape_line(name_holder(summary))
    facts = (ticket.id, str(ticket.state), str(ticket.priority), who, _describe_work(ticket))
    return "  ".join(filter(None, facts))


def _describe_work(ticket: Ticket) -> str:
    """What a ticket is about: its subject, and its labels in brackets."""
    labels = f"  [{' '.join(map(escape_line, ticket.labels))}]" if ticket.labels else ""
    return f"{quote_line(ticket.subject)}{labels}"


def name_holder(summary: TicketSummary) -> str:
    """Who holds a ticket, or whom it is meant for: `otto`, `-> alexa`; empty where it is anybody's."""
    if summary.holder is not None:
        return summary.holder.seat
    return "" if summary.ticket.owner == "open" else f"-> {summary.ticket.owner}"


def _list_oddities(summary: TicketSummary) -> Iterator[str]:
    ticket, challenge = summary.ticket, summary.challenge
    if summary.overdue:
        yield f"OVERDUE since {ticket.due}"
    if ticket.provisional:
        yield "provisional: its number is not confirmed"
    for lost in ticket.collisions:
        who, what = quote_line(lost.seat), quote_line(lost.subject)
        yield f"collision: {who} filed the same number: {what} ({lost.post})"
    if challenge is not None:
        holder = quote_line(summary.holder.seat if summary.holder else "")
        who, until = quote_line(challenge.seat), format_timestamp(challenge.until)
        yield f"CHALLENGED by {who}: the claim ends after {until} unless {holder} answers"
        yield f"`git ledger alive {ticket.id}` by {holder} does"
    if ticket.blocked_on:
        yield f"waits for {_describe_waits(summary, ticket.blocked_on)}"
    if ticket.after:
        yield f"after {_describe_waits(summary, ticket.after)}"


def _describe_fit(row: "QueueRow") -> Iterator[str]:
    fit = row.fit
    if fit is not None and not fit.why_not:
        yield f"claimable, warmth {fit.warmth}"
    for why in fit.why_not if fit is not None else ():
        yield f"not claimable: {why.detail}"


def _describe_waits(summary: TicketSummary, names: Sequence[str]) -> str:
    """What a ticket waits for, the tickets among it with their states."""
    states = summary.waits
    return ", ".join(
        f"{name} ({states[name]})" if name in states else name_dependency(name) for name in names
    )


def write_ticket(details: "TicketDetails", screen: Screen | None = None) -> Iterator[str]:
    """A ticket: what it is and says, then its history, oldest first, with the words of each post.

    What seats wrote stands in quotes, and in lines that begin with `|`.
    """
    if screen is not None:
        from ledger.faces.cli.terminal.ticket import show_ticket

        yield from show_ticket(details, screen)
        return
    summary, opening, body = details.summary, details.opening, body_of(details.opening)
    yield f"{summary.ticket.id}  {quote_line(summary.ticket.subject)}"
    yield f"  {QUOTED}"
    facts = _list_facts(summary.ticket, summary.lane, opening.path) | _list_holder_facts(summary)
    yield from (f"  {name:<12}{escape_line(value)}" for name, value in facts.items() if value)
    yield from (f"  {escape_line(oddity)}" for oddity in _list_oddities(summary))
    for line in details.criteria:
        yield f"  [{'x' if line.is_met else ' '}] {line.number}. {quote_line(line.text)}"
    yield from quote_block(body, "  ") if body else ()
    yield ""
    for entry in details.history:
        at, who = format_timestamp(entry.post.at), quote_line(entry.post.seat)
        effect, commit = escape_line(entry.event.effect), (entry.commit or "")[:10]
        yield f"  {at}  {who:<20}  {effect}  {commit}".rstrip()
        if entry.post.id != opening.id:  # whose words stand above
            yield from _quote_words(entry)


def _list_facts(ticket: Ticket, lane: str, path: str) -> dict[str, str]:
    """What stands in a ticket, by the names that people read; empty for what it does not say."""
    opened = f"{format_timestamp(ticket.opened_at)} by {quote_line(ticket.opened_by)}"
    return {
        "state": f"{ticket.state} since {format_timestamp(ticket.since)}",
        "priority": str(ticket.priority),
        "lane": quote_line(lane),
        "owner": ticket.owner if ticket.owner == "open" else quote_line(ticket.owner),
        "opened": opened,
        "path": path,
        "labels": " ".join(ticket.labels),
        "due": ticket.due or "",
        "parent": ticket.parent or "",
        "related": ", ".join(ticket.related),
        "absorbed by": ticket.absorbed_by or "",
    }


def _list_holder_facts(summary: TicketSummary) -> dict[str, str]:
    holder = summary.holder
    if holder is None:
        return {}
    words = f"{quote_line(holder.seat)} since {_write_time(holder)}"
    if summary.challenge is None and holder.silent_from is not None:
        words += f"; if silent, may be asked from {format_timestamp(holder.silent_from)} on"
    places = {"branch": holder.branch, "worktree": holder.worktree}
    return {"holder": words} | {name: quote_line(place) for name, place in places.items() if place}


def _write_time(holder: Holder) -> str:
    return format_timestamp(holder.since) if holder.since is not None else ""


def _quote_words(entry: HistoryEntry) -> Iterator[str]:
    body = body_of(entry.post)
    yield from quote_block(body[:MOST_OF_BODY], "    ") if body else ()
    if len(body) > MOST_OF_BODY:
        yield f"    it goes on; `git ledger log --json` has all of {entry.post.id}"


def write_brief(brief: Brief, screen: Screen | None = None) -> Iterator[str]:
    """What a ticket that was claimed says, and what was said about it since."""
    if screen is not None:
        from ledger.faces.cli.terminal.ticket import show_brief

        yield from show_brief(brief, screen)
        return
    record = record_of_brief(brief)
    yield f"  {QUOTED}"
    yield f"  opened by {quote_line(record['opened_by'])}: {quote_line(record['subject'])}"
    yield from format_brief(brief.item, record, "  ")


def write_log(entries: Sequence["LogEntry"], screen: Screen | None = None) -> Iterator[str]:
    """One line a post: its subject, else the first line of what it says."""
    if screen is not None:
        from ledger.faces.cli.terminal.log import show_log

        yield from show_log(entries, screen)
        return
    for entry in entries:
        post, body = entry.post, entry.post.body.strip()
        subject = quote_line(post.subject) if post.subject else ""
        words = " ".join(filter(None, (post.item, post.state, subject)))
        if not subject and body:
            line = quote_line(_clip_first_line(body))
            words = f"{words}: {line}" if words else line
        refused = f"  (refused: {entry.refused})" if entry.refused else ""
        at, seat = format_timestamp(post.at), escape_line(post.seat)
        yield f"{at}  {seat:<20}  {post.kind:<10}  {escape_line(words + refused)}"


def _clip_first_line(body: str) -> str:
    line, _, more = body.partition("\n")
    return f"{line[:79]}…" if more or len(line) > 80 else line


def write_seats(seats: Sequence["SeatSummary"]) -> Iterator[str]:
    """One row a seat: its state, when it posted last, and what it holds since when."""
    width = max((len(seat.life.seat) for seat in seats), default=0)
    for seat in seats:
        head = f"{seat.life.seat:<{width}}  {seat.state:<7}  {format_timestamp(seat.life.last_at)}"
        held = [_describe_held(summary) for summary in seat.held] or [""]
        yield f"{head}  {held[0]}".rstrip()
        yield from (f"{'':<{len(head)}}  {more}" for more in held[1:])


def _describe_held(summary: TicketSummary) -> str:
    ticket, challenge = summary.ticket, summary.challenge
    words = f"{ticket.id} since {format_timestamp(ticket.held_since or ticket.since)}"
    if challenge is not None:
        words += f", CHALLENGED by {challenge.seat} until {format_timestamp(challenge.until)}"
    return words


def write_prefixes(prefixes: Sequence["PrefixSummary"]) -> Iterator[str]:
    """One row a prefix: the next ticket, and how many there are and are open."""
    width = max((len(prefix.prefix) for prefix in prefixes), default=0)
    for prefix in prefixes:
        yield f"{prefix.prefix:<{width}}  {prefix.next or '?'}  {prefix.open} open of {prefix.tickets}"


def write_posts(landed: "WriteResult", screen: Screen | None = None) -> Iterator[str]:
    """One line a post that was written: ticket, state, subject, and its path as the last word."""
    if screen is not None:
        from ledger.faces.cli.terminal.ticket import show_posts

        yield from show_posts(landed, screen)
        return
    for post in landed.answer.posts:
        ticket = landed.after.board.tickets.get(post.item or "")
        subject = quote_line(ticket.subject) if ticket is not None else ""
        # The path last, where a script finds it: a subject holds any number of words.
        yield " ".join(filter(None, (post.item, post.state, subject, post.path)))
