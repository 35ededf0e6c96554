"""What a proposal does, as JSON."""

from typing import TYPE_CHECKING

from ledger.core.config.config_diff import ChangedSetting
from ledger.faces.json import Json
from ledger.faces.json.findings import make_finding_json

if TYPE_CHECKING:
    from ledger.app.read.review import ProposalReview, TicketChange


def make_review_json(review: "ProposalReview") -> Json:
    """A proposal: `changes` of item, from, to, post; `findings`; `settings` of name, from, to, where the
    proposal changes their file."""
    record: Json = {
        "changes": [_make_change_json(change) for change in review.changes],
        "findings": [make_finding_json(finding) for finding in review.findings],
    }
    if review.settings is not None:
        record["settings"] = [_make_setting_json(setting) for setting in review.settings]
    return record


def _make_setting_json(setting: ChangedSetting) -> dict[str, str]:
    record = {"name": setting.name, "from": setting.old, "to": setting.new}
    return {name: value for name, value in record.items() if value is not None}


def _make_change_json(change: "TicketChange") -> dict[str, str]:
    record = {"item": change.item}
    record |= {"from": str(change.before.state)} if change.before is not None else {}
    record |= {"to": str(change.after.state)} if change.after is not None else {}
    return record | {"post": change.post.id}
