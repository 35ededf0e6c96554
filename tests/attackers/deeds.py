"""Honest deeds: what seats do by hand, with posts, commits and refs of their own making."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from tests.attackers.book import GRACE, SETTINGS, is_post
from tests.attackers.draft import Draft, Unfit
from tests.attackers.objects import EMPTY_SHA, Files

Deed = Callable[[Draft], None]
TTL = timedelta(hours=2)
"""`claim_ttl`, as the settings of the attacked feed leave it."""
PROPOSALS, PROPOSED = "refs/heads/proposal-", "PRP"
CLONE = "00c0ffee00c0ffee"


def opens(draft: Draft) -> None:
    """A ticket with its number and the tip, all in one push."""
    series = draft.series()
    number = draft.free_number(series)
    draft.reserve(series, number)
    draft.raise_tip(series, number)
    draft.post(
        "actionable", "Words.", item=f"{series}-{number:04}", state="AWAITING_CLAIM", subject=f"Work {number}"
    )


def opens_claimed(draft: Draft) -> None:
    series = draft.series()
    number = draft.free_number(series)
    draft.reserve(series, number)
    draft.post("actionable", item=f"{series}-{number:04}", state="CLAIMED", subject=f"Mine {number}")


def reserves(draft: Draft) -> None:
    """A number by hand, for later; the tip stays where it is."""
    series = draft.series()
    draft.reserve(series, draft.free_number(series))


def reserves_ahead(draft: Draft) -> None:
    """A number some way above the tip."""
    series = draft.series()
    draft.reserve(series, draft.free_number(series) + draft.chance.randrange(3))


def opens_reserved(draft: Draft) -> None:
    """A ticket under a number that its seat reserved before."""
    others = [ref for ref in draft.model.reservations if f"/{PROPOSED}/" not in ref]
    own = [ref for ref in others if draft.model.owner(ref) == draft.seat]
    items = {ref: f"{ref.split('/')[2]}-{int(ref.split('/')[3]):04}" for ref in own}
    ref = draft.some([ref for ref in own if items[ref] not in draft.book.tickets.keys() | draft.touched])
    draft.post("actionable", item=items[ref], state="AWAITING_CLAIM", subject="Reserved before")


def raises_tip(draft: Draft) -> None:
    series = draft.series()
    draft.raise_tip(series, draft.free_number(series) + draft.chance.randrange(3))


def claims(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.state == "AWAITING_CLAIM" and not ticket.provisional)
    draft.post("actionable", item=ticket.id, state="CLAIMED")


def opens_provisional(draft: Draft) -> None:
    """Without a reservation, to be confirmed."""
    series = draft.series()
    item = f"{series}-{draft.free_number(series) + 5000:04}"
    if item in draft.book.tickets:
        raise Unfit
    words = f"CONFIRM-PENDING: {item}"
    draft.post("actionable", words, item=item, state="AWAITING_CLAIM", subject="Provisional")


def confirms(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.provisional and ticket.opened_by == draft.seat)
    draft.post("confirm", f"CONFIRMED: {ticket.id}", item=ticket.id)


def notes(draft: Draft) -> None:
    draft.post("note", "Words about it.", item=draft.ticket(lambda ticket: True).id)


def notes_to_all(draft: Draft) -> None:
    draft.post("note", "Words to all.")


def done(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.holder == draft.seat)
    draft.post("actionable", "Done.", item=ticket.id, state="DONE")


def releases(draft: Draft) -> None:
    ticket = draft.ticket(lambda ticket: ticket.holder == draft.seat)
    draft.post("actionable", "RELEASE: no time", item=ticket.id, state="AWAITING_CLAIM")


def hands_off(draft: Draft) -> None:
    """The holder gives its ticket back to everybody."""
    ticket = draft.ticket(lambda ticket: ticket.holder == draft.seat)
    draft.post("actionable", "HANDOFF: open (capacity: too much)", item=ticket.id, state="AWAITING_CLAIM")


def blocks(draft: Draft) -> None:
    """A ticket waits for a ruling on another one."""
    ruled_on = draft.book.ruled_on
    other = draft.ticket(lambda ticket: ticket.state == "AWAITING_CLAIM" and ticket.id not in ruled_on)
    draft.touched.add(other.id)
    ticket = draft.ticket(lambda ticket: ticket.state == "AWAITING_CLAIM")
    waits = [f"ruling:{other.id}"]
    draft.post("actionable", "It must be decided.", item=ticket.id, state="BLOCKED", blocked_on=waits)


def rules(draft: Draft) -> None:
    """A strat decides, and frees every ticket that waits for the decision."""
    waiting = [ticket for ticket in draft.book.tickets.values() if ticket.state == "BLOCKED"]
    asked = {words.removeprefix("ruling:") for ticket in waiting for words in ticket.blocked_on}
    on = str(draft.some(sorted(asked - draft.touched)))
    freed = [ticket.id for ticket in waiting if ticket.blocked_on == [f"ruling:{on}"]]
    lines = "\n".join(f"ABSORB: {item} -> AWAITING_CLAIM (work continues)" for item in freed)
    draft.touched.update(freed)
    draft.post("ruling", lines, rules_on=[on], subject="Which stands")


def repairs(draft: Draft) -> None:
    """A strat opens again what was DONE."""
    ticket = draft.ticket(lambda ticket: ticket.state == "DONE")
    draft.post("actionable", "REPAIR: it was not", item=ticket.id, state="AWAITING_CLAIM")


def says_alive(draft: Draft) -> None:
    """Of what it holds; of what others ask about, where they do."""
    held = [ticket for ticket in draft.book.held_by(draft.seat) if ticket.id not in draft.touched]
    asked = [ticket for ticket in held if ticket.challenge is not None]
    items = [ticket.id for ticket in asked] or [draft.some(held).id]
    draft.post("note", "\n".join(f"ALIVE: {item}" for item in items))
    draft.touched.update(items)


def challenges(draft: Draft) -> None:
    """A holder that was silent for long is asked."""
    ticket = draft.ticket(
        lambda ticket: (
            ticket.holder not in (None, draft.seat)
            and ticket.challenge is None
            and ticket.life is not None
            and ticket.life.let_in is not None
            and draft.now - ticket.life.let_in >= TTL
        )
    )
    assert ticket.life is not None
    draft.post(
        "note", f"CHALLENGE: {ticket.id} post:{ticket.life.id} grace:10m clone:{CLONE}", item=ticket.id
    )


def ends_unanswered(draft: Draft) -> None:
    """The seat that asked ends the claim, long after."""
    ticket = draft.ticket(
        lambda ticket: (
            ticket.challenge is not None
            and ticket.challenge.seat == draft.seat
            and ticket.challenge.let_in is not None
            and draft.now - ticket.challenge.let_in >= GRACE
        )
    )
    assert ticket.challenge is not None
    words = f"AUTO-RELEASE: post:{ticket.challenge.id} clone:{CLONE} (silent)"
    draft.post("actionable", words, item=ticket.id, state="AWAITING_CLAIM")


def boots(draft: Draft) -> None:
    draft.post("boot", lanes=["cmb"])


def commits_twice(draft: Draft) -> None:
    """Each post in a commit of its own."""
    notes_to_all(draft)
    draft.seal()
    notes_to_all(draft)
    draft.seal()


def merges(draft: Draft) -> None:
    """A clone that fell behind merges what it has with what is there."""
    base = draft.some(draft.model.history_of)
    now = draft.files
    draft.files = draft.model.server.files(base)
    path = draft.post("note", "From a clone that was behind.")
    side = draft.objects.commit(draft.objects.tree_of(draft.files), [base])
    draft.files = now | {path: draft.files[path]}
    draft.seal(side, message="merge")


def proposes(draft: Draft) -> None:
    """Another branch with a ticket that waits for review; its number is reserved at once."""
    series = PROPOSED
    number = draft.free_number(series)
    draft.reserve(series, number)
    now = draft.files
    draft.files = dict(draft.model.files)
    item = f"{series}-{number:04}"
    draft.post("actionable", "Look at it.", item=item, state="AWAITING_CLAIM", subject="Proposed")
    commit = draft.objects.commit(draft.objects.tree_of(draft.files), [draft.base])
    draft.files = now
    draft.commands.append((EMPTY_SHA, commit, f"{PROPOSALS}{draft.seat}-{draft.nonce()}"))


def proposal(draft: Draft, whose: Callable[[str], bool]) -> tuple[str, Files]:
    """A proposal that has not landed, by a seat of which this is so: its ref, and the posts that it adds."""
    files, landed = draft.model.server.files, draft.model.landed
    for ref in sorted(draft.model.refs):
        if ref.startswith(PROPOSALS) and whose(ref.removeprefix(PROPOSALS)[:-17]):
            added = {path: file for path, file in files(draft.model.refs[ref]).items() if is_post(path)}
            if added := {path: file for path, file in added.items() if path not in landed}:
                return ref, added
    raise Unfit


def lands_proposal(draft: Draft) -> None:
    """Its author rebases it, and takes the branch away."""
    ref, added = proposal(draft, lambda seat: seat == draft.seat)
    draft.files |= added
    draft.commands.append((draft.old(ref), EMPTY_SHA, ref))


def merges_proposal(draft: Draft) -> None:
    """Its author merges it; the branch stays."""
    ref, added = proposal(draft, lambda seat: seat == draft.seat)
    draft.files |= added
    draft.seal(draft.model.refs[ref], message="merge")


def works_on_code(draft: Draft) -> None:
    """Files beside the feed, branches and tags are nobody's business."""
    draft.put("src/code.txt", draft.nonce())
    commit = draft.objects.commit(draft.objects.tree_of(draft.files), [draft.tip])
    draft.commands.append((EMPTY_SHA, commit, f"refs/heads/work-{draft.nonce()}"))
    draft.commands.append((EMPTY_SHA, draft.objects.tag(commit, "v1"), f"refs/tags/v-{draft.nonce()}"))


def rewrites_own_branch(draft: Draft) -> None:
    ref = draft.some([ref for ref in sorted(draft.model.refs) if ref.startswith("refs/heads/work-")])
    commit = draft.objects.commit(draft.objects.tree_of({}), [])
    draft.commands.append((draft.old(ref), draft.chance.choice([commit, EMPTY_SHA]), ref))


def explains(draft: Draft) -> None:
    """The README of the feed is anybody's."""
    draft.put("feed/README.md", f"# The feed\n\n{draft.nonce()}\n")


def sets_up(draft: Draft) -> None:
    """Those who may change the settings."""
    text = draft.model.server.contents([draft.files[SETTINGS].oid])[0].decode()
    kept = [line for line in text.splitlines() if not line.startswith("dark_after")]
    draft.put(SETTINGS, "\n".join([*kept, f"dark_after: {draft.chance.randrange(5, 60)}m", ""]))


def announces(draft: Draft) -> None:
    """A clone says that it is about to write, or takes that back."""
    there = [ref for ref in draft.model.refs if ref.startswith("refs/ledger/announce/")]
    if there and draft.chance.random() < 0.5:
        ref = draft.some(there)
        draft.commands.append((draft.old(ref), EMPTY_SHA, ref))
    else:
        blob = draft.objects.blob(draft.nonce())
        draft.commands.append((EMPTY_SHA, blob, f"refs/ledger/announce/{CLONE}/{draft.nonce()}"))


BY_WORKERS: Sequence[Deed] = (
    *(
        opens,
        opens_claimed,
        reserves,
        reserves_ahead,
        opens_reserved,
        raises_tip,
        claims,
        notes,
        notes_to_all,
    ),
    *(done, releases, hands_off, blocks, says_alive, challenges, ends_unanswered, boots, commits_twice),
    *(opens_provisional, confirms),
    *(merges, proposes, lands_proposal, merges_proposal, works_on_code, rewrites_own_branch, explains),
    announces,
)
BY_DECIDERS: Sequence[Deed] = (rules, repairs, sets_up)
DEEDS = (*BY_WORKERS, *BY_DECIDERS)
