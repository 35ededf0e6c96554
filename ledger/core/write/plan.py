"""What to write, decided purely: intents judged in turn, each on the state left by the one before.

`plan` never looks at the world. It is called again with a fresh view whenever a swap was beaten, and
can be called by anyone who holds an intent.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ledger.core.board.board import Board, BoardOverlay
from ledger.core.board.challenges import challenged_tickets, render_alive
from ledger.core.board.fold import fold_onto
from ledger.core.board.kinds import kind_of
from ledger.core.board.records import find_holder
from ledger.core.board.transitions import describe_holder
from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.model import Finding, Post, Severity, State
from ledger.core.write.drafts import PostDrafts, draft_posts
from ledger.core.write.numbers import Reservation, Series
from ledger.core.write.repeat import find_landed_posts
from ledger.core.write.requests import PostRequest, WriteRequest
from ledger.core.write.seat_names import collect_seat_notices


@dataclass(frozen=True, slots=True)
class PlanView:
    """The authority as it was read: board, config, series, time."""

    board: Board
    config: Config
    series: Mapping[str, Series]
    now: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What `judge` is asked: the new posts, the board with them, and what reading them found.

    `landed` is the board without them, `series` are the series after the numbers of these posts were given,
    `texts` the posts as written, by path.
    """

    board: Board
    landed: Board
    posts: tuple[Post, ...]
    findings: tuple[Finding, ...]
    series: Mapping[str, Series]
    config: Config
    now: datetime
    texts: Mapping[str, str]


Judge = Callable[[Case], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class PlannedCommit:
    """One intent's part of a draft: files for the feed, in order, and numbers to reserve.

    A staged intent's files go into the working tree instead.
    """

    intent: WriteRequest
    files: tuple[tuple[str, bytes], ...]
    reserved: tuple[Reservation, ...]
    title: str


@dataclass(frozen=True, slots=True)
class PostAnswer:
    """What became of one wish: the post, its path, its ticket and the ticket's state after it."""

    post: str
    path: str
    item: str | None
    state: State | None


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The answer to an intent that lands, or has landed already (`again`). `notices` are for the seat."""

    posts: tuple[PostAnswer, ...]
    reserved: tuple[Reservation, ...]
    notices: tuple[str, ...] = ()
    again: bool = False


Answer = PlanResult | LedgerError


@dataclass(frozen=True, slots=True)
class SwapPlan:
    """What one swap has to bring: the landings in order, and the tips to raise.

    `after` is the view once the swap is won.
    """

    landings: tuple[PlannedCommit, ...]
    tips: Mapping[str, int]
    after: PlanView


def plan(
    view: PlanView, intents: Sequence[WriteRequest], judge: Judge
) -> tuple[SwapPlan, Mapping[str, Answer]]:
    """Judge intents in turn. The answers are keyed by nonce; a refused intent is refused alone.

    Of several with one nonce, as a repetition or a forgery has it, the one that lands is answered.
    """
    landings: list[PlannedCommit] = []
    answers: dict[str, Answer] = {}
    planned = BoardOverlay(view.board)
    view = replace(view, board=planned)
    for intent in intents:
        try:
            again = find_landed_posts(view.board, intent)
            if again is not None:
                if not isinstance(answers.get(intent.nonce), PlanResult):
                    answers[intent.nonce] = PlanResult(_answers_for_posts(view.board, again), (), again=True)
                continue
            # Each request is tried on an overlay of its own, so that a refused one leaves nothing behind for
            # the next.
            trial = BoardOverlay(planned)
            landing, answers[intent.nonce], series = _plan_request(view, trial, intent, judge)
            view = replace(view, series=series)
            # Staged posts land by review, maybe never: what comes behind them must not stand on them.
            if not intent.staged:
                planned.merge(trial)
            landings.append(landing)
        except LedgerError as refused:
            # Of two requests with one nonce the one that lands keeps its answer: a forged twin cannot turn it
            # into a refusal.
            answers.setdefault(intent.nonce, refused)
    # Only of the series from which this swap reserves: a tip that it does not move is not its to compare.
    raised = {reservation.series for landing in landings for reservation in landing.reserved}
    return SwapPlan(tuple(landings), {name: view.series[name].tip for name in sorted(raised)}, view), answers


def _plan_request(
    view: PlanView, trial: BoardOverlay, intent: WriteRequest, judge: Judge
) -> tuple[PlannedCommit, PlanResult, Mapping[str, Series]]:
    """Draft one intent and judge it on `trial`, an overlay of the view's board; give the series after it."""
    _require_unchanged(view.board, intent)
    answering = _add_answer(view.board, intent)
    draft = draft_posts(view.board, view.config, view.series, answering)
    about_seats = collect_seat_notices(view.config, view.board.seats, draft.posts)
    fold_onto(trial, draft.posts, draft.order)
    findings = judge(
        Case(
            board=trial,
            landed=view.board,
            posts=draft.posts,
            findings=draft.findings,
            series=draft.series,
            config=view.config,
            now=view.now,
            texts={path: data.decode(errors="replace") for path, data in draft.files},
        )
    )
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise make_refusal(errors, view.board, draft.posts)
    notices = (*draft.notices, *about_seats, *(f"{finding.message} [{finding.rule}]" for finding in findings))
    answer = PlanResult(_answers_for_posts(trial, draft.posts)[: len(intent.wishes)], draft.granted, notices)
    return (
        PlannedCommit(intent, draft.files, draft.reserved, _compose_title(intent, draft)),
        answer,
        draft.series,
    )


def _add_answer(board: Board, intent: WriteRequest) -> WriteRequest:
    """The intent with one more post that answers the open challenges against its seat, where its own posts
    do not answer them."""
    if not intent.answers or intent.staged or not intent.wishes:
        return intent
    touched = {wish.fields.get("item") for wish in intent.wishes}
    due = [ticket.id for ticket in challenged_tickets(board, intent.seat) if ticket.id not in touched]
    if not due or any(kind_of(wish.kind).retires or "ALIVE:" in wish.body for wish in intent.wishes):
        return intent
    return replace(intent, wishes=(*intent.wishes, PostRequest("note", {}, render_alive(due))))


def _answers_for_posts(board: Board, posts: Sequence[Post]) -> tuple[PostAnswer, ...]:
    """The answer's line for each post but the adopting ones; an answer to challenges stands last."""
    return tuple(
        PostAnswer(
            post.id,
            post.path,
            post.item,
            ticket.state if (ticket := board.tickets.get(post.item or "")) is not None else None,
        )
        for post in posts
        if not kind_of(post.kind).by_tool
    )


def _compose_title(intent: WriteRequest, draft: PostDrafts) -> str:
    """The first line of the commit message."""
    posts = [post for post in draft.posts if not kind_of(post.kind).by_tool]
    if not posts:
        return f"ledger: reserve {', '.join(word.ticket for word in draft.reserved)}"
    first = posts[0]
    words = " ".join(str(word) for word in (first.item, first.state or first.kind, first.subject) if word)
    more = f" and {len(posts) - 1} more" if len(posts) > 1 else ""
    return f"ledger: {words}{more}"


def _require_unchanged(board: Board, intent: WriteRequest) -> None:
    """Raise when a ticket that the intent moves is gone, or moved since the seat looked."""
    for item, expected in intent.expects.items():
        ticket = board.tickets.get(item)
        # A ticket that is gone was renumbered; the fold names where it went.
        if ticket is None or ticket.moved_by == expected:
            continue
        newest = board.posts[ticket.moved_by]
        raise LedgerError(
            "changed",
            f"{item} changed since you looked: {newest.seat} made it {ticket.state} ({newest.id})",
            f"`git ledger show {item}`",
            {"item": item},
        )


KIND_OF_RULE: Mapping[str, str] = {
    "illegal-move": "illegal-move",
    "not-the-holder": "not-the-holder",
    "gate-not-open": "gate-not-open",
    "open-criteria": "open-criteria",
    "ambiguous-item": "ambiguous-item",
    "double-opening": "double-opening",
    "premature-release": "premature-release",
    "unknown-wait": "no-such-ticket",
    "premature-challenge": "premature-challenge",
    "unreserved-ticket": "not-reserved",
    "reserved-by-another": "reserved-by-another",
    "role-may-not-claim": "role-may-not",
    "role-may-not-rule": "role-may-not",
}
"""Rules whose refusal is an answer of its own kind; any other, or a mixture, is `findings`."""


def make_refusal(errors: Sequence[Finding], board: Board, posts: Sequence[Post]) -> LedgerError:
    """The error with which a write is refused for these findings; `board` is as before the write."""
    first = errors[0]
    kinds = {KIND_OF_RULE.get(finding.rule, "findings") for finding in errors}
    kind = kinds.pop() if len(kinds) == 1 else "findings"
    ticket = board.tickets.get(first.item or "")
    claiming = any(post.state is State.CLAIMED and post.item == first.item for post in posts)
    message = first.message + (f" (and {len(errors) - 1} more)" if len(errors) > 1 else "")
    if kind == "not-the-holder" and claiming and ticket is not None and ticket.holder:
        kind, message = "held", describe_holder(ticket)
    elif (
        kind == "illegal-move" and ticket is None and len(errors) == 1 and not _is_about_opening(posts, first)
    ):
        kind = "no-such-ticket"
    details: dict[str, Any] = {"findings": tuple(errors)}
    if first.item:
        details["item"] = first.item
    if ticket is not None and ticket.holder and kind in ("held", "not-the-holder"):
        details["holder"] = find_holder(ticket)
    return LedgerError(kind, message, first.fix or f"`git ledger explain {first.rule}`", details)


def _is_about_opening(posts: Sequence[Post], finding: Finding) -> bool:
    return any(post.item == finding.item and post.subject is not None for post in posts)
