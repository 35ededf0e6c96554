"""`append`: post."""

from typing import Annotated

from ledger.app.deeds.append import append_posts
from ledger.core.write.batch import parse_batch
from ledger.faces.cli import post_options as options
from ledger.faces.cli.body_text import read_file_bytes
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session


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
    batch: Annotated[
        str | None, Option(metavar="FILE", help="several posts at once: YAML documents; `-`: stdin")
    ] = None,
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Post: open a ticket with its number reserved in the same push, move one, or say something."""
    if batch is None:
        wishes = [options.read_post_options(session)]
    else:
        wishes = [
            options.require_subject(request)
            for request in parse_batch(read_file_bytes(session, batch), batch)
        ]
    return session.landed(append_posts(session.ledger, wishes, find_review_target(stage, propose)))
