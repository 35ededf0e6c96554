"""A turn: what is a seat's own, what it should claim next, and whether the turn may end (domain: turns)."""

from collections import Counter
from collections.abc import Iterator

from ledger.core.board.challenges import challenged_tickets
from ledger.core.board.folding import find_directive, has_lost_opening
from ledger.core.board.records import body_of
from ledger.core.board.rulings import awaits_unnamed_ruling, describe_unnamed_wait, find_awaited_rulings
from ledger.core.board.waits import awaits_claim
from ledger.core.dataclass import dataclass, replace
from ledger.core.ids import format_timestamp
from ledger.core.model import Post, Priority, State, Ticket
from ledger.core.queue.briefing import Brief, brief_of
from ledger.core.queue.seat_view import SeatView
from ledger.core.text import quote_line, quote_name

BRIEFS = 5
"""Tickets whose texts a seat reads as it opens a turn, at most."""


@dataclass(frozen=True, slots=True)
class Mine:
    """Something that is the seat's own: what sort (`challenge`, `claim`, `confirm`, `ruling`, `note`,
    `follow-on`), the ticket it is about (None for a note about none), and why it is the seat's; `body` is
    what a note says."""

    about: str
    item: str | None
    why: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Who handed a ticket to the seat, what sort of reason it was, and why."""

    seat: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """A ticket that the seat may claim and should."""

    item: str
    priority: Priority
    warmth: int
    subject: str
    offer: Offer | None = None

    @property
    def command(self) -> str:
        """What takes it."""
        return f"git ledger claim {self.item}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A seat's turn as the feed stands: `triggers` in the order to take them, `why` the turn may end or
    may not, in a sentence; `briefs` are the texts that the seat reads as it opens the turn."""

    seat: str
    mine: tuple[Mine, ...]
    triggers: tuple[Trigger, ...]
    why: str
    briefs: tuple[Brief, ...] = ()

    @property
    def may_end(self) -> bool:
        """True when there is nothing that the seat should claim."""
        return not self.triggers


def turn_of(eyes: SeatView) -> Turn:
    """The turn of the seat whose eyes these are."""
    triggers = tuple(
        Trigger(one.id, one.priority, eyes.warmth(one), one.subject, _offer(eyes, one))
        for one in eyes.claimable
    )
    return Turn(eyes.seat, tuple(_mine(eyes)), triggers, _why(eyes))


def opened_turn(eyes: SeatView) -> Turn:
    """The turn with the texts of the claims that the seat holds, of the first trigger, and of rulings due."""
    turn = turn_of(eyes)
    claims, rulings = ([one.item for one in turn.mine if one.about == sort] for sort in ("claim", "ruling"))
    items = dict.fromkeys([*claims, *(one.item for one in turn.triggers[:1]), *rulings])
    tickets = [eyes.board.tickets[item] for item in items if item is not None]
    return replace(turn, briefs=tuple(brief_of(eyes.board, one) for one in tickets[:BRIEFS]))


def _offer(eyes: SeatView, ticket: Ticket) -> Offer | None:
    """The newest HANDOFF of a ticket to this seat; None for a ticket that it does not own."""
    if ticket.owner != eyes.seat:
        return None
    moves = (event.post for event in reversed(eyes.board.history_of(ticket)) if event.moved)
    for post in (eyes.board.posts[name] for name in moves):
        line = find_directive(post, "HANDOFF")
        if line is not None and line.to == eyes.seat:
            return Offer(post.seat, line.reason or "", line.text)
    return None


def left_by(eyes: SeatView) -> str:
    """What a seat that ends its work leaves behind: what was for it, in a sentence."""
    if role := [one.detail for one in eyes.bars if one.reason == "role"]:
        return role[0]
    return _first_of(eyes) if eyes.fitting else _nothing(eyes)


def idle_claims(eyes: SeatView) -> dict[str, Mine]:
    """The claims of the seat on which it has not posted since it took them, by the posts that took them."""
    held = eyes.board.held_by(eyes.seat)
    idle = [one for one in held if one.life is not None and one.life.at == one.held_since]
    return {one.life.post: Mine("claim", one.id, _held(one)) for one in idle if one.life is not None}


def _mine(eyes: SeatView) -> Iterator[Mine]:
    tickets = eyes.board.tickets
    for one in challenged_tickets(eyes.board, eyes.seat):
        yield Mine("challenge", one.id, _challenged(eyes, one))
    for item in eyes.holds:
        yield Mine("claim", item, _held(tickets[item]))
    yield from _to_confirm(eyes)
    yield from _to_rule(eyes)
    for post in _notes(eyes):
        yield Mine(
            "note", post.item, f"{quote_line(post.seat)} wrote at {format_timestamp(post.at)}", body_of(post)
        )
    for one in eyes.ranked(
        [one for one in eyes.board.open_tickets_filed_by(eyes.seat) if _is_follow_on(eyes, one)]
    ):
        words = f"AWAITING_CLAIM, filed by this seat from {one.parent}: {quote_line(one.subject)}"
        yield Mine("follow-on", one.id, words)


def _challenged(eyes: SeatView, ticket: Ticket) -> str:
    first = min(eyes.board.challenges(ticket), key=lambda one: one.until)
    words = f"this claim is challenged by {quote_line(first.seat)}, which ends it after "
    words += f"{format_timestamp(first.until)} unless this seat answers; `git ledger alive {ticket.id}` does"
    return words


def _held(ticket: Ticket) -> str:
    since = f" since {format_timestamp(ticket.held_since)}" if ticket.held_since else ""
    return f"held{since}: {quote_line(ticket.subject)}"


def _is_follow_on(eyes: SeatView, ticket: Ticket) -> bool:
    return ticket.parent is not None and awaits_claim(eyes.board.tickets, ticket)


def _to_confirm(eyes: SeatView) -> Iterator[Mine]:
    for one in eyes.board.unsettled_tickets():
        if one.provisional and one.opened_by == eyes.seat:
            yield Mine("confirm", one.id, f"provisional, filed by this seat: {quote_line(one.subject)}")
        if has_lost_opening(one, eyes.seat):
            lost = next(other.subject for other in one.collisions if other.seat == eyes.seat)
            words = (
                f"the number went to {quote_line(one.opened_by)}; this seat's own lost it: {quote_line(lost)}"
            )
            yield Mine("confirm", one.id, words)


def _to_rule(eyes: SeatView) -> Iterator[Mine]:
    """Rulings that this seat owes: those that name it; a strat of the config owes all that are waited for."""
    rules = eyes.config.role(eyes.seat) == "strat"
    for one in eyes.board.open_tickets():
        due = [on for on in find_awaited_rulings(one.blocked_on) if on not in eyes.board.ruled]
        waits = awaits_unnamed_ruling(one) or (one.state is State.BLOCKED and due)
        if one.owner == f"awaiting-{eyes.seat}-ruling" or (rules and waits):
            on = (
                f" on {', '.join(map(quote_name, due))}"
                if due
                else f" that it does not name ({describe_unnamed_wait(one)})"
            )
            yield Mine("ruling", one.id, f"waits for a ruling{on}: {quote_line(one.subject)}")


def _notes(eyes: SeatView) -> list[Post]:
    """Notes to the seat that it has not answered, newest first.

    It answers by any post on the ticket of the note, or by a note to its writer. Unanswered notes go once the
    seat posted something else and `claim_ttl` went by: it may post in the middle of a turn without reading.
    """
    recent = eyes.now - eyes.config.claim_ttl
    newest = eyes.life.last_post if eyes.life else None
    notes: list[Post] = []
    for note in eyes.board.newest_notes_to(eyes.seat):
        unread = newest is None or eyes.board.is_before(newest, note.id)
        if not unread and note.at < recent:
            break  # what stands before it is older still, but for a clock that is wrong
        if not _is_answered(eyes, note):
            notes.append(note)
    return notes


def _is_answered(eyes: SeatView, note: Post) -> bool:
    on_ticket = eyes.board.newest_post_on(note.item, eyes.seat) if note.item else None
    letter = eyes.board.newest_post_to(eyes.seat, note.seat)
    answers = (on_ticket, letter.id if letter is not None else None)
    return any(one is not None and not eyes.board.is_before(one, note.id) for one in answers)


_LEFT = {
    "gate": "behind a gate",
    "owner": "meant for another seat",
    "provisional": "not confirmed yet",
    "ambiguous": "under a number that this seat lost",
    "declined": "declined by this seat",
    "cold": "out of this seat's lanes",
}
"""What keeps an AWAITING_CLAIM ticket from a seat that may claim, in words; the first reason is told."""


def _why(eyes: SeatView) -> str:
    if eyes.claimable:
        return _first_of(eyes)
    if eyes.bars:
        return "; ".join(one.detail for one in eyes.bars)
    held = f"; {eyes.seat} holds {', '.join(eyes.holds)}" if eyes.holds else ""
    return f"{_nothing(eyes)}{held}"


def _first_of(eyes: SeatView) -> str:
    return f"{_count(len(eyes.fitting), 'ticket')} claimable for {eyes.seat}, {eyes.fitting[0].id} first"


def _nothing(eyes: SeatView) -> str:
    waiting = [one for one in eyes.board.open_tickets() if awaits_claim(eyes.board.tickets, one)]
    if not waiting:
        return "no ticket awaits a claim"
    reasons = Counter(
        next(_LEFT[why.reason] for why in eyes.why_not(one) if why.reason in _LEFT) for one in waiting
    )
    left = ", ".join(f"{n} {words}" for words, n in reasons.most_common())
    return f"nothing is claimable for {eyes.seat}; of {_count(len(waiting), 'open ticket')}, {left}"


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}{'' if n == 1 else 's'}"
