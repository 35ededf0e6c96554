"""The rules as `plan`'s judge: core needs to know none of them."""

from collections.abc import Sequence

from ledger import rules
from ledger.core.model import Finding
from ledger.core.plan import Case
from ledger.core.text import with_lines
from ledger.rules.view import View


def judge(case: Case) -> Sequence[Finding]:
    """What the rules say of new posts that are about to land."""
    new = frozenset(post.id for post in case.posts)
    view = View(
        board=case.board,
        judged=case.posts,
        found=case.findings,
        config=case.config,
        series=case.series,
        now=case.now,
        landed=frozenset(case.board.posts) - new,
    )
    return with_lines(rules.judge(view), case.texts)
