"""What seats do: a function a deed, which writes posts, or gives False where there is nothing to do it to."""

from collections.abc import Mapping
from datetime import timedelta

from ledger.core.model import State, Ticket
from ledger.core.write.requests import Value
from tests.random_feeds.book import CLONES, NOTHING, SEATS, Book, fields_of

S = State
SUBJECTS = ("Work", "Work", "Gr\u00fc\u00dfe, \"so\" & 'so' \U0001f9ed", "a: b # c", "7")
WORDS = ("the weather", "a decision by strat", "a ruling, some day")


def open_ticket(book: Book) -> bool:
    """Open a ticket under a number of its own."""
    seat = book.pick_seat(book.dice.choice((None, "A-1")))
    return _open(book, seat, book.take_number(seat))


def open_again(book: Book) -> bool:
    """Open a ticket that is there already: two openings collide."""
    ticket = book.pick_ticket()
    return ticket is not None and _open(book, book.pick_seat(), ticket.id)


def open_unknown(book: Book) -> bool:
    """Say something of a ticket that nobody opened."""
    state = book.dice.choice(("CLAIMED", "DONE", "AWAITING_CLAIM"))
    book.write_post(book.pick_seat(), "actionable", "why", {"item": "CMB-0998", "state": state})
    return True


def _open(book: Book, seat: str, item: str) -> bool:
    dice, fields = book.dice, dict[str, Value]()
    state = dice.choice(("AWAITING_CLAIM",) * 6 + ("CLAIMED", "BLOCKED"))
    fields |= {"item": item, "state": state, "subject": dice.choice(SUBJECTS)}
    if state == "BLOCKED":
        fields["blocked_on"] = draw_waits(book)
    if book.draws(0.2):
        fields["after"] = (book.pick_item(),)
    if book.draws(0.1):
        fields["owner"] = dice.choice((*SEATS, "awaiting-STRAT-1-ruling"))
    if book.draws(0.2):
        fields |= {
            "lane": dice.choice("xy"),
            "priority": dice.choice(("HIGH", "LOW")),
            "parent": book.pick_item(),
        }
    if book.draws(0.1):
        fields["related"] = (book.pick_item(), f"DAY-202611{book.dice.randrange(20, 26)}09")
    if book.draws(0.2):
        fields |= draw_extras(book)
    body = f"CONFIRM-PENDING: {item}" if book.draws(0.08) else "what it is about"
    book.write_post(seat, "actionable", body, fields)
    return True


def draw_extras(book: Book) -> dict[str, Value]:
    """Labels, criteria and a time, or some of them."""
    dice = book.dice
    extras: dict[str, Value] = {
        "labels": tuple(dice.sample(("ui", "docs", "Ä/ö"), dice.randrange(4))),
        "criteria": tuple(dice.sample(("one: of them", "two", 'it is "so"', "four"), dice.randrange(5))),
        "due": dice.choice(("2026-11-20", "2026-11-21T03:00Z", "none")),
    }
    return {name: value for name, value in extras.items() if book.draws(0.7)}


def draw_waits(book: Book) -> tuple[str, ...]:
    """What a block waits for: tickets, rulings, words, or nothing that is named."""
    waits = [book.pick_item() for _ in range(book.dice.choice((0, 1, 1, 1, 2)))]
    kinds = ("{}", "{}", "ruling:{}", "ruling:{}", book.dice.choice(WORDS))
    return tuple(dict.fromkeys(book.dice.choice(kinds).format(item) for item in waits))


def claim(book: Book) -> bool:
    """Claim a ticket that waits for a claim, or that is blocked no longer."""
    ticket = book.pick_ticket(S.AWAITING_CLAIM, S.AWAITING_CLAIM, S.BLOCKED)
    if ticket is None:
        return False
    branch = "cards" if book.draws(0.3) else ""
    where = fields_of(clone=book.dice.choice((*CLONES, "")), branch=branch, worktree="/w/1")
    seat = book.pick_seat(ticket.owner)
    book.write_post(seat, "actionable", "", {"item": ticket.id, "state": "CLAIMED", **where})
    return True


def renew(book: Book) -> bool:
    """Claim once more what the seat holds."""
    return _move(book, "CLAIMED", "", S.CLAIMED)


def finish(book: Book) -> bool:
    """Close what the seat holds, saying what is met, why not, or neither."""
    met = book.dice.choice(((), ("all",), ("1",), ("2", "1"), ("9",)))
    return _move(book, "DONE", book.dice.choice(("done", "")), S.CLAIMED, fields=fields_of(met=met))


def park(book: Book) -> bool:
    """Put a ticket off."""
    return _move(book, "PARKED", "later", S.CLAIMED, S.AWAITING_CLAIM, S.BLOCKED)


def cancel(book: Book) -> bool:
    """Give a ticket up."""
    return _move(book, "CANCELLED", "" if book.goes_wrong() else "no", S.CLAIMED, S.PARKED, S.BLOCKED)


def block(book: Book) -> bool:
    """Let a ticket wait for others, for rulings, or in words."""
    words = book.dice.choice(("waits", "waits for a ruling of strat", "waits"))
    named = fields_of(blocked_on=draw_waits(book))
    return _move(book, "BLOCKED", words, S.CLAIMED, S.AWAITING_CLAIM, S.BLOCKED, fields=named)


def release(book: Book) -> bool:
    """Give a claim back, or lift a block or a parking."""
    return _move(book, "AWAITING_CLAIM", "RELEASE: it is over", S.CLAIMED, S.BLOCKED, S.PARKED)


def hand_off(book: Book) -> bool:
    """Offer a ticket to somebody."""
    body = f"HANDOFF: {book.dice.choice((*SEATS, 'open'))} (warmer: knows it)"
    if book.draws(0.1):
        body += "\nRELEASE: and it is over"
    return _move(book, "AWAITING_CLAIM", body, S.CLAIMED, S.AWAITING_CLAIM, S.BLOCKED, S.PARKED)


def reopen(book: Book) -> bool:
    """Open what was closed."""
    return _move(book, "AWAITING_CLAIM", "REPAIR: not done at all", S.DONE, S.CANCELLED)


def _move(book: Book, state: str, body: str, *froms: State, fields: Mapping[str, Value] = NOTHING) -> bool:
    """Move a ticket by whom it is up to: its holder, who blocked it, or anybody."""
    ticket = book.pick_ticket(*froms)
    if ticket is None:
        return False
    seat = book.pick_seat(ticket.holder or ticket.blocked_by)
    cites = fields_of(cites=(ticket.moved_by,) if book.draws(0.5) else ())
    book.write_post(seat, "actionable", body, {"item": ticket.id, "state": state, **fields, **cites})
    return True


def note(book: Book) -> bool:
    """Say something, on a ticket or on none; to somebody or to all."""
    ticket = book.pick_ticket()
    item = ticket.id if ticket is not None and not book.draws(0.1) else book.dice.choice(("", "CMB-0997"))
    seat = book.pick_seat(ticket.holder if ticket else None)
    words = book.dice.choice(("hello", "hello", "see post:none", "DECLINE: not a form of it", "al\u200bive"))
    fields = fields_of(item=item, to=(book.pick_seat(),) if book.draws(0.2) else ())
    met = fields_of(met=(book.dice.choice(("all", "1", "2", "7")),) if book.draws(0.2) else ())
    book.write_post(seat, "note", words if book.goes_wrong() else "hello", {**fields, **met})
    return True


def decline(book: Book) -> bool:
    """Say that somebody else should take a ticket."""
    ticket = book.pick_ticket(S.AWAITING_CLAIM)
    if ticket is None:
        return False
    reason = book.dice.choice(("cold", "capacity", "contract", "expertise"))
    words = f"DECLINE: {ticket.id} ({reason}: so)"
    book.write_post(book.pick_seat(), "note", words, {"item": ticket.id})
    return True


def challenge(book: Book) -> bool:
    """Ask whether a holder is alive, most often after a silence that is long enough."""
    ticket = book.pick_ticket(S.CLAIMED)
    if ticket is None:
        return False
    book.pass_time(timedelta(minutes=book.dice.choice((0, 100, 121, 121, 121))))
    life = ticket.life.post if ticket.life and not book.goes_wrong() else book.pick_post()
    seat, clone = book.pick_seat(), book.dice.choice(CLONES)
    grace = book.dice.choice(("10m", "10m", "1s", "2h"))
    body = f"CHALLENGE: {ticket.id} post:{life} grace:{grace} clone:{clone}"
    name = book.write_post(seat, "note", body, {"item": ticket.id})
    book.asked[ticket.id] = name, seat, clone
    return True


def answer(book: Book) -> bool:
    """Say that one is alive, on what one holds and was asked about."""
    ticket = book.pick_ticket(S.CLAIMED, where=lambda ticket: ticket.id in book.asked)
    if ticket is None:
        return False
    kind = book.dice.choice(("note", "note", "boot"))
    book.write_post(book.pick_seat(ticket.holder), kind, f"ALIVE: {ticket.id}")
    return True


def sweep(book: Book) -> bool:
    """End a claim whose holder did not answer, most often after the time that it was given."""
    ticket = book.pick_ticket(S.CLAIMED, where=lambda ticket: ticket.id in book.asked)
    if ticket is None:
        return False
    name, seat, clone = book.asked[ticket.id]
    book.pass_time(timedelta(0) if book.goes_wrong() else timedelta(hours=2, minutes=1))
    body = f"AUTO-RELEASE: post:{name} clone:{clone} (silent)"
    fields = {"item": ticket.id, "state": "AWAITING_CLAIM"}
    book.write_post(book.pick_seat(seat), "actionable", body, fields)
    return True


def rule(book: Book) -> bool:
    """Decide what tickets wait for, and say what becomes of them and of others."""
    waiting = [item for item in book.tickets if _awaits(book.board.tickets.get(item))]
    targets = [on for item in waiting for on in _awaits(book.board.tickets.get(item))]
    on = book.dice.choice(targets) if targets and not book.goes_wrong() else book.pick_item()
    owed = [item for item in waiting if on in _awaits(book.board.tickets.get(item)) and not book.goes_wrong()]
    owed += [book.pick_item() for _ in range(book.dice.choice((0, 0, 1, 1, 2)))]
    lines = [f"ABSORB: {item} -> {_outcome(book)}" for item in owed or [on]]
    closed = [
        ticket.ruled_by for item in owed if (ticket := book.board.tickets.get(item)) and ticket.ruled_by
    ]
    seat = book.pick_seat("STRAT-1")
    fields = fields_of(
        item=book.take_number(seat) if book.draws(0.25) else book.pick_item() if book.draws(0.04) else "",
        corrects=book.dice.choice(closed) if closed and book.draws(0.7) else "",
        cites=(book.pick_post(),) if book.draws(0.3) else (),
    )
    ons = tuple(dict.fromkeys((on, book.pick_item()))) if book.draws(0.15) else (on,)
    fields = {"rules_on": ons, "subject": "Which of them", **fields}
    book.write_post(seat, "ruling", "\n".join(lines), fields)
    return True


def _awaits(ticket: Ticket | None) -> list[str]:
    if ticket is None or ticket.state is not S.BLOCKED:
        return []
    return [on.removeprefix("ruling:") for on in ticket.blocked_on if on.startswith("ruling:")]


def _outcome(book: Book) -> str:
    return book.dice.choice(("DONE (so)", "AWAITING_CLAIM (so)", f"DONE absorbed-by:{book.pick_item()}"))


def amend(book: Book) -> bool:
    """Change what an opening said."""
    ticket = book.pick_ticket()
    if ticket is None:
        return False
    changes: dict[str, Value] = {
        "priority": book.dice.choice(("CRITICAL", "NORMAL")),
        "lane": book.dice.choice("xyz"),
        "owner": book.dice.choice((*SEATS, "open", "awaiting-STRAT-1-ruling")),
        "after": (book.pick_item(),),
        "subject": "Other work",
        **draw_extras(book),
    }
    chosen = {name: changes[name] for name in book.dice.sample([*changes], book.dice.choice((1, 1, 2)))}
    words = "" if book.goes_wrong() else "since it is so"
    book.write_post(book.pick_seat(), "amendment", words, {"item": ticket.id, **chosen})
    return True


def renumber(book: Book) -> bool:
    """Give an opening that lost its number, or is provisional, another one."""
    ticket = book.pick_ticket(where=lambda ticket: bool(ticket.collisions) or ticket.provisional)
    if ticket is None or book.goes_wrong():
        ticket = book.pick_ticket()
    if ticket is None:
        return False
    lost = [one.post for one in ticket.collisions] + [ticket.opening] * ticket.provisional
    opening = book.dice.choice(lost) if lost else book.pick_post()
    seat = book.pick_seat(book.posts[opening].seat if opening in book.posts else None)
    to = book.pick_item() if book.goes_wrong() else book.take_number(seat)
    body = f"AMENDMENT: {ticket.id} -> {to} post:{opening}"
    body += f"\nCONFIRM-PENDING: {to}" if book.draws(0.15) else ""
    lane = fields_of(lane="z" if book.draws(0.2) else "")
    book.write_post(seat, "amendment", body, {"item": to, **lane})
    return True


def confirm(book: Book) -> bool:
    """End the provisional phase of an opening."""
    ticket = book.pick_ticket(where=lambda ticket: ticket.provisional or book.goes_wrong())
    if ticket is None:
        return False
    words = f"CONFIRMED: {ticket.id}"
    book.write_post(book.pick_seat(ticket.opened_by), "confirm", words, {"item": ticket.id})
    return True


def boot(book: Book) -> bool:
    """Begin a life of a seat."""
    count = str(book.dice.randrange(1, 4))
    fields = fields_of(
        wip=count if book.draws(0.5) else "", cap=count if book.draws(0.3) else "", driver="cron"
    )
    book.write_post(book.pick_seat(), "boot", "up", fields)
    return True


def retire(book: Book) -> bool:
    """End a life of a seat; what it holds goes back."""
    ticket = book.pick_ticket(S.CLAIMED)
    book.write_post(book.pick_seat(ticket.holder if ticket else None), "retire", "bye")
    return True


def say_later_kind(book: Book) -> bool:
    """Post what only a later version understands."""
    fields = fields_of(item=book.pick_item(), colour=("red", "green") if book.draws(0.5) else "red")
    book.write_post(book.pick_seat(), "omen", "the future", fields)
    return True


def adopt(book: Book) -> bool:
    """See what was made by hand, as the tool does with very much of it."""
    book.write_post(book.pick_seat(), "adopt", by_hand=False)
    return True


DEEDS = {
    open_ticket: 20,
    open_again: 4,
    open_unknown: 1,
    claim: 22,
    renew: 3,
    finish: 8,
    park: 3,
    cancel: 3,
    block: 9,
    release: 8,
    hand_off: 5,
    reopen: 4,
    note: 6,
    decline: 2,
    challenge: 7,
    answer: 4,
    sweep: 6,
    rule: 9,
    amend: 6,
    renumber: 6,
    confirm: 3,
    boot: 3,
    retire: 3,
    say_later_kind: 1,
    adopt: 1,
}
"""How often each deed is tried, in shares of all."""
