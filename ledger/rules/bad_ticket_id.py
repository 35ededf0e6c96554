"""A ticket whose id is not spelled as its namespace asks.

Why: one ticket has one spelling; two spellings of one number are two tickets that look like one.
Wrong: `item: CMB-107` where the pattern is `CMB-{n:04}`, or a namespace that the config does not have.
Right: `item: CMB-0107`; `git ledger append --reserve CMB` spells it.
"""

from collections.abc import Iterator

from ledger.core.ids import namespace_of
from ledger.core.model import Finding
from ledger.rules.numbered import numbered
from ledger.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Numbers taken under an id that the config cannot read."""
    for one in numbered(view, lambda item, _: item not in view.numbers):
        if message := view.config.why_not_ticket(one.ticket):
            namespace = namespace_of(one.ticket)
            fix = "file it in a namespace that `feed/ledger.yaml` has"
            if view.config.patterns(namespace):
                fix = f"`git ledger append --reserve {namespace} …` spells the id and reserves the number"
            severity = view.weight(one.post, one.ticket)
            yield view.say("bad-ticket-id", one.post, message, fix, one.line, severity, one.ticket)
