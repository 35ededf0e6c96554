"""`rule`: a ruling, and the ABSORB lines that it owes."""

from collections.abc import Sequence

from ledger.app.deeds.append import wish
from ledger.app.ledger import Ledger
from ledger.app.read.load import read_feed
from ledger.app.write.loop import WriteResult, commit_request, request_write
from ledger.core.board.absorbing import AbsorbOutcome, find_outcomes, tickets_owed_by_ruling
from ledger.core.dataclass import dataclass
from ledger.core.model import Ticket


@dataclass(frozen=True, slots=True)
class RulingRequest:
    """What a strat decides: on which tickets, with which ABSORB lines, in which words."""

    on: tuple[str, ...]
    absorb: tuple[str, ...]
    subject: str
    body: str = ""
    reserve: str | None = None
    item: str | None = None
    corrects: str | None = None


def post_ruling(ledger: Ledger, ruling: RulingRequest) -> WriteResult:
    """Post a ruling; refused with `findings` while it leaves a ticket waiting that waits for it alone."""
    lines = [f"ABSORB: {line.removeprefix('ABSORB:').strip()}" for line in ruling.absorb]
    body = "\n".join([*([ruling.body, ""] if ruling.body else []), *lines])
    wished = wish(
        "ruling",
        body,
        ruling.reserve,
        item=ruling.item,
        subject=ruling.subject,
        rules_on=ruling.on,
        corrects=ruling.corrects,
    )
    return commit_request(ledger, request_write(ledger, wished))


def find_written_outcomes(written: WriteResult) -> list[AbsorbOutcome]:
    """What became of the tickets that a landed ruling absorbed."""
    board = written.after.board
    posts = [board.posts[answer.post] for answer in written.answer.posts]
    return [outcome for post in posts for outcome in find_outcomes(board, post)]


def find_owed_tickets(ledger: Ledger, on: Sequence[str]) -> list[Ticket]:
    """The tickets that a ruling on these would have to absorb."""
    return tickets_owed_by_ruling(read_feed(ledger).board, on)
