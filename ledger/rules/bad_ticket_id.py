"""A ticket whose id is not spelled as its namespace asks.

Why: one ticket has one spelling; two spellings of one number are two tickets that look like one.
Wrong: `item: CMB-107` where the pattern is `CMB-{n:04}`, or a namespace that the config does not have.
Right: `item: CMB-0107`; `git ledger append --reserve CMB` spells it.
"""

from collections.abc import Iterator

from ledger.core.ids import namespace_of
from ledger.core.model import Finding
from ledger.rules.numbered import find_numbered_posts
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Numbers taken under an id that the config cannot read."""
    for numbered_post in find_numbered_posts(view, lambda item, _: item not in view.numbers_of_tickets):
        if message := view.config.why_not_ticket(numbered_post.ticket):
            namespace = namespace_of(numbered_post.ticket)
            fix = "file it in a namespace that `feed/ledger.yaml` has"
            if view.config.patterns_of(namespace):
                fix = f"`git ledger append --reserve {namespace} …` spells the id and reserves the number"
            severity = view.severity_of(numbered_post.post, numbered_post.ticket)
            yield view.finding_at(
                "bad-ticket-id",
                numbered_post.post,
                message,
                fix,
                numbered_post.line,
                severity,
                numbered_post.ticket,
            )
