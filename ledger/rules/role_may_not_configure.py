"""Settings that are changed by a seat whose role does not set them.

Why: `feed/ledger.yaml` says who may rule; where every seat may change it, each can make itself operator.
Wrong: CAMBER-01, of role code, commits a line `CAMBER-01: {role: operator}`.
Right: `git ledger note … --to SEAT` asks a strat or an operator, who commits the change.
"""

from collections.abc import Iterator

from ledger.core.config.config import CONFIG_PATH
from ledger.core.model import Finding, Where
from ledger.rules.role_may_not_rule import DECIDING
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """A next commit that changes the settings, by a seat that may not as the config landed."""
    commit = view.commit
    if commit is None or commit.seat is None or not commit.configures:
        return
    role = view.config.role(commit.seat)
    if role not in DECIDING:
        message = f"{commit.seat} has the role {role}, which does not change the settings of all seats"
        strat = next(iter((*view.config.seats_with("strat"), *view.config.seats_with("operator"))), "SEAT")
        fix = f"`git ledger note … --to {strat}` asks for it"
        yield Finding("role-may-not-configure", Where(CONFIG_PATH), message, fix)
