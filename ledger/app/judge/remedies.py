"""Who can end what `drift` found: `drift --fix` itself, whoever decides, or a seat."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from ledger.core.model import Finding


class Remedy(StrEnum):
    """What ends a finding."""

    REPAIR = "repair"
    DECISION = "decision"
    DEED = "deed"


_REMEDIES: Mapping[str, Remedy] = {
    **dict.fromkeys(("edited-post", "removed-post", "rewound-feed", "lost-tip"), Remedy.REPAIR),
    **dict.fromkeys(("stale-block", "expired-claim", "forked-feed"), Remedy.REPAIR),
    **dict.fromkeys(("missed-absorb", "circular-wait", "stale-ruling", "unnamed-wait"), Remedy.DECISION),
    **dict.fromkeys(("ruling-without-absorb", "unknown-absorb", "bad-config"), Remedy.DECISION),
    **dict.fromkeys(("role-may-not-rule", "role-may-not-configure", "unlisted-seat"), Remedy.DECISION),
}
"""The remedies by the names of rules; what is not listed is for a seat to do."""


def group_by_remedy(findings: Iterable[Finding]) -> dict[Remedy, Sequence[Finding]]:
    """Findings by what ends them, each group in the order in which they were told; empty ones left out."""
    groups: dict[Remedy, list[Finding]] = {remedy: [] for remedy in Remedy}
    for finding in findings:
        groups[_REMEDIES.get(finding.rule, Remedy.DEED)].append(finding)
    return {remedy: found for remedy, found in groups.items() if found}
