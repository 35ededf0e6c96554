"""Challenge and answer: how a claim ends whose holder is gone, without comparing two clocks.

A seat asks (`CHALLENGE`), the holder answers with any post on the ticket or an `ALIVE` line, and only who
asked may end the claim, once the grace that its own challenge gave has passed on its own clock
(`AUTO-RELEASE`).
What is judged here is judged by posts alone; when a seat may ask is a rule.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ledger.core.board.folding import deny_missing_ticket, find_directive, sign_of_life
from ledger.core.board.tables import join_key
from ledger.core.dataclass import replace
from ledger.core.durations import format_duration
from ledger.core.model import Challenge, Denial, Directive, Post, Ticket
from ledger.core.text import quote_line

if TYPE_CHECKING:
    from ledger.core.board.board import Board, BoardOverlay


BELIEVED = timedelta(minutes=5)
"""A post dated further ahead of the reader than this says nothing of when it was made."""


def render_challenge(ticket: Ticket, grace: timedelta, clone: str) -> str:
    """The body of a challenge against the holder of a ticket that is held."""
    assert ticket.life is not None
    named = f"post:{ticket.life.post} grace:{format_duration(grace)} clone:{clone}"
    return f"CHALLENGE: {ticket.id} {named}"


def render_auto_release(challenge: Challenge, words: str) -> str:
    """The body of the post that ends a claim by a challenge that nobody answered."""
    return f"AUTO-RELEASE: post:{challenge.post} clone:{challenge.clone} ({words})"


def render_alive(items: Iterable[str]) -> str:
    """The body of a note by which a holder says that it is alive on these tickets."""
    return "\n".join(f"ALIVE: {item}" for item in items)


def find_challenge_of(board: "Board", ticket: Ticket, seat: str, clone: str) -> Challenge | None:
    """The open challenge that a seat posted from a clone."""
    challenge = board.newest_challenges.get(join_key(ticket.id, seat, clone))
    return challenge if challenge is not None and _is_standing(challenge, ticket) else None


def find_open_challenge(board: "Board", ticket: Ticket, post: str) -> Challenge | None:
    """The open challenge against the ticket's holder that a post is, found however many there are."""
    # By the line of the post itself, which has the clone: with that the challenge is found by key, among any
    # number.
    named = board.posts.get(post)
    line = find_directive(named, "CHALLENGE") if named is not None else None
    if named is None or line is None or line.clone is None:
        return None
    challenge = find_challenge_of(board, ticket, named.seat, line.clone)
    return challenge if challenge is not None and challenge.post == post else None


def _is_standing(challenge: Challenge, ticket: Ticket) -> bool:
    return ticket.life is not None and challenge.life == ticket.life.post


def challenged_tickets(board: "Board", seat: str) -> list[Ticket]:
    """The tickets that a seat holds under a challenge that it has not answered."""
    return [ticket for ticket in board.tickets_held_by(seat) if ticket.challenged]


def is_silent_holder(life_at: datetime, now: datetime, claim_ttl: timedelta) -> bool:
    """Whether a holder may be asked, `life_at` being the time of its last sign of life by its own clock.

    One that is dated ahead of the reader tells nothing: its holder may be asked at any time.
    """
    return life_at > now + BELIEVED or now - life_at >= claim_ttl


def post_challenge(board: "BoardOverlay", post: Post, line: Directive) -> None:
    """Let the challenge of a post stand against the holder of its ticket."""
    ticket = board.tickets.get(line.item or "")
    if denial := _why_not_challenge(board, post, ticket, line):
        board.refuse_post(post, denial, line.item)
        return
    assert ticket is not None and ticket.life is not None
    assert line.grace is not None and line.clone is not None
    fresh = Challenge(post.id, post.seat, line.clone, post.at, line.grace, ticket.life.post)
    # One for each seat and clone: asking again takes the place of the older challenge, and its grace begins
    # anew.
    board.newest_challenges.put(join_key(ticket.id, post.seat, line.clone), fresh)
    words = f"challenged by {quote_line(post.seat)}, to be answered within {format_duration(line.grace)}"
    board.tickets.put(ticket.id, replace(ticket, challenged=True))
    board.add_event(ticket, post, words)


def _why_not_challenge(board: "Board", post: Post, ticket: Ticket | None, line: Directive) -> Denial | None:
    if line.item != post.item:
        words = f"the note is about {post.item or 'no ticket'}, and challenges the holder of {line.item}"
        return Denial("illegal-move", words, f"write `item: {line.item}`", line.line)
    if ticket is None:
        return deny_missing_ticket(board, line.item)
    if ticket.holder is None or ticket.life is None:
        words = f"{ticket.id} is {ticket.state} and held by nobody"
        return Denial("premature-challenge", words, f"`git ledger show {ticket.id}`", line.line)
    # A compare-and-swap on the sign of life: the challenger names the newest one that it saw, so that a post
    # which landed in between has answered already.
    if ticket.life.post != line.post:
        words = f"{ticket.holder} has posted on {ticket.id} since: {ticket.life.post}"
        return Denial("premature-challenge", words, "leave the claim alone; it is alive", line.line)
    return None


def answer_challenges(board: "BoardOverlay", post: Post) -> None:
    """Renew each claim of its seat that an ALIVE line of the post names."""
    for line in post.directives:
        if line.name == "ALIVE":
            _answer_challenge(board, post, line)


def _answer_challenge(board: "BoardOverlay", post: Post, line: Directive) -> None:
    ticket = board.tickets.get(line.item or "")
    if ticket is None:
        board.refuse_post(post, deny_missing_ticket(board, line.item), line.item)
    elif ticket.holder != post.seat:
        words = f"{ticket.id} is not held by {post.seat}, so there is no claim to keep alive"
        fix = f"`git ledger show {ticket.id}`"
        board.refuse_post(post, Denial("not-the-holder", words, fix, line.line), ticket.id)
    else:
        board.tickets.put(ticket.id, with_sign_of_life(ticket, post))
        board.add_event(ticket, post, "answered: alive" if ticket.challenged else "alive")


def with_sign_of_life(ticket: Ticket, post: Post) -> Ticket:
    """The ticket after a sign of life of its holder."""
    return replace(ticket, life=sign_of_life(post), challenged=False)


def renew_claim(board: "BoardOverlay", post: Post) -> None:
    """Any post by the holder on its ticket is a sign of life; what asks for or ends claims is none."""
    ticket = board.tickets.get(post.item or "")
    if ticket is None or ticket.holder != post.seat or find_directive(post, "CHALLENGE", "AUTO-RELEASE"):
        return
    # A claim renews itself by its own post; writing it once more would make a change of nothing.
    if ticket.life != sign_of_life(post) or ticket.challenged:
        board.tickets.put(ticket.id, with_sign_of_life(ticket, post))
