"""A claim whose holder has shown no life on the ticket for longer than `claim_ttl`.

Why: nobody else may take the ticket, and nobody works on it.
Wrong: a claim at 03:51 with a `claim_ttl` of 2h, and no post by its holder on the ticket by 06:00.
Right: `git ledger note CMB-0107 …` by the holder renews it; `git ledger drift --fix` gives it back.
"""

from collections.abc import Iterator

from ledger.core.ids import stamp
from ledger.core.model import Finding
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """When whole: tickets whose holder's last sign of life is older than `claim_ttl`."""
    for ticket in view.board.tickets.values() if view.whole else ():
        if ticket.life is not None and view.now - ticket.life.at > view.config.claim_ttl:
            message = f"{ticket.id} is held by {ticket.holder}, silent on it since {stamp(ticket.life.at)}"
            fix = f"`git ledger note {ticket.id} …` by {ticket.holder} renews it, "
            yield view.about("expired-claim", ticket, message, fix + "`git ledger drift --fix` gives it back")
