"""`draft`: write a post as a file, for people who commit by hand."""

from ledger.app.deeds.draft import draft_post
from ledger.faces.cli import post_options as options
from ledger.faces.cli.session import Session
from ledger.faces.json.writes import make_write_json


def command(
    session: Session,
    source: options.Source = None,
    kind: options.Kind = "actionable",
    reserve: options.Reserve = None,
    provisional: options.Provisional = None,
    item: options.Item = None,
    state: options.LeadsTo = None,
    subject: options.Subject = None,
    priority: options.HowUrgent = None,
    lane: options.Lane = None,
    owner: options.Owner = None,
    parent: options.Parent = None,
    related: options.Related = None,
    after: options.After = None,
    blocked_on: options.BlockedOn = None,
    labels: options.Labels = None,
    criteria: options.Criteria = None,
    due: options.Due = None,
    met: options.Met = None,
    rules_on: options.RulesOn = None,
    to: options.To = None,
    branch: options.Where = None,
    worktree: options.Where = None,
    body: options.Body = None,
    body_file: options.BodyFile = None,
) -> int:
    """Write a post into this checkout of the feed, for `git add`, `commit` and `push`; print its path.

    What is written is judged as if it were posted. A number is reserved at once. Nothing is staged.
    """
    landed = draft_post(session.ledger, options.read_post_options(session))
    paths = [answer.path for answer in landed.answer.posts]
    words = [*session.ledger.warnings(), *(f"note: {word}" for word in landed.notices)]
    return session.answer(make_write_json(landed, session.ledger.store.feed_ref), paths, words)
