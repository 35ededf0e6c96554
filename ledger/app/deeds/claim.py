"""`claim`: takes a ticket, exclusively; checking and claiming are one step."""

from math import ceil
from typing import Any

from ledger.app.deeds.append import wish
from ledger.app.deeds.challenge import (
    Asker,
    ChallengeStep,
    open_asker,
    request_auto_release,
    request_challenge,
)
from ledger.app.ledger import Ledger
from ledger.app.read.load import find_ticket, read_feed
from ledger.app.write.judging import judge_case, view_whole_feed
from ledger.app.write.loop import commit_request, request_write
from ledger.app.write.viewing import find_expected_moves
from ledger.core.board.board import BoardOverlay
from ledger.core.board.challenges import find_challenge_of
from ledger.core.board.folding import find_directive
from ledger.core.board.records import Holder, find_claim_holder
from ledger.core.board.tables import join_key
from ledger.core.board.transitions import describe_claim_elsewhere, describe_holder
from ledger.core.board.waits import is_unblocked
from ledger.core.dataclass import dataclass, replace
from ledger.core.durations import format_duration
from ledger.core.errors import LedgerError
from ledger.core.model import State, Ticket
from ledger.core.queue.briefing import Brief, collect_brief
from ledger.core.write.plan import PlanView, plan
from ledger.core.write.requests import PostRequest, WriteRequest


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """Who holds a ticket: `claimed` is true when it is this seat; `holder` is None when it is free.

    `unblocked_by` are the tickets on which it was BLOCKED until this claim, all of them DONE. `brief` is
    its text, for a seat that took it. `other_clone` is the clone from which this seat had
    claimed it, where that is not this one.
    """

    item: str
    claimed: bool
    holder: Holder | None
    warnings: tuple[str, ...] = ()
    unblocked_by: tuple[str, ...] = ()
    brief: Brief | None = None
    other_clone: str | None = None


def claim_ticket(
    ledger: Ledger, item: str, branch: str | None = None, worktree: str | None = None
) -> ClaimResult:
    """Take the ticket. Raises LedgerError `held` and the like.

    Asking again by the holder succeeds; it writes only what is new: another branch, worktree or clone, or
    a sign of life once half of the claim's time is over.
    """

    unblocked_by: tuple[str, ...] = ()
    elsewhere: Ticket | None = None

    def unless_held(view: PlanView, intent: WriteRequest) -> WriteRequest:
        nonlocal unblocked_by, elsewhere
        ticket = view.board.tickets.get(item)
        opens = ticket is not None and is_unblocked(view.board.tickets, ticket)
        unblocked_by = ticket.blocked_on if ticket is not None and opens else ()
        if ticket is None or ticket.holder != ledger.seat or ticket.life is None:
            return intent
        if not elsewhere and ledger.is_elsewhere(ticket):
            elsewhere = ticket
        # Any post of the holder answers; what would be left out as nothing new is not left out then.
        if ticket.challenged:
            return intent
        same = branch in (None, ticket.branch) and worktree in (None, ticket.worktree)
        same = same and elsewhere is None
        fresh = view.now - ticket.life.at < view.config.claim_ttl / 2
        return replace(intent, wishes=()) if same and fresh else intent

    wished = wish("actionable", item=item, state="CLAIMED", branch=branch, worktree=worktree)
    landed = commit_request(ledger, request_write(ledger, wished), unless_held)
    ticket = landed.after.board.tickets[item]
    holder = find_claim_holder(ticket, landed.after.config)
    brief = collect_brief(landed.after.board, ticket)
    words = (*([describe_claim_elsewhere(elsewhere)] if elsewhere else []), *landed.notices)
    other_clone = elsewhere.clone if elsewhere else None
    return ClaimResult(item, ticket.holder == ledger.seat, holder, words, unblocked_by, brief, other_clone)


def claim_or_challenge(
    ledger: Ledger, item: str, branch: str | None = None, worktree: str | None = None
) -> ClaimResult:
    """Take the ticket, also from a holder that is gone: ask it, and take it once it did not answer in time.

    Raises LedgerError `held` while the holder may answer or is alive; the hint says when to ask again. What
    would refuse the claim of a free ticket to this seat refuses before anybody is asked.
    """
    asker = open_asker(ledger)
    steps: list[ChallengeStep] = []

    def due(view: PlanView, intent: WriteRequest) -> WriteRequest:
        ticket = view.board.tickets.get(item)
        steps.clear()
        # A repetition of the write that ended the claim: the ticket is free by now, and it was ours to end.
        if (ended := _find_landed_release(view, intent, item)) is not None:
            return replace(intent, wishes=(ended, claims))
        if ticket is None or ticket.holder in (None, ledger.seat):
            return _with_posts(view, intent, claims)
        whole = view_whole_feed(view)
        steps.append(step := asker.step(whole, ticket, intent.at))
        if step is ChallengeStep.END:
            return _with_posts(view, intent, request_auto_release(ledger, view.board, ticket), claims)
        # Nobody is asked in vain: a challenge costs its holder an answer.
        _refuse_hopeless_claim(view, replace(intent, wishes=(claims,)), ticket)
        if step is ChallengeStep.ASK:
            return _with_posts(view, intent, request_challenge(ledger, whole, ticket))
        raise _explain_still_held(ledger, asker, view, ticket)

    claims = wish("actionable", item=item, state="CLAIMED", branch=branch, worktree=worktree)
    landed = commit_request(ledger, request_write(ledger, claims), due)
    asker.keep(landed.after.board, landed.answer.posts)
    ticket = landed.after.board.tickets[item]
    if steps == [ChallengeStep.ASK]:
        raise _explain_still_held(ledger, open_asker(ledger), landed.after, ticket)
    holder = find_claim_holder(ticket, landed.after.config)
    brief = collect_brief(landed.after.board, ticket)
    return ClaimResult(item, ticket.holder == ledger.seat, holder, landed.notices, brief=brief)


def _find_landed_release(view: PlanView, intent: WriteRequest, item: str) -> PostRequest | None:
    """The end of the claim of `item` with which a repeated intent has landed, as it was said then."""
    name = view.board.seen.get(join_key(intent.seat, intent.nonce))
    post = view.board.posts[name] if name else None
    if post is None or post.item != item or find_directive(post, "AUTO-RELEASE") is None:
        return None
    return wish("actionable", post.body, item=item, state="AWAITING_CLAIM")


def _refuse_hopeless_claim(view: PlanView, intent: WriteRequest, ticket: Ticket) -> None:
    """Raise what would refuse this claim of a ticket if its holder had given it back."""
    free = replace(ticket, state=State.AWAITING_CLAIM, holder=None, life=None, challenged=False)
    trial = BoardOverlay(view.board)
    trial.tickets.put(ticket.id, free)
    _, answers = plan(replace(view, board=trial), [intent], judge_case)
    answer = answers[intent.nonce]
    if isinstance(answer, LedgerError):
        raise answer


def _with_posts(view: PlanView, intent: WriteRequest, *wishes: PostRequest) -> WriteRequest:
    """The intent with other wishes, and with what these expect of their tickets on this view."""
    found = replace(intent, wishes=wishes)
    return replace(found, expects=find_expected_moves(view.board, found))


def _explain_still_held(ledger: Ledger, asker: Asker, view: PlanView, ticket: Ticket) -> LedgerError:
    """What a seat is told whose ticket has a holder that may still answer, or that nobody may ask yet."""
    again = f"`git ledger claim {ticket.id} --challenge`"
    details: dict[str, Any] = {"item": ticket.id, "holder": find_claim_holder(ticket, view.config)}
    mine = find_challenge_of(view.board, ticket, ledger.seat, ledger.clone)
    left = asker.left(ticket, mine) if mine is not None else None
    if mine is None or left is None:
        hint = f"{again} asks it once it was silent for {format_duration(view.config.claim_ttl)}"
        return LedgerError("held", describe_holder(ticket), hint, details)
    seconds = max(1, ceil(left.total_seconds()))
    words = (
        f"{describe_holder(ticket)}; it was asked whether it is alive, and may answer for another {seconds} s"
    )
    details |= {"challenge": mine, "ask_again_s": seconds}
    return LedgerError("held", words, f"{again} after that takes the ticket, if nobody answered", details)


def find_holder(ledger: Ledger, item: str) -> ClaimResult:
    """Only ask: who holds the ticket. Raises LedgerError `no-such-ticket`."""
    feed = read_feed(ledger)
    ticket = find_ticket(feed, item)
    mine = ticket.holder is not None and ticket.holder == (
        ledger.options.seat or ledger.repo.config("ledger.seat")
    )
    return ClaimResult(item, mine, find_claim_holder(ticket, feed.config))
