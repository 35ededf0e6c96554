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
from ledger.core.queue.briefing import Brief, collect_brief
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


def judge_turn(eyes: SeatView) -> Turn:
    """The turn of the seat whose eyes these are."""
    triggers = tuple(
        Trigger(ticket.id, ticket.priority, eyes.warmth_of(ticket), ticket.subject, _find_offer(eyes, ticket))
        for ticket in eyes.claimable_tickets
    )
    return Turn(eyes.seat, tuple(_collect_own_work(eyes)), triggers, describe_turn(eyes))


def open_turn_with_briefs(eyes: SeatView) -> Turn:
    """The turn with the texts of the claims that the seat holds, of the first trigger, and of rulings due."""
    turn = judge_turn(eyes)
    claims, rulings = (
        [entry.item for entry in turn.mine if entry.about == sort] for sort in ("claim", "ruling")
    )
    items = dict.fromkeys([*claims, *(entry.item for entry in turn.triggers[:1]), *rulings])
    tickets = [eyes.board.tickets[item] for item in items if item is not None]
    return replace(turn, briefs=tuple(collect_brief(eyes.board, entry) for entry in tickets[:BRIEFS]))


def _find_offer(eyes: SeatView, ticket: Ticket) -> Offer | None:
    """The newest HANDOFF of a ticket to this seat; None for a ticket that it does not own."""
    if ticket.owner != eyes.seat:
        return None
    moves = (event.post for event in reversed(eyes.board.history_of(ticket)) if event.moved)
    for post in (eyes.board.posts[name] for name in moves):
        line = find_directive(post, "HANDOFF")
        if line is not None and line.to == eyes.seat:
            return Offer(post.seat, line.reason or "", line.text)
    return None


def describe_leftover_work(eyes: SeatView) -> str:
    """What a seat that ends its work leaves behind: what was for it, in a sentence."""
    if role := [reason.detail for reason in eyes.reasons_against_any if reason.reason == "role"]:
        return role[0]
    return _name_first_claimable(eyes) if eyes.fitting_tickets else _why_nothing_claimable(eyes)


def find_idle_claims(eyes: SeatView) -> dict[str, Mine]:
    """The claims of the seat on which it has not posted since it took them, by the posts that took them."""
    held = eyes.board.tickets_held_by(eyes.seat)
    idle = [ticket for ticket in held if ticket.life is not None and ticket.life.at == ticket.held_since]
    return {
        ticket.life.post: Mine("claim", ticket.id, _describe_claim(ticket))
        for ticket in idle
        if ticket.life is not None
    }


def _collect_own_work(eyes: SeatView) -> Iterator[Mine]:
    tickets = eyes.board.tickets
    for ticket in challenged_tickets(eyes.board, eyes.seat):
        yield Mine("challenge", ticket.id, _describe_challenge(eyes, ticket))
    for item in eyes.held_items:
        yield Mine("claim", item, _describe_claim(tickets[item]))
    yield from _find_confirmations_due(eyes)
    yield from _find_rulings_due(eyes)
    for post in _find_unanswered_notes(eyes):
        yield Mine(
            "note", post.item, f"{quote_line(post.seat)} wrote at {format_timestamp(post.at)}", body_of(post)
        )
    for ticket in eyes.sort_by_rank(
        [
            ticket
            for ticket in eyes.board.open_tickets_filed_by(eyes.seat)
            if _is_claimable_follow_on(eyes, ticket)
        ]
    ):
        words = f"AWAITING_CLAIM, filed by this seat from {ticket.parent}: {quote_line(ticket.subject)}"
        yield Mine("follow-on", ticket.id, words)


def _describe_challenge(eyes: SeatView, ticket: Ticket) -> str:
    first = min(eyes.board.challenges(ticket), key=lambda challenge: challenge.until)
    words = f"this claim is challenged by {quote_line(first.seat)}, which ends it after "
    words += f"{format_timestamp(first.until)} unless this seat answers; `git ledger alive {ticket.id}` does"
    return words


def _describe_claim(ticket: Ticket) -> str:
    since = f" since {format_timestamp(ticket.held_since)}" if ticket.held_since else ""
    return f"held{since}: {quote_line(ticket.subject)}"


def _is_claimable_follow_on(eyes: SeatView, ticket: Ticket) -> bool:
    return ticket.parent is not None and awaits_claim(eyes.board.tickets, ticket)


def _find_confirmations_due(eyes: SeatView) -> Iterator[Mine]:
    for ticket in eyes.board.unsettled_tickets():
        if ticket.provisional and ticket.opened_by == eyes.seat:
            yield Mine("confirm", ticket.id, f"provisional, filed by this seat: {quote_line(ticket.subject)}")
        if has_lost_opening(ticket, eyes.seat):
            lost = next(other.subject for other in ticket.collisions if other.seat == eyes.seat)
            words = (
                f"the number went to {quote_line(ticket.opened_by)}; this seat's "
                f"own lost it: {quote_line(lost)}"
            )
            yield Mine("confirm", ticket.id, words)


def _find_rulings_due(eyes: SeatView) -> Iterator[Mine]:
    """Rulings that this seat owes: those that name it; a strat of the config owes all that are waited for."""
    rules = eyes.config.role(eyes.seat) == "strat"
    for ticket in eyes.board.open_tickets():
        due = [on for on in find_awaited_rulings(ticket.blocked_on) if on not in eyes.board.ruled]
        waits = awaits_unnamed_ruling(ticket) or (ticket.state is State.BLOCKED and due)
        if ticket.owner == f"awaiting-{eyes.seat}-ruling" or (rules and waits):
            on = (
                f" on {', '.join(map(quote_name, due))}"
                if due
                else f" that it does not name ({describe_unnamed_wait(ticket)})"
            )
            yield Mine("ruling", ticket.id, f"waits for a ruling{on}: {quote_line(ticket.subject)}")


def _find_unanswered_notes(eyes: SeatView) -> list[Post]:
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
        if not _is_answered_note(eyes, note):
            notes.append(note)
    return notes


def _is_answered_note(eyes: SeatView, note: Post) -> bool:
    on_ticket = eyes.board.newest_post_on(note.item, eyes.seat) if note.item else None
    letter = eyes.board.newest_post_to(eyes.seat, note.seat)
    # Any post on the ticket counts as an answer, whatever it says: nothing here understands prose.
    answers = (on_ticket, letter.id if letter is not None else None)
    return any(answer is not None and not eyes.board.is_before(answer, note.id) for answer in answers)


_LEFT = {
    "gate": "behind a gate",
    "owner": "meant for another seat",
    "provisional": "not confirmed yet",
    "ambiguous": "under a number that this seat lost",
    "declined": "declined by this seat",
    "cold": "out of this seat's lanes",
}
"""What keeps an AWAITING_CLAIM ticket from a seat that may claim, in words; the first reason is told."""


def describe_turn(eyes: SeatView) -> str:
    """Why the turn may end or not: what is claimable, else what is against it, and what the seat holds."""
    if eyes.claimable_tickets:
        return _name_first_claimable(eyes)
    if eyes.reasons_against_any:
        return "; ".join(reason.detail for reason in eyes.reasons_against_any)
    held = f"; {eyes.seat} holds {', '.join(eyes.held_items)}" if eyes.held_items else ""
    return f"{_why_nothing_claimable(eyes)}{held}"


def _name_first_claimable(eyes: SeatView) -> str:
    return (
        f"{_count_in_words(len(eyes.fitting_tickets), 'ticket')} claimable for "
        f"{eyes.seat}, {eyes.fitting_tickets[0].id} first"
    )


def _why_nothing_claimable(eyes: SeatView) -> str:
    waiting = [ticket for ticket in eyes.board.open_tickets() if awaits_claim(eyes.board.tickets, ticket)]
    if not waiting:
        return "no ticket awaits a claim"
    reasons = Counter(
        next(_LEFT[why.reason] for why in eyes.why_not_claimable(ticket) if why.reason in _LEFT)
        for ticket in waiting
    )
    left = ", ".join(f"{n} {words}" for words, n in reasons.most_common())
    return f"nothing is claimable for {eyes.seat}; of {_count_in_words(len(waiting), 'open ticket')}, {left}"


def _count_in_words(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
