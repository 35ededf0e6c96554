"""A review as Markdown, short enough to be read in half a minute.

What others wrote is text in it and nothing else: no markup, no HTML, no link, no mention of anybody. It
stands in quotes: an agent may be who decides.
"""

import re
from collections.abc import Iterator, Sequence

from ledger.app.read.review import Clash, ProposalReview, RulingSummary, TicketChange
from ledger.core.config.config import CONFIG_PATH
from ledger.core.model import Finding, Post, Severity
from ledger.core.text import QUOTED, clip, escape, replace_quotes

MOST = 20
"""Lines of one section; the rest are counted."""
LONGEST = 160
"""Characters of one text by others, those that are spelled out counted as such."""
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "$": "&#36;"}
_GAP = "&#8203;"
"""A space of no width: what a host would link or notify is no longer one word."""
_active = re.compile(r"[\\`*_{}\[\]|~<>&$]")
_linked = re.compile(r"(@|://|\bwww(?=\.)|[#!%](?=\w)|\bGH-(?=\d))", re.IGNORECASE)


def plain(text: str) -> str:
    """Text by others, in one line, as Markdown that shows just that text."""
    parts = _linked.split(escape(clip(text, LONGEST)))  # cut first: a cut emoji has a joiner at its end
    marked = [part + _GAP if n % 2 else _active.sub(_mark, part) for n, part in enumerate(parts)]
    return "".join(marked)


def quoted(text: str) -> str:
    """The same in quotes, which the text does not end."""
    return f'"{plain(replace_quotes(text))}"'


def _mark(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0], f"\\{found[0]}")


def review_lines(review: ProposalReview) -> Iterator[str]:
    """The whole page."""
    opened = [one for one in review.changes if one.before is None]
    moved = [one for one in review.changes if one.before is not None]
    yield "## What this does to the queue"
    yield ""
    yield _summary(review, len(opened), len(moved))
    yield ""
    yield plain(QUOTED)
    yield from _section("Settings, for all seats", _settings(review))
    yield from _section("New tickets", [_opening(one) for one in opened])
    yield from _section("Moves", [_move(one) for one in moved])
    yield from _section("Collisions", [_clash(one) for one in review.clashes])
    yield from _section("Rulings", [line for one in review.rulings for line in _ruling(one)])
    yield from _section("Findings", [_finding(one) for one in review.findings])


def _summary(review: ProposalReview, opened: int, moved: int) -> str:
    seats = len({post.seat for post in review.posts})
    errors = sum(one.severity is Severity.ERROR for one in review.findings)
    counts = [
        (opened, "new ticket"),
        (moved, "move"),
        (len(review.clashes), "collision"),
        (len(review.rulings), "ruling"),
        (errors, "error"),
        (len(review.findings) - errors, "warning"),
    ]
    told = [_counted(number, word) for number, word in counts if number]
    if review.settings is not None:
        told.append(_counted(len(review.settings), "setting"))
    who = f"{_counted(len(review.posts), 'post')} by {_counted(seats, 'seat')}"
    return f"{who}: {', '.join(told) or 'nothing changes, nothing was found'}."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield from ("", f"### {title}", "")
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield f"- … and {len(lines) - MOST} more: `git ledger review --json` has all"


def _opening(one: TicketChange) -> str:
    assert one.after is not None
    lane = f", {quoted(one.after.lane)}" if one.after.lane else ""
    facts = f"{one.after.state}, {one.after.priority}{lane}"
    return f"- **{one.item}** {quoted(one.after.subject)} ({facts}; {_who(one.post)})"


def _move(one: TicketChange) -> str:
    ticket = one.after or one.before
    assert ticket is not None and one.before is not None
    if one.after is None:
        steps = f"{one.before.state} -> not there"
    elif one.moves:
        steps = f"{one.before.state} -> {one.after.state}"
    else:
        steps = f"{one.after.state}, {plain(one.effect)}"
    return f"- **{one.item}** {steps}, by {_who(one.post)}: {quoted(ticket.subject)}"


def _settings(review: ProposalReview) -> list[str]:
    if review.settings == ():
        return [f"- {plain(CONFIG_PATH)} is another, and every setting stays as it is"]
    return [
        f"- **{plain(one.name)}** {_setting(one.old)} -> {_setting(one.new)}" for one in review.settings or ()
    ]


def _setting(value: str | None) -> str:
    return quoted(value) if value else "not set"


def _clash(one: Clash) -> str:
    stands = f"{quoted(one.ticket.subject)} ({quoted(one.ticket.opened_by)})"
    loses = f"{quoted(one.loser.subject)} ({quoted(one.loser.seat)})"
    if one.usurped:
        return f"- **{one.ticket.id}** had landed as {loses}; **this takes its number** for {stands}"
    return f"- **{one.ticket.id}** stays {stands}; it was opened again as {loses}"


def _ruling(one: RulingSummary) -> Iterator[str]:
    post = one.post
    number = f"**{post.item}**, " if post.item else ""
    subject = f": {quoted(post.subject)}" if post.subject else ""
    yield f"- {number}{_who(post)} rules on {', '.join(post.rules_on) or 'nothing'}{subject}"
    for line in one.lines:
        by = f", absorbed by {line.absorbed_by}" if line.absorbed_by else ""
        refused = " (**refused**, it changes nothing)" if line in one.refused else ""
        yield f"  - {line.item} -> {line.to}{by}{refused}"


def _who(post: Post) -> str:
    return quoted(post.seat)


def _finding(one: Finding) -> str:
    place = f"{plain(one.where.path)}:{one.where.line}"
    fix = f" Fix: {plain(one.fix)}" if one.fix else ""
    return f"- **{one.severity}** {one.rule}: {plain(one.message)}.{fix} ({place})"
