"""`handoff` and `decline`: who should do a ticket, and who will not."""

from ledger.app.deeds.append import append_posts, wish
from ledger.app.ledger import Ledger
from ledger.app.write.loop import WriteResult
from ledger.core.errors import LedgerError
from ledger.core.ids import is_seat


def offer_ticket(ledger: Ledger, item: str, to: str, reason: str, why: str) -> WriteResult:
    """Offer a ticket to a seat, or to all (`open`). The post gives back a claim of this seat as well; what is
    BLOCKED or PARKED stays so.
    """
    if to != "open" and not is_seat(to):
        raise LedgerError("usage", f'"{to}" is no seat', "name a seat, or `open`")
    body = f"HANDOFF: {to} ({reason}: {_join_lines(why)})"
    return append_posts(ledger, [wish("actionable", body, item=item, state="AWAITING_CLAIM")])


def decline_ticket(ledger: Ledger, item: str, reason: str, why: str) -> WriteResult:
    """Say why this seat will not take a ticket."""
    return append_posts(ledger, [wish("note", f"DECLINE: {item} ({reason}: {_join_lines(why)})", item=item)])


def _join_lines(text: str) -> str:
    """A text as one line: a directive has no second one."""
    return " ".join(text.split())
