"""`append`: posts, one or a batch; the numbers that they open are reserved in the same swap."""

from collections.abc import Mapping, Sequence

from ledger.app.judge.beside_code import refuse_elsewhere
from ledger.app.ledger import Ledger
from ledger.app.read.load import read_board_here, read_feed
from ledger.app.write.loop import (
    ReviewTarget,
    Revise,
    WriteResult,
    commit_request,
    keep_as_it_is,
    request_write,
)
from ledger.core.board.kinds import kind_of
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.model import State
from ledger.core.write.amending import ListChanges, with_whole_lists
from ledger.core.write.plan import PlanView
from ledger.core.write.requests import PostRequest, Value, WriteRequest

UNSTAGEABLE = (
    "claims, AUTO-RELEASE, REPAIR and rulings are not for review: a right that has not landed is none"
)


def append_posts(
    ledger: Ledger,
    wishes: Sequence[PostRequest],
    review: ReviewTarget | None = None,
    revise: Revise = keep_as_it_is,
) -> WriteResult:
    """Post these wishes as one intent, which `revise` makes again of each view.

    Raises LedgerError `usage` for what cannot be reviewed first, and `cannot-stage` where this is no checkout
    of the feed.
    """
    if review and any(_claims_a_right(wish) for wish in wishes):
        hint = "the same command without `--stage` and `--propose`"
        raise LedgerError("usage", UNSTAGEABLE, hint)
    if review and review.proposed is None:
        refuse_elsewhere(ledger)
    intent = request_write(ledger, *wishes, staged=review is not None)
    return commit_request(ledger, intent, revise, proposed=review.proposed if review else None)


def amend_ticket(
    ledger: Ledger, amendment: PostRequest, changes: ListChanges, review: ReviewTarget | None = None
) -> WriteResult:
    """Post an amendment, with what it adds to the lists of its ticket and takes out of them.

    Raises LedgerError `usage` also for what is to go and is not there.
    """

    def complete_lists(view: PlanView, intent: WriteRequest) -> WriteRequest:
        return with_whole_lists(view.board, intent, changes)

    return append_posts(ledger, [amendment], review, complete_lists)


def list_prefixes_in_use(ledger: Ledger) -> list[str]:
    """The namespaces in which there are tickets, as the feed was fetched last."""
    return read_board_here(ledger).namespaces()


def _claims_a_right(wish: PostRequest) -> bool:
    acting = any(line.startswith(("AUTO-RELEASE:", "REPAIR:")) for line in wish.body.splitlines())
    return kind_of(wish.kind).rules or wish.fields.get("state") == State.CLAIMED or acting


def wish(
    kind: str, body: str = "", reserve: str | None = None, provisional: bool = False, **fields: Value | None
) -> PostRequest:
    """A wish with the fields that have a value; empty lists are left out."""
    values: Mapping[str, Value] = {name: value for name, value in fields.items() if value}
    return PostRequest(kind, values, body, reserve, provisional)


@dataclass(frozen=True, slots=True)
class Move:
    """A move of one ticket by its common name: the state it leads to and the directive it carries."""

    state: State
    directive: str | None = None


MOVES: Mapping[str, Move] = {
    "release": Move(State.AWAITING_CLAIM, "RELEASE"),
    "block": Move(State.BLOCKED),
    "done": Move(State.DONE),
    "park": Move(State.PARKED),
    "cancel": Move(State.CANCELLED),
    "reopen": Move(State.AWAITING_CLAIM, "REPAIR"),
}


def move_ticket(
    ledger: Ledger,
    name: str,
    item: str,
    why: str,
    review: ReviewTarget | None = None,
    blocked_on: tuple[str, ...] = (),
    met: tuple[str, ...] = (),
) -> WriteResult:
    """Move a ticket as the command `name` says (see MOVES); `why` becomes the body or its directive, `met`
    are the numbers of criteria."""
    move = MOVES[name]
    if name == "release" and not why:
        why = _default_release_reason(ledger, item)
    body = f"{move.directive}: {why}" if move.directive else why
    moving = wish("actionable", body, item=item, state=str(move.state), blocked_on=blocked_on, met=met)
    return append_posts(ledger, [moving], review)


def _default_release_reason(ledger: Ledger, item: str) -> str:
    """What a release without words says: a claim is given back without a reason, no block is lifted so."""
    ticket = read_feed(ledger).board.tickets.get(item)
    if ticket is not None and ticket.state in (State.BLOCKED, State.PARKED):
        words = f"{item} is {ticket.state}, and a release of it names what resolved that"
        raise LedgerError("usage", words, "add `--why TEXT`")
    return "given back"
