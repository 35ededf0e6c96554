"""`explain`: the rules tell about themselves."""

from typing import Any

from ledger import rules
from ledger.core.did_you_mean import find_nearest
from ledger.core.errors import LedgerError
from ledger.core.feed.schema import make_header_schema


def describe_header() -> dict[str, Any]:
    """The header of a post, as JSON Schema."""
    return make_header_schema()


def explain_rule(name: str) -> dict[str, str]:
    """A rule: its name, what it is about, its documentation. Raises LedgerError `usage`."""
    rule = rules.BY_NAME.get(name)
    if rule is None:
        near = find_nearest(name, rules.BY_NAME)
        hint = f"`git ledger explain {near}`" if near else "`git ledger explain` lists all rules"
        raise LedgerError("usage", f'there is no rule "{name}"', hint)
    return {"rule": rule.name, "about": rule.about, "text": rule.doc.strip()}


def list_rules() -> list[dict[str, str]]:
    """Every rule with the first line of its documentation, in the order of the table."""
    return [{"rule": rule.name, "about": rule.doc.strip().splitlines()[0]} for rule in rules.RULES]
