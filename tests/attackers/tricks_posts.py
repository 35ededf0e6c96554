"""Tricks with what posts say: in whose name, about what, when, and in what form."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.attackers.book import Ticket
from tests.attackers.deeds import CLONE, proposal
from tests.attackers.draft import CAMBER, STRAT, WORKERS, Draft, post_path, render
from tests.attackers.tricks_feed import Trick


def posts_as_another(draft: Draft) -> None:
    draft.post(
        "note", "I am somebody else.", seat=draft.chance.choice([CAMBER, STRAT, "camber-01", "NOBODY-9"])
    )


def puts_its_name_beside(draft: Draft) -> None:
    """The name in the path is the pusher's, the seat in the header another's; or the other way round."""
    moment = "2026-01-05T09:00:00.000Z"
    inside, outside = draft.chance.sample([draft.seat, CAMBER], 2)
    path = post_path(moment, outside, draft.nonce())
    draft.put(path, render({"seat": inside, "at": moment, "kind": "note"}, "Who?"))


def _held_by_others(draft: Draft) -> Ticket:
    return draft.ticket(lambda ticket: ticket.holder not in (None, draft.seat))


def closes_anothers(draft: Draft) -> None:
    state = draft.chance.choice(["DONE", "CANCELLED", "PARKED", "BLOCKED"])
    draft.post("actionable", "Because.", item=_held_by_others(draft).id, state=state)


def claims_anothers(draft: Draft) -> None:
    draft.post("actionable", item=_held_by_others(draft).id, state="CLAIMED")


def releases_anothers(draft: Draft) -> None:
    words = draft.chance.choice(["RELEASE: it is free", "HANDOFF: open (capacity: so)", "REPAIR: so"])
    draft.post("actionable", words, item=_held_by_others(draft).id, state="AWAITING_CLAIM")


def moves_before_the_claim(draft: Draft) -> None:
    """A date before the holder's: among posts made by hand it would stand before the claim."""
    ticket = _held_by_others(draft)
    state = draft.chance.choice(["CLAIMED", "CANCELLED", "PARKED", "BLOCKED"])
    at = draft.now - timedelta(days=draft.chance.choice([0, 1, 30]), hours=draft.chance.randrange(40))
    draft.post("actionable", "Because.", item=ticket.id, state=state, at=at)


def moves_before_all(draft: Draft) -> None:
    """A block that is dated right behind the opening."""
    ticket = _held_by_others(draft)
    opened = draft.book.posts[ticket.opening].fields["at"]
    at = datetime.strptime(opened, "%Y-%m-%dT%H:%M:%S.%fZ") + timedelta(
        milliseconds=draft.chance.choice([-1, 1, 500])
    )
    state = draft.chance.choice(["CLAIMED", "CANCELLED", "BLOCKED"])
    draft.post("actionable", "Because.", item=ticket.id, state=state, at=at)


def goes_on_past_the_claim(draft: Draft) -> None:
    """A place on the chain that names no hand-made claim as seen, so that it would stand before it."""
    chain = [post for post in draft.book.posts.values() if "seq" in post.fields]
    ticket = _held_by_others(draft)
    last = max(chain, key=lambda post: int(post.fields["seq"]), default=None)
    place = {"seq": int(last.fields["seq"]) + 1, "prev": last.id} if last else {"seq": 1}
    state = draft.chance.choice(["CLAIMED", "CANCELLED", "BLOCKED"])
    draft.post("actionable", "Because.", item=ticket.id, state=state, **place)


def opens_again(draft: Draft) -> None:
    item = draft.ticket(lambda ticket: True).id
    at = draft.now - timedelta(days=draft.chance.choice([0, 400]))
    draft.post("actionable", item=item, state="AWAITING_CLAIM", subject="Mine", at=at)


def opens_twice(draft: Draft) -> None:
    series = draft.series()
    number = draft.free_number(series)
    draft.reserve(series, number)
    for subject in ("One", "Another"):
        item = f"{series}-{number:04}"
        draft.post("actionable", item=item, state="AWAITING_CLAIM", subject=subject)


def opens_unreserved(draft: Draft) -> None:
    series = draft.some(sorted(draft.model.tips))
    number = draft.free_number(series) + draft.chance.choice([0, 1, 77])
    draft.post("actionable", item=f"{series}-{number:04}", state="AWAITING_CLAIM", subject="Mine")


def opens_anothers(draft: Draft) -> None:
    """Under a number that another seat reserved."""
    _, item = anothers_number(draft)
    body = draft.chance.choice(["", f"CONFIRM-PENDING: {item}"])
    draft.post("actionable", body, item=item, state="AWAITING_CLAIM", subject="Mine")


def anothers_number(draft: Draft) -> tuple[str, str]:
    """A reservation of another seat under which nothing was opened, and the ticket that it is for."""
    names = draft.book.names(draft.pusher) if draft.pusher else {draft.seat}
    others = {}
    for ref in draft.model.reservations:
        _, _, series, number = ref.split("/")
        item = f"{series}-{int(number):04}"
        if item not in draft.book.tickets and draft.model.owner(ref) not in {None, *names}:
            others[ref] = item
    above = [ref for ref in others if int(ref.split("/")[3]) > draft.model.tips.get(ref.split("/")[2], 0)]
    ref = draft.some(sorted(above or others))
    return ref, others[ref]


def misspells_a_number(draft: Draft) -> None:
    series = draft.series()
    number = draft.free_number(series)
    draft.reserve(series, number)
    spelled = draft.chance.choice(
        [f"{series}-{number}", f"{series}-{number:09}", f"{series.lower()}-{number:04}"]
    )
    draft.post("actionable", item=spelled, state="AWAITING_CLAIM", subject="Odd")


def rules_without_right(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.state not in ("DONE", "CANCELLED"))
    draft.post("ruling", f"ABSORB: {ticket.id} -> DONE (so)", rules_on=[ticket.id], subject="I decide")


def rules_without_lines(draft: Draft) -> None:
    draft.post("ruling", "So be it.", rules_on=[draft.ticket(lambda ticket: True).id], subject="Nothing")


def amends_anothers(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.opened_by != draft.seat and ticket.holder != draft.seat)
    draft.post("amendment", item=ticket.id, subject="Mine now")


def moves_an_opening(draft: Draft) -> None:
    """An opening of another seat gets another number."""
    ticket = draft.ticket(lambda ticket: ticket.opened_by != draft.seat)
    series = draft.series()
    number = draft.free_number(series)
    draft.reserve(series, number)
    to = f"{series}-{number:04}"
    draft.post("amendment", f"AMENDMENT: {ticket.id} -> {to} post:{ticket.opening}", item=to)


def waits_for_nothing(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.state == "AWAITING_CLAIM")
    draft.post("actionable", "It waits.", item=ticket.id, state="BLOCKED", blocked_on=["CMB-9876"])


def renumbers_a_nonce(draft: Draft) -> None:
    """A nonce of a post that landed, by the same seat."""
    own = [post for post in draft.book.posts.values() if post.seat == draft.seat]
    draft.post("note", "Another one.", nonce=draft.some(own).id[-16:])


def posts_twins(draft: Draft) -> None:
    nonce = draft.nonce()
    for words in ("One.", "Another."):
        draft.post("note", words, nonce=nonce)


def replays_a_proposal(draft: Draft) -> None:
    """Somebody's proposal, landed by another under its own name or as it is."""
    _, added = proposal(draft, lambda seat: seat != draft.seat)
    path = draft.some(sorted(added))
    text = draft.model.server.contents([added[path].oid])[0].decode()
    author = next(seat for seat in (*WORKERS, STRAT) if f"-{seat.lower()}-" in path)
    if draft.chance.random() < 0.5:
        path = path.replace(f"-{author.lower()}-", f"-{draft.seat.lower()}-")
        text = text.replace(f"seat: {author}", f"seat: {draft.seat}")
    draft.put(path, text)


# Challenges


def challenges_too_early(draft: Draft) -> None:
    """A date long past or long ahead, so that the holder would look silent."""
    ticket = draft.ticket(
        lambda ticket: (
            ticket.life is not None
            and ticket.holder != draft.seat
            and ticket.life.let_in is not None
            and draft.now - ticket.life.let_in < timedelta(hours=1, minutes=50)
        )
    )
    assert ticket.life is not None
    at = draft.now + timedelta(hours=draft.chance.choice([-50, 0, 50]))
    draft.post("note", _challenge(ticket, ticket.life.id), item=ticket.id, at=at)


def challenges_for_a_moment(draft: Draft) -> None:
    ticket = _held_by_others(draft)
    assert ticket.life is not None
    draft.post("note", _challenge(ticket, ticket.life.id, "1s"), item=ticket.id)


def challenges_an_old_sign(draft: Draft) -> None:
    """It names the opening, and not the last sign of life."""
    ticket = draft.ticket(lambda ticket: ticket.life is not None and ticket.life.id != ticket.opening)
    draft.post("note", _challenge(ticket, ticket.opening), item=ticket.id)


def asks_and_ends_at_once(draft: Draft) -> None:
    """Both in one push, hours apart by their own dates."""
    ticket = _held_by_others(draft)
    assert ticket.life is not None
    then = draft.now - timedelta(hours=draft.chance.choice([1, 50]))
    path = draft.post("note", _challenge(ticket, ticket.life.id), item=ticket.id, at=then)
    if draft.chance.random() < 0.5:
        draft.seal()
    _ends(draft, ticket, path.rpartition("/")[2].removesuffix(".md"))


def ends_too_early(draft: Draft) -> None:
    """Its own challenge landed a moment ago; the date says otherwise."""
    ticket = draft.ticket(lambda ticket: _asked(ticket, draft) and ticket.challenge.seat == draft.seat)  # type: ignore[union-attr]
    assert ticket.challenge is not None
    _ends(draft, ticket, ticket.challenge.id, timedelta(hours=draft.chance.choice([1, 100])))


def _asked(ticket: Ticket, draft: Draft) -> bool:
    asked = ticket.challenge
    return asked is not None and asked.let_in is not None and draft.now - asked.let_in < timedelta(minutes=10)


def ends_by_anothers_challenge(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.challenge is not None and ticket.challenge.seat != draft.seat)
    assert ticket.challenge is not None
    _ends(draft, ticket, ticket.challenge.id, timedelta(hours=5))


def ends_what_was_answered(draft: Draft) -> None:
    """A challenge to which the holder answered."""
    asked = [
        (post, ticket)
        for post in draft.book.posts.values()
        if post.seat == draft.seat and post.directives("CHALLENGE")
        and (ticket := draft.book.tickets[post.item or ""]).holder not in (None, draft.seat)
        and ticket.challenge is None
    ]  # fmt: skip
    post, ticket = draft.some(asked)
    _ends(draft, ticket, post.id, timedelta(hours=5))


def ends_without_asking(draft: Draft) -> None:
    """It names a post that is no challenge, or none at all."""
    ticket = _held_by_others(draft)
    names = [ticket.opening, "20260105T080000000Z-mallory-0000000000000000"]
    _ends(draft, ticket, draft.chance.choice(names))


def _challenge(ticket: Ticket, post: str, grace: str = "10m") -> str:
    return f"CHALLENGE: {ticket.id} post:{post} grace:{grace} clone:{CLONE}"


def _ends(draft: Draft, ticket: Ticket, post: str, later: timedelta = timedelta(0)) -> None:
    words = f"AUTO-RELEASE: post:{post} clone:{CLONE} (silent)"
    draft.post("actionable", words, item=ticket.id, state="AWAITING_CLAIM", at=draft.moment() + later)


BY_ATTACKER: Sequence[Trick] = (
    *(posts_as_another, puts_its_name_beside, closes_anothers, claims_anothers, releases_anothers),
    *(
        moves_before_the_claim,
        moves_before_all,
        goes_on_past_the_claim,
        opens_again,
        opens_anothers,
        rules_without_right,
    ),
    *(amends_anothers, moves_an_opening, renumbers_a_nonce, replays_a_proposal),
    *(challenges_for_a_moment, challenges_an_old_sign, asks_and_ends_at_once),
    *(ends_by_anothers_challenge, ends_what_was_answered, ends_without_asking),
)
BY_TIME: Sequence[Trick] = (challenges_too_early, ends_too_early)
BY_ANYBODY: Sequence[Trick] = (
    *(opens_twice, opens_unreserved, misspells_a_number, rules_without_lines, waits_for_nothing, posts_twins),
)
