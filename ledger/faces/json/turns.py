"""Claims and turns as JSON, with what their tickets say."""

from typing import TYPE_CHECKING

from ledger.core.queue.briefing import record_of_brief
from ledger.core.queue.turn_text import record_of_turn
from ledger.faces.json import Json
from ledger.faces.json.tickets import make_as_of_json, make_holder_json

if TYPE_CHECKING:
    from ledger.app.deeds.claim import ClaimResult
    from ledger.app.deeds.turn import TurnResult


def make_turn_json(result: "TurnResult") -> Json:
    """A turn that was opened or closed: verified, as_of, may_end, why, mine, triggers, more, claimed."""
    record: Json = {"verified": result.verified, "as_of": make_as_of_json(result.as_of)}
    record |= record_of_turn(result.turn) | {"may_end": result.may_end, "why": result.why}
    claimed = result.claimed
    if claimed is not None:
        holder = {"holder": make_holder_json(claimed.holder)} if claimed.holder else {}
        record["claimed"] = {"item": claimed.item, **holder, "ticket": record_of_brief(claimed.brief)}
    return record


def make_claim_json(result: "ClaimResult") -> Json:
    """Who holds a ticket: item, claimed, unblocked_by, holder, ticket, other_clone."""
    record: Json = {"item": result.item, "claimed": result.claimed}
    record |= {"unblocked_by": list(result.unblocked_by)} if result.unblocked_by else {}
    record |= {"holder": make_holder_json(result.holder)} if result.holder else {}
    record |= {"ticket": record_of_brief(result.brief)} if result.brief else {}
    return record | ({"other_clone": result.other_clone} if result.other_clone else {})
