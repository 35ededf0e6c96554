"""The rules as `plan`'s judge, and a planned view as rules see it: core needs to know none of them."""

from collections.abc import Sequence

from ledger import rules
from ledger.core.model import Finding
from ledger.core.text import fill_in_lines
from ledger.core.write.plan import Case, PlanView
from ledger.rules.view import View


def judge_case(case: Case) -> Sequence[Finding]:
    """What the rules say of new posts that are about to land."""
    view = View(
        board=case.board,
        judged=case.posts,
        found=case.findings,
        config=case.config,
        series=case.series,
        now=case.now,
        landed=case.landed,
    )
    return fill_in_lines(rules.judge(view), case.texts)


def view_whole_feed(view: PlanView) -> View:
    """The whole feed as rules see it, from the view that a write is planned on."""
    return View(
        board=view.board,
        found=(),
        config=view.config,
        series=view.series,
        now=view.now,
        full_scan=True,
        landed=view.board,
    )
