"""An opening of a ticket that is there already.

Why: seats that count from memory book one number twice; the second would hide the first.
Wrong: ORA-01 opens CMB-0036 six minutes after CAMBER-01 did.
Right: `git ledger append --reserve CMB`; if it is in the feed already, `git ledger confirm CMB-0036`.
"""

from collections.abc import Iterator

from ledger.core.board.tables import join_key
from ledger.core.dataclass import replace
from ledger.core.ids import namespace_of
from ledger.core.model import Finding, Severity
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Openings that lost, until an AMENDMENT has moved them; they do not age."""
    losing: dict[str, set[str]] = {}
    for finding in view.findings_of_fold("double-opening"):
        finding = finding if view.full_scan else _advise_before_landing(view, finding)
        item, post = finding.item or "", finding.post or ""
        if item not in losing:
            ticket = view.board.tickets.get(item)
            losing[item] = {lost.post for lost in ticket.collisions} if ticket is not None else set()
        if post in losing[item]:
            yield replace(finding, severity=Severity.ERROR)
        elif join_key(item, post) not in view.board.renumbered:
            # An AMENDMENT that gave the opening its own number has settled it.
            yield finding


def _advise_before_landing(view: View, finding: Finding) -> Finding:
    """The finding with what to do about a post that has not landed, so that there is nothing to confirm."""
    post = view.board.posts.get(finding.post or "")
    if post is None or finding.item is None or finding.item not in view.board.tickets:
        return finding
    if post.subject is None:
        words = "a claim is given back with `RELEASE:`, a wrong state is put right with `REPAIR:`"
        return replace(finding, fix=f"`git ledger show {finding.item}`; {words}")
    namespace = namespace_of(finding.item)
    return replace(finding, fix=f"`git ledger append --reserve {namespace} …` files it under its own number")
