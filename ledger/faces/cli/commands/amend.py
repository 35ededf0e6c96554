"""`amend`: changes what an opening said."""

from typing import Annotated

from ledger.app.deeds.append import amend_ticket, wish
from ledger.core.dataclass import replace
from ledger.core.model import Priority
from ledger.core.write.amending import ListChanges
from ledger.faces.cli import post_options as options
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket, check_tickets


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    why: Annotated[str, Option(metavar="TEXT", help="why it changes")],
    priority: Annotated[Priority | None, Option()] = None,
    lane: Annotated[str | None, Option()] = None,
    owner: Annotated[str | None, Option(help="open, a seat, or awaiting-<seat>-ruling")] = None,
    after: Annotated[
        list[str] | None, Option(metavar="ID", help="all its gates, or none; repeatable")
    ] = None,
    subject: Annotated[str | None, Option(metavar="TEXT")] = None,
    labels: options.Labels = None,
    unlabels: Annotated[
        list[str] | None, Option("--unlabel", metavar="L", help="takes one away; repeatable")
    ] = None,
    criteria: options.Criteria = None,
    dropped: Annotated[
        list[str] | None, Option("--drop-criterion", metavar="N", help="takes one away, or all; repeatable")
    ] = None,
    due: Annotated[str | None, Option(metavar="T", help="as in append, or none")] = None,
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Change what an opening said; its filer, its holder, a strat or an operator may."""
    amendment = wish(
        "amendment",
        why,
        item=check_ticket(item),
        priority=str(priority) if priority else None,
        lane=lane,
        owner=owner,
        after=check_tickets(after) if after and after != ["none"] else (),
        subject=subject,
        labels=options.list_once(labels),
        criteria=options.list_once(criteria),
        due=options.read_due(session, due),
    )
    if after == ["none"]:
        amendment = replace(amendment, fields={**amendment.fields, "after": ()})
    lists = (labels, unlabels, criteria, dropped)
    changes = ListChanges(*map(options.list_once, lists))
    return session.landed(
        amend_ticket(session.ledger, amendment, changes, find_review_target(stage, propose))
    )
