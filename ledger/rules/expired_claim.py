"""A claim whose holder has shown no life on the ticket for longer than `claim_ttl`.

Why: nobody else may take the ticket, and nobody works on it.
Wrong: a claim at 03:51 with a `claim_ttl` of 2h, and no post by its holder on the ticket by 06:00.
Right: `git ledger alive CMB-0107` by the holder renews it; `git ledger drift --fix` asks it, and ends the
claim once `claim_grace` has passed without an answer.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from ledger.core.ids import format_timestamp
from ledger.core.model import Challenge, Finding, Severity
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: tickets whose holder's last sign of life is older than `claim_ttl`.

    A warning while a challenge runs: then nothing is left to do but to wait for the answer.
    """
    for ticket in view.board.open_tickets() if view.full_scan else ():
        if ticket.life is not None and view.now - ticket.life.at > view.config.claim_ttl:
            message = f"{ticket.id} is held by {ticket.holder}"
            message += f", silent on it since {format_timestamp(ticket.life.at)}"
            challenges = view.board.challenges(ticket)
            # Seats ask each for itself: while one of them still waits for the answer, nobody else has to act.
            runs = any(challenge.until > view.now for challenge in challenges)
            severity = Severity.WARNING if runs else Severity.ERROR
            words, fix = _describe_challenges(challenges, view.now)
            fix = f"`git ledger alive {ticket.id}` by {ticket.holder} renews it; {fix}"
            yield view.finding_on("expired-claim", ticket, message + words, fix, severity)


def _describe_challenges(challenges: Sequence[Challenge], now: datetime) -> tuple[str, str]:
    """What became of asking the holder, and what ends the claim."""
    if not challenges:
        return "", "`git ledger drift --fix` asks it, and ends the claim once nobody answered in time"
    first = min(challenges, key=lambda challenge: challenge.until)
    if first.until > now:
        words = (
            f"; challenged by {first.seat}, which waits for an answer until {format_timestamp(first.until)}"
        )
        return words, f"`git ledger drift --fix` by {first.seat} ends it, if nobody answers"
    words = f"; challenged by {first.seat} from the clone {first.clone}, whose grace was over at "
    words += f"{format_timestamp(first.until)}, and which did not end it"
    fix = f"`git ledger drift --fix` by {first.seat} in that clone ends it; where that is gone, as one made "
    return words, fix + "anew for each round, `git ledger drift --fix --wait` asks and ends in one run"
