"""Why a seat can take nothing, and what leads on."""

from ledger.core.board.waits import awaits_claim
from ledger.core.model import SeatLife
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.turns import describe_turn
from ledger.core.text import quote_line

_SUBJECT = 80
"""Characters of the subject of a ticket that the seat holds."""


def explain_nothing_claimable(eyes: SeatView) -> str:
    """Why the seat can take nothing: what it holds where that is as much as it may, else what is left."""
    if any(why.reason == "wip" for why in eyes.reasons_against_any):
        subjects = {item: quote_line(eyes.board.tickets[item].subject, _SUBJECT) for item in eyes.held_items}
        held = ", ".join(f"{item} {subject}" for item, subject in subjects.items())
        others = [why.detail for why in eyes.reasons_against_any if why.reason != "wip"]
        return "; ".join([f"{eyes.seat} holds {held} and may hold {eyes.wip}", *others])
    return describe_turn(eyes)


def name_way_out(eyes: SeatView) -> str:
    """What is safe to do about it, by the first reason."""
    reason = next((why.reason for why in eyes.reasons_against_any), "")
    if reason == "wip":
        on = f"go on with it: `git ledger show {eyes.held_items[0]}`"
        boot = spell_boot(eyes.life, len(eyes.held_items) + 1)
        return f"{on}; to hold one more at once, `{boot}`" if boot else on
    ways = {
        "retired": "`git ledger boot`",
        "cap": "`git ledger retire`; a new boot starts a new count",
        "unlisted": "ask an operator to list this seat in `feed/ledger.yaml`",
        "role": "`git ledger ls` shows what the others may take",
    }
    if reason in ways:
        return ways[reason]
    waiting = any(awaits_claim(eyes.board.tickets, ticket) for ticket in eyes.board.open_tickets())
    why = f"`git ledger queue --for {eyes.seat}` says why of each ticket"
    return why if waiting else '`git ledger new "SUBJECT"` opens one'


def spell_boot(life: SeatLife | None, wip: int) -> str:
    """The boot that changes nothing of a seat but how much it may hold; "" where its claims are counted:
    a boot counts anew."""
    if life is not None and life.cap is not None:
        return ""
    lanes = [f" --lane {lane}" for lane in (life.lanes if life else ())]
    driver = f" --driver {life.driver}" if life and life.driver else ""
    return f"git ledger boot --wip {wip}{''.join(lanes)}{driver}"
