"""An AUTO-RELEASE of a claim whose holder is alive.

Why: the sweep is for seats that went dark; taking work from one that is at it makes it twice.
Wrong: `AUTO-RELEASE: post:…` that names a post of twenty minutes ago, with a `claim_ttl` of 2h.
Right: `git ledger drift --fix`, which waits until the time is over and names the last sign of life.
"""

from collections.abc import Iterator

from ledger.core.folding import directive
from ledger.core.ids import stamp
from ledger.core.model import Finding
from ledger.rules.view import View

NAME = "premature-release"


def check(view: View) -> Iterator[Finding]:
    """Releases of a holder that posted since, or whose last post is younger than `claim_ttl`."""
    yield from view.refused(NAME)
    for post in view.judged:
        line = directive(post, "AUTO-RELEASE")
        named = view.board.posts.get(line.post or "") if line else None
        if line is None or named is None or post.id in view.refused_ids:
            continue
        if post.at - named.at < view.config.claim_ttl:
            message = f"{named.seat} was last seen on {post.item} at {stamp(named.at)}: the claim is alive"
            fix = f"leave it; `git ledger drift --fix` gives it back if {named.seat} stays silent"
            yield view.say(NAME, post, message, fix, line.line, view.weight(post))
