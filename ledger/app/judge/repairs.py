"""The posts that mend a feed: blocks lifted, and one nudge a seat, beside what is due about silent claims.

None of them decides anything: a RELEASE names what is over, and a nudge is a note.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256

from ledger import rules
from ledger.app.deeds.append import wish
from ledger.core.board.folding import has_lost_opening
from ledger.core.dataclass import dataclass
from ledger.core.model import Finding, Post, Severity, Ticket
from ledger.core.write.requests import PostRequest, Value
from ledger.rules.seats import is_open_seat
from ledger.rules.view import View

MOST = 200
"""Repairs in one write; the next run does the rest."""
TOLD = 50
"""Lines of a nudge; a seat that filed thousands is not told of them all, and its post stays one."""
NUDGE_EVERY = timedelta(hours=1)
NUDGE = "x-nudge"
"""The field by which a nudge is known again: a digest of what it says."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One post that mends: the rule that found the fault, the ticket or seat, and the wish."""

    rule: str
    what: str
    wish: PostRequest


NUDGING = (
    "double-opening",
    "unconfirmed-provisional",
    "missed-absorb",
    "circular-wait",
    "dead-gate",
    "done-and-dark",
    "idle-beside-work",
    "abandoned-follow-on",
    "stale-offer",
)
"""Rules whose findings their seats are told of; the others mend themselves, or need no deed."""
SILENT = ("done-and-dark", "idle-beside-work")
"""Those of them that a seat is told of as warnings too: it may be at lunch, or have stopped too early."""
FOR_THE_FILER = ("unconfirmed-provisional", "dead-gate", "abandoned-follow-on", "stale-offer")
"""Those of them that whoever filed the ticket can put right, whoever moved it last."""


def find_repairs(view: View, seat: str, claims: Iterable[Repair] = ()) -> list[Repair]:
    """The posts that are due on this view, and that `seat` may make; those about silent `claims` first."""
    rows = [*claims, *_find_releases(view, seat), *_find_nudges(view)]
    # Every post that is written adopts what nobody saw yet (`saw`), so that one of its own is rarely needed.
    if not rows and view.board.order.unseen:
        rows = [Repair("forked-feed", f"{len(view.board.order.unseen)} posts", PostRequest("adopt"))]
    return rows[:MOST]


def _find_releases(view: View, seat: str) -> Iterator[Repair]:
    for finding, ticket in _find_movable(view, "stale-block", seat):
        body = f"RELEASE: all that it waited for is over: {', '.join(ticket.blocked_on)}"
        yield Repair(finding.rule, ticket.id, _request_reopening(ticket, body))


def _find_movable(view: View, rule: str, seat: str) -> Iterator[tuple[Finding, Ticket]]:
    """The findings with their tickets, without those whose number the seat lost: it moves nothing there, and
    one refused post would hold up all others."""
    for finding in _find_by_rule(view, rule):
        ticket = view.board.tickets[finding.item or ""]
        if not has_lost_opening(ticket, seat):
            yield finding, ticket


def _find_by_rule(view: View, rule: str) -> Iterator[Finding]:
    return rules.BY_NAME[rule].check(view)


def _request_reopening(ticket: Ticket, body: str) -> PostRequest:
    return wish("actionable", body, item=ticket.id, state="AWAITING_CLAIM")


def _find_nudges(view: View) -> Iterator[Repair]:
    """One note for each seat that has something to put right, once an hour, and never the same twice."""
    due: defaultdict[str, list[Finding]] = defaultdict(list)
    for rule in NUDGING:
        for finding in _find_by_rule(view, rule):
            if finding.severity is Severity.ERROR or rule in SILENT:
                due[_find_addressee(view, finding)].append(finding)
    for seat, findings in sorted(due.items()):
        lines = sorted({f"- {finding.message} ({finding.rule})" for finding in findings})
        digest = sha256("\n".join(lines).encode()).hexdigest()[:16]
        if not any(
            _is_recent_nudge(view, post) or post.extra[NUDGE] == digest for post in _nudges_to(view, seat)
        ):
            fields: dict[str, Value] = {"to": (seat,), NUDGE: digest}
            left = len(lines) - TOLD
            more = [f"- and {left} more, which `git ledger drift` tells"] if left > 0 else []
            body = "\n".join(["To be put right by this seat:", "", *lines[:TOLD], *more])
            yield Repair("nudge", seat, PostRequest("note", fields, body))


def _find_addressee(view: View, finding: Finding) -> str:
    """Who can put it right: the seat that an offer waits for, if it is there and did not decline, else the
    filer of the ticket; of what a post did wrong, its seat."""
    if finding.rule not in FOR_THE_FILER:
        return view.board.posts[finding.post or ""].seat
    ticket = view.board.tickets[finding.item or ""]
    life = view.board.seats.get(ticket.owner)
    hears = finding.rule == "stale-offer" and life is not None and is_open_seat(view, life)
    return ticket.owner if hears and not view.board.has_declined(ticket.owner, ticket) else ticket.opened_by


def _nudges_to(view: View, seat: str) -> Iterator[Post]:
    """The nudges that a seat was sent, the newest first."""
    return (post for post in view.board.newest_notes_to(seat) if NUDGE in post.extra)


def _is_recent_nudge(view: View, post: Post) -> bool:
    return abs(view.now - post.at) < NUDGE_EVERY
