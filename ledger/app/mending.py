"""The posts that mend a feed: claims given back, blocks lifted, and one nudge a seat.

None of them decides anything: an AUTO-RELEASE names its evidence, a RELEASE what is over, and a nudge is
a note.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from ledger import rules
from ledger.app.append import wish
from ledger.core.ids import stamp
from ledger.core.intents import Value, Wish
from ledger.core.model import Finding, Severity, Ticket
from ledger.rules.view import View

MOST = 200
"""Repairs in one write; the next run does the rest."""
NUDGE_EVERY = timedelta(hours=1)
NUDGE = "x-nudge"
"""The field by which a nudge is known again: a digest of what it says."""


@dataclass(frozen=True, slots=True)
class Mend:
    """One post that mends: the rule that found the fault, the ticket or seat, and the wish."""

    rule: str
    what: str
    wish: Wish


NUDGING = (
    "double-opening",
    "unconfirmed-provisional",
    "missed-absorb",
    "circular-wait",
    "claim-over-wip",
    "dead-gate",
    "done-and-dark",
    "idle-beside-work",
    "abandoned-follow-on",
    "stale-offer",
)
"""Rules whose findings their seats are told of; the others mend themselves, or need no deed."""


def mends(view: View) -> list[Mend]:
    """The posts that are due on this view."""
    rows = [*_releases(view), *_nudges(view)]
    if not rows and view.board.unseen:
        rows = [Mend("forked-feed", f"{len(view.board.unseen)} posts", Wish("adopt"))]
    return rows[:MOST]


def _releases(view: View) -> Iterator[Mend]:
    for finding in _found(view, "expired-claim"):
        ticket = view.board.tickets[finding.item or ""]
        yield Mend(finding.rule, ticket.id, _auto_release(view, ticket))
    for finding in _found(view, "stale-block"):
        ticket = view.board.tickets[finding.item or ""]
        body = f"RELEASE: all that it waited for is over: {', '.join(ticket.blocked_on)}"
        yield Mend(finding.rule, ticket.id, _reopening(ticket, body))


def _found(view: View, rule: str) -> Iterator[Finding]:
    return rules.BY_NAME[rule].check(view)


def _auto_release(view: View, ticket: Ticket) -> Wish:
    assert ticket.life is not None
    evidence = f"{ticket.holder} was silent on it from {stamp(ticket.life.at)} to {stamp(view.now)}"
    return _reopening(ticket, f"AUTO-RELEASE: post:{ticket.life.post} ({evidence})")


def _reopening(ticket: Ticket, body: str) -> Wish:
    return wish("actionable", body, item=ticket.id, state="AWAITING_CLAIM")


def _nudges(view: View) -> Iterator[Mend]:
    """One note for each seat that has something to put right, once an hour, and never the same twice."""
    due: defaultdict[str, list[Finding]] = defaultdict(list)
    for rule in NUDGING:
        for finding in _found(view, rule):
            if finding.severity is Severity.ERROR:
                due[_addressee(view, finding)].append(finding)
    for seat, findings in sorted(due.items()):
        lines = sorted({f"- {one.message} ({one.rule})" for one in findings})
        digest = sha256("\n".join(lines).encode()).hexdigest()[:16]
        if not _nudged(view, seat, digest):
            fields: dict[str, Value] = {"to": (seat,), NUDGE: digest}
            body = "\n".join(["To be put right by this seat:", "", *lines])
            yield Mend("nudge", seat, Wish("note", fields, body))


def _addressee(view: View, finding: Finding) -> str:
    """Who can put it right: the seat that an offer waits for, else the seat of the post in question."""
    if finding.rule == "stale-offer":
        return view.board.tickets[finding.item or ""].owner
    return view.board.posts[finding.post or ""].seat


def _nudged(view: View, seat: str, digest: str) -> bool:
    for post in view.board.posts.values():
        if NUDGE in post.extra and seat in post.to:
            recent = abs(view.now - post.at) < NUDGE_EVERY
            if recent or post.extra[NUDGE] == digest:
                return True
    return False
