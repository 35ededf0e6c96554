"""A review as Markdown, short enough to be read in half a minute.

What others wrote is text in it and nothing else: no markup, no HTML, no link, no mention of anybody. It
stands in quotes: an agent may be who decides.
"""

import re
from collections.abc import Iterator, Sequence

from ledger.app.read.review import Clash, ProposalReview, RulingSummary, TicketChange
from ledger.core.config.config import CONFIG_PATH
from ledger.core.model import Finding, Post, Severity
from ledger.core.text import QUOTED, clip_text, escape_line, replace_quotes

MOST = 20
"""Lines of one section; the rest are counted."""
LONGEST = 160
"""Characters of one text by others, those that are spelled out counted as such."""
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "$": "&#36;"}
_GAP = "&#8203;"
"""A space of no width: what a host would link or notify is no longer one word."""
_active = re.compile(r"[\\`*_{}\[\]|~<>&$]")
_linked = re.compile(r"(@|://|\bwww(?=\.)|[#!%](?=\w)|\bGH-(?=\d))", re.IGNORECASE)


def escape_markdown(text: str) -> str:
    """Text by others, in one line, as Markdown that shows just that text."""
    parts = _linked.split(
        escape_line(clip_text(text, LONGEST))
    )  # cut first: a cut emoji has a joiner at its end
    # The pattern is a group, so that what it matched stands at the odd places.
    marked = [part + _GAP if n % 2 else _active.sub(_escape_mark, part) for n, part in enumerate(parts)]
    return "".join(marked)


def quote_markdown(text: str) -> str:
    """The same in quotes, which the text does not end."""
    return f'"{escape_markdown(replace_quotes(text))}"'


def _escape_mark(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0], f"\\{found[0]}")


def write_review(review: ProposalReview) -> Iterator[str]:
    """The whole page."""
    opened = [change for change in review.changes if change.before is None]
    moved = [change for change in review.changes if change.before is not None]
    yield "## What this does to the queue"
    yield ""
    yield _write_summary(review, len(opened), len(moved))
    yield ""
    yield escape_markdown(QUOTED)
    yield from _write_section("Settings, for all seats", _write_settings(review))
    yield from _write_section("New tickets", [_write_opening(change) for change in opened])
    yield from _write_section("Moves", [_write_move(change) for change in moved])
    yield from _write_section("Collisions", [_write_clash(change) for change in review.clashes])
    yield from _write_section(
        "Rulings", [line for change in review.rulings for line in _write_ruling(change)]
    )
    yield from _write_section("Findings", [_write_finding(change) for change in review.findings])


def _write_summary(review: ProposalReview, opened: int, moved: int) -> str:
    seats = len({post.seat for post in review.posts})
    errors = sum(finding.severity is Severity.ERROR for finding in review.findings)
    counts = [
        (opened, "new ticket"),
        (moved, "move"),
        (len(review.clashes), "collision"),
        (len(review.rulings), "ruling"),
        (errors, "error"),
        (len(review.findings) - errors, "warning"),
    ]
    parts = [_count_noun(number, word) for number, word in counts if number]
    if review.settings is not None:
        parts.append(_count_noun(len(review.settings), "setting"))
    who = f"{_count_noun(len(review.posts), 'post')} by {_count_noun(seats, 'seat')}"
    return f"{who}: {', '.join(parts) or 'nothing changes, nothing was found'}."


def _count_noun(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _write_section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield from ("", f"### {title}", "")
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield f"- … and {len(lines) - MOST} more: `git ledger review --json` has all"


def _write_opening(change: TicketChange) -> str:
    assert change.after is not None
    lane = f", {quote_markdown(change.after.lane)}" if change.after.lane else ""
    labels = "".join(f", {quote_markdown(label)}" for label in change.after.labels)
    due = f", due {change.after.due}" if change.after.due else ""
    asks = f", {change.after.checklist.count} criteria" if change.after.checklist else ""
    facts = f"{change.after.state}, {change.after.priority}{lane}{labels}{due}{asks}"
    return f"- **{change.item}** {quote_markdown(change.after.subject)} ({facts}; {_quote_who(change.post)})"


def _write_move(change: TicketChange) -> str:
    ticket = change.after or change.before
    assert ticket is not None and change.before is not None
    if change.after is None:
        steps = f"{change.before.state} -> not there"
    elif change.moves:
        steps = f"{change.before.state} -> {change.after.state}"
    else:
        steps = f"{change.after.state}, {escape_markdown(change.effect)}"
    return f"- **{change.item}** {steps}, by {_quote_who(change.post)}: {quote_markdown(ticket.subject)}"


def _write_settings(review: ProposalReview) -> list[str]:
    if review.settings == ():
        return [f"- {escape_markdown(CONFIG_PATH)} is another, and every setting stays as it is"]
    return [
        f"- **{escape_markdown(row.name)}** {_quote_setting(row.old)} -> {_quote_setting(row.new)}"
        for row in review.settings or ()
    ]


def _quote_setting(value: str | None) -> str:
    return quote_markdown(value) if value else "not set"


def _write_clash(clash: Clash) -> str:
    stands = f"{quote_markdown(clash.ticket.subject)} ({quote_markdown(clash.ticket.opened_by)})"
    loses = f"{quote_markdown(clash.loser.subject)} ({quote_markdown(clash.loser.seat)})"
    if clash.usurped:
        return f"- **{clash.ticket.id}** had landed as {loses}; **this takes its number** for {stands}"
    return f"- **{clash.ticket.id}** stays {stands}; it was opened again as {loses}"


def _write_ruling(ruling: RulingSummary) -> Iterator[str]:
    post = ruling.post
    number = f"**{post.item}**, " if post.item else ""
    subject = f": {quote_markdown(post.subject)}" if post.subject else ""
    yield f"- {number}{_quote_who(post)} rules on {', '.join(post.rules_on) or 'nothing'}{subject}"
    for line in ruling.lines:
        by = f", absorbed by {line.absorbed_by}" if line.absorbed_by else ""
        refused = " (**refused**, it changes nothing)" if line in ruling.refused else ""
        yield f"  - {line.item} -> {line.to}{by}{refused}"


def _quote_who(post: Post) -> str:
    return quote_markdown(post.seat)


def _write_finding(finding: Finding) -> str:
    place = f"{escape_markdown(finding.where.path)}:{finding.where.line}"
    fix = f" Fix: {escape_markdown(finding.fix)}" if finding.fix else ""
    return f"- **{finding.severity}** {finding.rule}: {escape_markdown(finding.message)}.{fix} ({place})"
