"""What waits for rulings, named or in words (domain: rulings absorb)."""

import re
from collections.abc import Iterable

from ledger.core.ids import is_ticket
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Post, State, Ticket
from ledger.core.text import quote_name

RULING_WORDS = frozenset({"ruling", "rulings", "decision", "decisions", "verdict", "verdicts"})
"""What blocks a ticket is an unnamed wait for a ruling when its words hold one of these."""
_ABSORB = LazyPattern(r"^ABSORB:\s*(\S+)", re.MULTILINE)


def find_absorbed(body: str) -> list[str]:
    """The tickets that the ABSORB lines of a body name, each once."""
    # By text and not by directives: a request has a body, and is parsed only once it has its numbers.
    return list(dict.fromkeys(found[1] for found in _ABSORB.finditer(body)))


def find_awaited_rulings(blocked_on: Iterable[str]) -> list[str]:
    """The tickets on which rulings are awaited, among what blocks a ticket."""
    return [on.removeprefix("ruling:") for on in blocked_on if on.startswith("ruling:")]


def speaks_of_ruling(text: str) -> bool:
    """True when words speak of a ruling: one of them is in RULING_WORDS."""
    return not RULING_WORDS.isdisjoint(re.findall(r"[a-z]+", text.casefold()))


def blocks_on_unnamed_ruling(post: Post) -> bool:
    """True for a post that blocks its ticket on a ruling in words: in `blocked_on`, or without that in the
    first line of its body."""
    if post.state is not State.BLOCKED or find_awaited_rulings(post.blocked_on):
        return False
    # A block may come without `blocked_on`; what it waits for then stands in its first line.
    words = post.blocked_on or post.body.strip().split("\n")[:1]
    return any(speaks_of_ruling(phrase) for phrase in words if not is_ticket(phrase))


def awaits_unnamed_ruling(ticket: Ticket) -> bool:
    """True when the ticket waits for a ruling (its owner or its block says so) and does not name it."""
    waits = ticket.owner.startswith("awaiting-") and not ticket.closed
    return (waits or ticket.blocked_unnamed) and not find_awaited_rulings(ticket.blocked_on)


def describe_unnamed_wait(ticket: Ticket) -> str:
    """Where an unnamed wait says that it waits: `owner awaiting-S-ruling`, or the words of its block."""
    if ticket.owner.startswith("awaiting-"):
        return f"owner {ticket.owner}"
    return (
        f"BLOCKED on {', '.join(map(quote_name, ticket.blocked_on))}"
        if ticket.blocked_on
        else "BLOCKED, in words"
    )
